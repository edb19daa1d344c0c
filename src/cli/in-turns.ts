import { setImmediate as nextTurn } from 'node:timers/promises';

/** The outcome of work that is done in pieces. After each, others have a turn: audits of this process, a signal, the screen. */
export const inTurns = async <T>(work: Generator<unknown, T>): Promise<T> => {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    await nextTurn();
  }
};
