import { writeSync } from 'node:fs';
import { openHistory } from '../../src/store/open.ts';
import { newRun } from './new-run.ts';
import { refused } from './samples.ts';

/** File, run, user to become (may be empty), hosts. */
export type Arguments = readonly [path: string, id: string, user: string, hosts: string];

const [path, id, user, hosts] = process.argv.slice(2) as unknown as Arguments;
const total = Number(hosts);

/** Says something at once; console.log would keep it. */
const say = (line: string): void => {
  writeSync(1, `${line}\n`);
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

// Records hosts until it is killed, going on with the run where the process before was killed.
try {
  if (user) process.setuid?.(Number(user));
  const around = { now: Date.now, pid: process.pid, machine: 'expert', isAlive };
  const history = openHistory(path, around);
  const known = history.runs().some((one) => one.id === id);
  const { done, recorder } = known
    ? history.resume(id)
    : { done: { low: 0, above: new Set<number>(), begun: [] }, recorder: history.begin(newRun(id, total)) };
  say(`low ${done.low}`);
  for (let ordinal = done.low; ordinal < total; ordinal++) {
    if (done.above.has(ordinal)) continue;
    const index = (ordinal * 7919) % 1_000_000;
    recorder.record({ index, ordinal, report: refused(index) });
    if (ordinal % 40 === 39) {
      recorder.flush();
      say(`flushed ${ordinal + 1}`);
    }
  }
} catch (error) {
  say(`failed ${error}`);
}
