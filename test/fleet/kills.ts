import { mkdirSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openHistory } from '../../src/store/open.ts';
import { buildProgram } from './program.ts';
import { type Quiet, QuietPrograms } from './quiet.ts';
import { freePort, TestRedis } from './redis.ts';

/** What is killed, and for how long. */
export interface Siege {
  readonly at: string;
  readonly hosts: number;
  readonly workers: number;
  readonly kills: number;
  /** Kills end after so long, milliseconds, however many there were. */
  readonly mostMs: number;
  /** Then the store is away for so long, milliseconds; 0 for never. */
  readonly awayMs: number;
  /** How long the run may take when nothing is killed any more, milliseconds. */
  readonly restMs: number;
}

/** What came of it. */
export interface Outcome {
  readonly killed: Readonly<Record<'worker' | 'coordinator' | 'store', number>>;
  /** How the last coordinator ended; null when it did not. */
  readonly code: number | null;
  readonly hosts: number;
  readonly distinct: number;
  /** Packets of the run; a prober sends one for each host. */
  readonly sent: number;
  readonly seconds: number;
  /** What the programs said last. */
  readonly said: string;
}

const end = async ({ child, gone }: Quiet, signal: NodeJS.Signals): Promise<void> => {
  child.kill(signal);
  await gone;
};

/** Kills workers, the coordinator and the store of a run at random, then lets it come to its end. */
export const besiege = async (siege: Siege): Promise<Outcome> => {
  const { at } = siege;
  const data = join(at, 'redis');
  mkdirSync(data);
  const redis = new TestRedis(await freePort(), data);
  await redis.start();
  const [prober, conductor] = [buildProgram('prober', at), buildProgram('conductor', at)];
  const db = join(at, 'history.db');
  const programs = new QuietPrograms();
  const worker = (): Quiet => programs.start([prober, redis.url, 'hq', '10']);
  const coordinator = (): Quiet => programs.start([conductor, redis.url, 'hq', db, String(siege.hosts)]);
  const workers = Array.from({ length: siege.workers }, worker);
  let lead = coordinator();
  const killed = { worker: 0, coordinator: 0, store: 0 };
  const began = performance.now();
  const isOver = (): boolean => lead.child.exitCode === 0;
  // Who starts while the store is away ends with one line, as it should; a supervisor starts it again.
  const tend = (): void => {
    if (lead.child.exitCode !== null && !isOver()) lead = coordinator();
    for (const [which, one] of workers.entries()) if (one.child.exitCode !== null) workers[which] = worker();
  };
  const count = (): number => killed.worker + killed.coordinator + killed.store;
  try {
    while (!isOver() && count() < siege.kills && performance.now() - began < siege.mostMs) {
      await pause(100 + Math.random() * 200);
      tend();
      const dice = Math.random();
      if (dice < 0.85) {
        const which = Math.floor(Math.random() * workers.length);
        const one = workers[which];
        if (one) await end(one, 'SIGKILL');
        workers[which] = worker();
        killed.worker += 1;
      } else if (dice < 0.97) {
        await end(lead, 'SIGKILL');
        lead = coordinator();
        killed.coordinator += 1;
      } else {
        await redis.stop('SIGKILL');
        await pause(300);
        await redis.start();
        killed.store += 1;
      }
    }
    if (siege.awayMs > 0 && !isOver()) {
      await redis.stop('SIGKILL');
      await pause(siege.awayMs);
      await redis.start();
    }
    const until = performance.now() + siege.restMs;
    while (!isOver() && performance.now() < until) {
      await pause(200);
      tend();
    }
    const code = lead.child.exitCode;
    const around = { now: Date.now, pid: process.pid, machine: hostname(), isAlive: () => true };
    const history = openHistory(db, around, 'read');
    const targets = [...history.hosts('test.hq')].map(({ target }) => target);
    const sent = history.find('test.hq').probesSent;
    history.close();
    const seconds = (performance.now() - began) / 1000;
    const { said } = programs;
    return { killed, code, hosts: targets.length, distinct: new Set(targets).size, sent, seconds, said };
  } finally {
    await Promise.all([...workers, lead].map((one) => end(one, 'SIGKILL')));
    await redis.stop();
  }
};
