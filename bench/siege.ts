import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostReport } from '../src/model/report.ts';
import type { History } from '../src/store/history.ts';
import { openHistory, type Purpose } from '../src/store/open.ts';
import { StoreError } from '../src/store/store-error.ts';

// Whether an audit that is killed again and again loses a host, doubles one, or judges one otherwise. Method: docs/bench.md.

const BIN = join(process.cwd(), 'bin/ra-preflight.js');
/** Loopback answers for all of 127.0.0.0/8: each of these hosts refuses everything. */
const TARGET = '127.20.0.0/22';
const HOSTS = 1024;
const OPTIONS = '--rate 8000 --subnet-rate 8000 --sample 4 --no-ping --no-map --seed 7'.split(' ');
const ENGINES = ['linux', 'syn', 'node'];
/** A kill comes after this share of the time that a run in peace takes: before it asks anything, and in the midst of it. */
const [EARLIEST, LATEST] = [0.1, 0.8];
/** A process that is left in peace has ended after so long, ms, or something hangs. */
const TIMEOUT_MS = 300_000;

/** Repeatable numbers from 0 to 1: mulberry32. */
let state = 1;
const draw = (): number => {
  state = (state + 0x6d2b79f5) | 0;
  let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
};

/** A loopback of our own, where nobody else begins to listen. */
const OWN_NETWORK = ['unshare', '-rn', 'sh', '-euc', 'ip link set lo up; exec "$0" "$@"'];
let around: readonly string[] = [];

