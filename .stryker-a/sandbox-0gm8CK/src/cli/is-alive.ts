import { readFileSync } from 'node:fs';

/** When this process started, milliseconds since 1970. */
const STARTED_MS = Date.now() - process.uptime() * 1000;

/** Ended, but not yet collected by its parent, as in containers whose first process collects none. Only Linux shows it. */
const isZombie = (pid: number): boolean => {
  try {
    // The name before it may hold anything, brackets too.
    const [state] = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1) ?? '';
    return state === 'Z' || state === 'X';
  } catch {
    return false;
  }
};

/**
 * Whether the process of this machine that had the number `pid` at the time `seenMs` lives. One of our own number that was seen
 * before we started was another: containers give the same numbers again.
 */
export const isAlive = (pid: number, seenMs: number): boolean => {
  if (pid === process.pid) return seenMs >= STARTED_MS;
  try {
    process.kill(pid, 0);
  } catch (error) {
    // Not ours to signal, but there.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return !isZombie(pid);
};
