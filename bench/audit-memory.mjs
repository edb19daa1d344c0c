// How much memory an audit takes as its number of hosts grows. Method: docs/bench.md.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from './median.mjs';

const BIN = join(import.meta.dirname, '../bin/ra-preflight.js');
/** Loopback answers for all of 127.0.0.0/8: 1,000, 65,536 and 1,048,576 hosts, each of which refuses everything. */
const ALL = ['127.1.0.0-127.1.3.231', '127.1.0.0/16', '127.16.0.0/12'];
/** The largest takes half an hour; by default it is left out. */
const targets = process.argv[2] === 'all' ? ALL : ALL.slice(0, 2);

const OPTIONS =
  '--sample 1 --no-ping --no-map --no-locate --rate 1000000 --subnet-rate 1000000 --yes --quiet --format nagios'.split(
    ' ',
  );
const LOOK_MS = 200;

const kilobytes = (status, field) =>
  Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);

const measure = async (target) => {
  const folder = await mkdtemp(join(tmpdir(), 'ra-bench-'));
  const db = join(folder, 'history.db');
  try {
    const started = performance.now();
    const child = spawn(process.execPath, [BIN, 'audit', target, ...OPTIONS, '--db', db], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout.on('data', (chunk) => {
      said += chunk;
    });
    const samples = [];
    let peak = 0;
    const look = setInterval(async () => {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
      if (!status) return;
      samples.push(kilobytes(status, 'VmRSS'));
      peak = Math.max(peak, kilobytes(status, 'VmHWM'));
    }, LOOK_MS);
    const code = await new Promise((resolve) => child.on('close', resolve));
    clearInterval(look);
    const seconds = (performance.now() - started) / 1000;
    const hosts = Number(/\bblocked=(\d+)/.exec(said)?.[1] ?? Number.NaN);
    const { size } = await stat(db);
    const half = samples.slice(Math.floor(samples.length / 2));
    return {
      target,
      code,
      hosts,
      seconds,
      peakMiB: peak / 1024,
      laterMiB: median(half) / 1024,
      bytesPerHost: size / hosts,
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const rows = [];
for (const target of targets) {
  const row = await measure(target);
  if (row.code !== 2)
    throw new Error(`${target}: ended with ${row.code}, expected CRITICAL: every host refuses TCP 135`);
  rows.push(row);
  const { hosts, seconds, peakMiB, laterMiB, bytesPerHost } = row;
  process.stdout.write(
    `${String(hosts).padStart(9)} hosts  ${seconds.toFixed(1).padStart(7)} s  ${(hosts / seconds).toFixed(0).padStart(6)} hosts/s  peak ${peakMiB.toFixed(0)} MiB, median of the second half ${laterMiB.toFixed(0)} MiB, ${bytesPerHost.toFixed(0)} bytes a host on disk\n`,
  );
}
const [first] = rows;
const last = rows.at(-1);
process.stdout.write(
  `${(last.hosts / first.hosts).toFixed(0)} times the hosts, ${(last.peakMiB / first.peakMiB).toFixed(2)} times the peak memory\n`,
);