/** Runs the program, killed after a while unless it has ended. Exit code null: it was killed. */
const run = (args: readonly string[], killAfterMs: number | null = null): Promise<number | null> =>
  new Promise((resolve, reject) => {
    const [program = '', ...before] = [...around, process.execPath];
    const child = spawn(program, [...before, BIN, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
    let stderr = '';
    child.stderr.on('data', (part) => {
      stderr += part;
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs ?? TIMEOUT_MS);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(timer);
      if (code === null && killAfterMs === null) reject(new Error(`${args.join(' ')}: hangs`));
      // 2 and 70: what cannot go on. A resumed run says 2 when the one before had ended and was killed before its exit.
      else if (code === 70 || (code === 2 && !stderr.includes('no audit in the history is unfinished')))
        reject(new Error(`${args.join(' ')}: ${stderr}`));
      else resolve(code);
    });
  });

const hasOwnNetwork = (): Promise<boolean> =>
  new Promise((resolve) => {
    const [program = '', ...args] = [...OWN_NETWORK, 'true'];
    spawn(program, args, { stdio: 'ignore' })
      .on('error', () => resolve(false))
      .on('close', (code) => resolve(code === 0));
  });

const within = <T>(db: string, purpose: Purpose, work: (history: History) => T): T => {
  const around = { now: () => Date.now(), pid: process.pid, machine: hostname(), isAlive: () => false };
  const history = openHistory(db, around, purpose);
  try {
    return work(history);
  } finally {
    history.close();
  }
};

/** How many hosts the history has of the run, and whether it has ended; null before there is a run. */
const standing = (db: string): { readonly hosts: number; readonly isFinished: boolean } | null => {
  if (!existsSync(db)) return null;
  try {
    return within(db, 'read', (history) => {
      const [newest] = history.runs(1);
      return newest ? { hosts: newest.summary.hosts, isFinished: newest.state === 'finished' } : null;
    });
  } catch (error) {
    // Killed before the tables were made: an audit makes them.
    if (error instanceof StoreError && error.message.includes('the file is empty')) return null;
    throw error;
  }
};

/** What a report says of a host, less what differs from run to run: times, and what was tried how often. */
const verdictOf = ({ verdict, because, requirements, ports }: HostReport): string =>
  JSON.stringify([
    verdict,
    because.map(({ rule }) => rule),
    requirements.map(({ name, state }) => [name, state]),
    ports.map(({ port, state, reason }) => [port, state, reason]),
  ]);

/** The hosts of the only run of a history: how often each target is there, and what is said of it last. SQLite must find nothing wrong. */
const hostsOf = (db: string): Map<string, { readonly count: number; readonly verdict: string }> =>
  within(db, 'change', (history) => {
    const runs = history.runs();
    const [only] = runs;
    if (!only || runs.length > 1) throw new Error(`${db}: ${runs.length} runs`);
    history.backup(`${db}.copy`);
    const hosts = new Map<string, { readonly count: number; readonly verdict: string }>();
    for (const report of history.hosts(only.id)) {
      const count = (hosts.get(report.target)?.count ?? 0) + 1;
      hosts.set(report.target, { count, verdict: verdictOf(report) });
    }
    return hosts;
  });

const begin = (engine: string, db: string): string[] => [
  'audit',
  TARGET,
  ...OPTIONS,
  '--engine',
  engine,
  '--db',
  db,
  '-q',
];
const goOn = (db: string): string[] => ['audit', '--resume', '-q', '--db', db];

/** Kills runs of one engine so often in all, lets each begun one end, and counts what came of it. */
const siege = async (engine: string, most: number, folder: string) => {
  const counts = { kills: 0, runs: 0, idle: 0, lost: 0, doubled: 0, different: 0, fewer: 0 };
  const peace = join(folder, `${engine}-peace.db`);
  const began = performance.now();
  await run(begin(engine, peace));
  let takesMs = performance.now() - began;
  const expected = hostsOf(peace);
  if (expected.size !== HOSTS) throw new Error(`${engine}: the run in peace has ${expected.size} hosts`);
  while (counts.kills < most) {
    const db = join(folder, `${engine}-${counts.runs}.db`);
    let stored = 0;
    let now = standing(db);
    while (counts.kills < most && !now?.isFinished) {
      const isWhole = now === null;
      const startedAt = performance.now();
      const code = await run(
        now ? goOn(db) : begin(engine, db),
        takesMs * (EARLIEST + draw() * (LATEST - EARLIEST)),
      );
      // The machine may have been busier before: kills that come when all is done are none.
      if (code !== null && isWhole) takesMs = Math.min(takesMs, performance.now() - startedAt);
      now = standing(db);
      const hosts = now?.hosts ?? 0;
      if (code === null) counts.kills += 1;
      if (code === null && hosts === stored) counts.idle += 1;
      if (hosts < stored) counts.fewer += 1;
      stored = hosts;
    }
    if (!now?.isFinished) await run(now ? goOn(db) : begin(engine, db));
    const hosts = hostsOf(db);
    for (const [target, { verdict }] of expected) {
      const found = hosts.get(target);
      if (!found) counts.lost += 1;
      else if (found.count > 1) counts.doubled += 1;
      else if (found.verdict !== verdict) {
        if (counts.different === 0)
          process.stdout.write(`${target} in peace: ${verdict}\n${target} now: ${found.verdict}\n`);
        counts.different += 1;
      }
    }
    for (const target of hosts.keys()) if (!expected.has(target)) counts.different += 1;
    for (const end of ['', '-wal', '-shm', '.copy']) await rm(`${db}${end}`, { force: true });
    counts.runs += 1;
  }
  return counts;
};

/** `siege [KILLS [ENGINE...]]`. Exit code 1 when anything was lost, doubled, judged otherwise or fewer. */
export const main = async ([wanted = '36', ...named]: readonly string[]): Promise<void> => {
  const kills = Number(wanted);
  if (!Number.isSafeInteger(kills) || kills < 1) throw new Error('expected a number of kills, 1 or more');
  const folder = await mkdtemp(join(tmpdir(), 'ra-siege-'));
  const began = performance.now();
  let wrong = 0;
  try {
    if (await hasOwnNetwork()) around = OWN_NETWORK;
    else
      process.stdout.write(
        'no network of our own here: listeners of others on all addresses make verdicts differ\n',
      );
    const able: string[] = [];
    for (const engine of named.length > 0 ? named : ENGINES) {
      const can = await run(['check', '127.20.0.1', '--engine', engine, '-q']).then(
        () => true,
        () => false,
      );
      if (can) able.push(engine);
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
  process.stdout.write(`${Math.round((performance.now() - began) / 1000)} s\n`);
  process.exitCode = wrong === 0 ? 0 : 1;
};
