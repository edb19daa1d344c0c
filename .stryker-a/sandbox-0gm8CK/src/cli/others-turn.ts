/** A turn of the event loop for everything else: other audits of this process, a signal, the screen. */
export const othersTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The outcome of work that is done in pieces, with a turn for everything else after each. */
export const inTurns = async <T>(work: Generator<unknown, T>): Promise<T> => {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
    await othersTurn();
  }
};
