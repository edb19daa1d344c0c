import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHistory } from '../src/store/open.ts';
import { auditHost } from '../test/output/audit-reports.ts';
import { ended, newRun } from '../test/store/new-run.ts';

// How long others wait for the dashboard while one reader takes what is largest. Method: docs/bench.md.

const BIN = join(process.cwd(), 'bin/ra-preflight.js');
const RUNS = ['20260101T020000Z-000001', '20260102T020000Z-000002'] as const;
/** What one reader takes, one after the other. */
const LARGEST = [
  `/runs/${RUNS[1]}`,
  `/diff/${RUNS[0]}/${RUNS[1]}`,
  ...['json', 'csv'].map((end) => `/runs/${RUNS[1]}.${end}`),
];
/** Pause between two looks at /healthz, milliseconds. */
const LOOK_MS = 20;

const makeHistory = (db: string, hosts: number): void => {
  const around = { now: () => Date.now(), pid: process.pid, machine: hostname(), isAlive: () => false };
  const history = openHistory(db, around);
  for (const [at, id] of RUNS.entries()) {
    const { run, ...begun } = newRun(id, hosts);
    const startedAt = new Date(Date.UTC(2026, 0, 1 + at, 2)).toISOString();
    const recorder = history.begin({ ...begun, run: { ...run, startedAt, schedule: 'nightly' } });
    for (let index = 0; index < hosts; index++)
      // Between the runs a part of them changes.
      recorder.record({
        index,
        ordinal: index,
        report: auditHost(index + (at === 1 && index % 50 === 0 ? 1 : 0)),
      });
    recorder.finish({ ...ended, id, startedAt }, []);
  }
  history.close();
};

const startServe = (db: string): Promise<{ readonly server: ChildProcess; readonly url: string }> =>
  new Promise((resolve, reject) => {
    const server = spawn(process.execPath, [BIN, 'serve', '--db', db, '--port', '0']);
    let said = '';
    const look = (text: Buffer): void => {
      said += text;
      const url = /http:\/\/[\d.]+:\d+/.exec(said)?.[0];
      if (url) resolve({ server, url });
    };
    server.stdout.on('data', look);
    server.stderr.on('data', look);
    server.on('exit', (code) => reject(new Error(`serve ended with ${code}: ${said}`)));
  });

/** Takes a text to its end; how many bytes, and how long the longest answer of /healthz took meanwhile, ms. */
const take = async (url: string, path: string) => {
  let isOver = false;
  let [worst, looks] = [0, 0];
  const looking = (async () => {
    while (!isOver) {
      const began = performance.now();
      await (await fetch(`${url}/healthz`)).text();
      worst = Math.max(worst, performance.now() - began);
      looks += 1;
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  })();
  const began = performance.now();
  let bytes = 0;
  // In a process of its own: what reads must not hold up what looks.
  const reader = spawn('curl', [
    '-s',
    '--fail',
    '-o',
    '/dev/null',
    '-w',
    '%{size_download}',
    `${url}${path}`,
  ]);
  reader.stdout.on('data', (text) => {
    bytes = Number(text);
  });
  const code = await new Promise((resolve) => reader.on('close', resolve));
  isOver = true;
  await looking;
  return { code, bytes, looks, worst, seconds: (performance.now() - began) / 1000 };
};

/** `dashboard [HOSTS]`. Exit code 1 when /healthz took longer than 100 ms. */
export const main = async ([wanted = '100000']: readonly string[]): Promise<void> => {
  const folder = await mkdtemp(join(tmpdir(), 'ra-dashboard-'));
  let slow = 0;
  try {
    const db = join(folder, 'history.db');
    makeHistory(db, Number(wanted));
    const { server, url } = await startServe(db);
    server.removeAllListeners('exit');
    try {
      for (const path of LARGEST) {
        const { code, bytes, looks, worst, seconds } = await take(url, path);
        if (code !== 0) throw new Error(`${path}: curl ended with ${code}`);
        slow = Math.max(slow, worst);
        process.stdout.write(
          `${path.padEnd(60)} ${(bytes / 2 ** 20).toFixed(1).padStart(7)} MiB ${seconds.toFixed(1).padStart(5)} s  /healthz ${String(Math.round(worst)).padStart(4)} ms at most, asked ${looks} times\n`,
        );
      }
    } finally {
      server.kill();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  process.exitCode = slow <= 100 ? 0 : 1;
};
