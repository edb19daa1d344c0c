import { setImmediate as nextTurn } from 'node:timers/promises';

/** A pause to call after each piece of work: it gives keys, frames and probes a turn when their last is so many milliseconds ago. */
export const turnEvery = (ms: number): (() => Promise<void>) => {
  let turnedAt = performance.now();
  return async () => {
    if (performance.now() - turnedAt < ms) return;
    await nextTurn();
    turnedAt = performance.now();
  };
};
