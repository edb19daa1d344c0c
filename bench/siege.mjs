// Whether an audit that is killed again and again loses a host, doubles one, or judges one otherwise. Method: docs/bench.md.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const BIN = join(import.meta.dirname, '../bin/ra-preflight.js');
/** Loopback answers for all of 127.0.0.0/8: each of these hosts refuses everything. */
const TARGET = '127.20.0.0/22';
const HOSTS = 1024;
const OPTIONS = '--rate 4000 --subnet-rate 4000 --sample 4 --no-ping --no-map --seed 7 --yes'.split(' ');
const ENGINES = ['linux', 'syn', 'node'];
/** A kill comes after this share of the time that a run in peace takes: before it asks anything, and in the midst of it. */
const [EARLIEST, LATEST] = [0.05, 0.8];
/** A run that is left in peace has ended after so long, ms, or something hangs. */
const PATIENCE = 300_000;

const kills = Number(process.argv[2] ?? 36);
if (!Number.isSafeInteger(kills) || kills < 1) throw new Error('expected a number of kills, 1 or more');

/** Repeatable numbers from 0 to 1: mulberry32. */
let state = 1;
const draw = () => {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

/** Starts the program, and kills it after a while unless it has ended. */
const start = (args, killAfterMs = null) => {
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let stderr = '';
  child.stderr.on('data', (part) => {
    stderr += part;
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs ?? PATIENCE);
  const ended = new Promise((resolve) => {
    child.on('close', (code) => {
      clearTimeout(timer);
      if (killAfterMs === null && code === null) throw new Error(`${args.join(' ')}: hangs`);
      resolve({ code, stderr });
    });
  });
  return { child, ended };
};

const said = async (args) => {
  const { child, ended } = start(args);
  let stdout = '';
  child.stdout.on('data', (part) => {
    stdout += part;
  });
  return { ...(await ended), stdout };
};

const ended = async (args, killAfterMs) => {
  const { child, ended } = start(args, killAfterMs);
  child.stdout.resume();
  return ended;
};

const newest = async (db) => {
  const { stdout } = await said(['history', '--db', db, '--format', 'json', '--limit', '1']);
  return stdout === '' ? undefined : JSON.parse(stdout).runs[0];
};

/** What a report says of a host, less what differs from run to run: times, and what was tried how often. */
const verdictOf = ({ verdict, because, requirements, ports }) =>
  JSON.stringify([
    verdict,
    because.map(({ rule }) => rule),
    requirements.map(({ name, state }) => [name, state]),
    ports.map(({ port, state, reason }) => [port, state, reason]),
  ]);

/** The hosts of the newest run: each target with how often it is there, and what is said of it. */
const hostsOf = async (db) => {
  const { child, ended } = start(['history', 'export', 'latest', '--db', db]);
  const hosts = new Map();
  for await (const line of createInterface(child.stdout)) {
    const { type, report } = JSON.parse(line);
    if (type !== 'host') continue;
    const before = hosts.get(report.target)?.count ?? 0;
    hosts.set(report.target, { count: before + 1, verdict: verdictOf(report) });
  }
  const { code, stderr } = await ended;
  if (code !== 0) throw new Error(`export: ${stderr}`);
  return hosts;
};

const begin = (engine, db) => ['audit', TARGET, ...OPTIONS, '--engine', engine, '--db', db, '-q'];

/** Kills runs of one engine so often in all, lets each begun one end, and counts what came of it. */
const siege = async (engine, most, folder) => {
  const counts = { kills: 0, runs: 0, idle: 0, lost: 0, doubled: 0, different: 0, fewer: 0 };
  const peace = join(folder, `${engine}-peace.db`);
  const began = performance.now();
  await ended(begin(engine, peace));
  const takesMs = performance.now() - began;
  const expected = await hostsOf(peace);
  if (expected.size !== HOSTS) throw new Error(`${engine}: the run in peace has ${expected.size} hosts`);
  while (counts.kills < most) {
    const db = join(folder, `${engine}-${counts.runs}.db`);
    let stored = 0;
    let run;
    while (counts.kills < most && run?.state !== 'finished') {
      const args = run ? ['audit', '--resume', '-q', '--db', db] : begin(engine, db);
      const { code, stderr } = await ended(args, takesMs * (EARLIEST + draw() * (LATEST - EARLIEST)));
      if (code === 2 || code === 70) throw new Error(`${engine}: ${stderr}`);
      counts.kills += code === null ? 1 : 0;
      run = await newest(db);
      const now = run?.summary.hosts ?? 0;
      if (code === null && now === stored) counts.idle += 1;
      if (now < stored) counts.fewer += 1;
      stored = now;
    }
    if (run?.state !== 'finished')
      await ended(run ? ['audit', '--resume', '-q', '--db', db] : begin(engine, db));
    // A backup is checked by SQLite, and refused for a file that is damaged.
    const { code, stderr } = await said(['history', 'backup', `${db}.copy`, '--db', db]);
    if (code !== 0) throw new Error(`${engine}: ${stderr}`);
    const hosts = await hostsOf(db);
    for (const [target, { verdict }] of expected) {
      const found = hosts.get(target);
      if (!found) counts.lost += 1;
      else if (found.count > 1) counts.doubled += 1;
      else if (found.verdict !== verdict) counts.different += 1;
    }
    counts.runs += 1;
  }
  return counts;
};

const folder = await mkdtemp(join(tmpdir(), 'ra-siege-'));
let wrong = 0;
try {
  const able = [];
  for (const engine of ENGINES) {
    const { code } = await ended(['check', '127.20.0.1', '--engine', engine, '--format', 'json']);
    if (code !== 2) able.push(engine);
    else process.stdout.write(`${engine}: cannot run here\n`);
  }
  for (const engine of able) {
    const {
      kills: done,
      runs,
      idle,
      ...faults
    } = await siege(engine, Math.ceil(kills / able.length), folder);
    wrong += Object.values(faults).reduce((sum, count) => sum + count, 0);
    process.stdout.write(
      `${engine.padEnd(6)} ${String(done).padStart(5)} kills of ${runs} runs of ${HOSTS} hosts: ${faults.lost} lost, ${faults.doubled} doubled, ${faults.different} judged otherwise, ${faults.fewer} times fewer stored than before; ${idle} kills before a further host was stored\n`,
    );
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.exitCode = wrong === 0 ? 0 : 1;
