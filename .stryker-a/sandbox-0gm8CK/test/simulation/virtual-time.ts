/** A clock of one simulated world: nothing waits for real. Milliseconds. */
export class VirtualClock {
  #now = 0;
  readonly #due: { readonly at: number; readonly wake: () => void }[] = [];

  get now(): number {
    return this.#now;
  }

  /** Resolves when the clock has come to `ms` from now. */
  after(ms: number): Promise<void> {
    return new Promise((wake) => {
      const at = this.#now + ms;
      let place = this.#due.length;
      while (place > 0 && (this.#due[place - 1]?.at ?? 0) > at) place--;
      this.#due.splice(place, 0, { at, wake });
    });
  }

  /** Goes to the next moment at which something is due, and wakes what is due then. */
  advance(): void {
    const next = this.#due[0];
    if (!next) return;
    this.#now = next.at;
    while (this.#due[0] && this.#due[0].at <= this.#now) this.#due.shift()?.wake();
  }
}

/** Worlds whose promises are run side by side: one turn of the event loop moves all of their clocks. */
const SIDE_BY_SIDE = 500;

/** Runs `world` for each number from 0 to `count` - 1, each with a clock of its own; results in order. */
export const runWorlds = async <T>(
  count: number,
  world: (number: number, clock: VirtualClock) => Promise<T>,
): Promise<T[]> => {
  const results: T[] = [];
  for (let first = 0; first < count; first += SIDE_BY_SIDE) {
    const running = new Set<VirtualClock>();
    const all = Promise.all(
      Array.from({ length: Math.min(SIDE_BY_SIDE, count - first) }, async (_, i) => {
        const clock = new VirtualClock();
        running.add(clock);
        try {
          return await world(first + i, clock);
        } finally {
          running.delete(clock);
        }
      }),
    );
    // Promises of a world run to their end before the next turn of the event loop.
    while (running.size > 0) {
      for (const clock of running) clock.advance();
      await new Promise(setImmediate);
    }
    for (const result of await all) results.push(result);
  }
  return results;
};
