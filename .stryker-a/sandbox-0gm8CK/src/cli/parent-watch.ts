import { isAlive } from './is-alive.ts';

const LOOK_MS = 1000;

/**
 * Calls `onGone` once the process that started this one has ended, within a second or so. Unix gives an orphan another parent; Windows
 * keeps the number of the old one. A child of the first process of a system or container is not watched. Gives how to stop.
 */
export const watchParent = (onGone: () => void): (() => void) => {
  const parent = process.ppid;
  if (parent <= 1) return () => {};
  const timer = setInterval(() => {
    if (process.ppid === parent && isAlive(parent, Date.now())) return;
    clearInterval(timer);
    onGone();
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
};
