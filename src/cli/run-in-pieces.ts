import { setImmediate as nextIteration } from 'node:timers/promises';

/** Does work in pieces and gives its result. After each piece the event loop serves others: audits of this process, a signal, the screen. */
export const runInPieces = async <T>(work: Generator<unknown, T>): Promise<T> => {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    await nextIteration();
  }
};
