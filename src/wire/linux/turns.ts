/** Dials in one turn of the event loop: at some 30 us each, screen and keyboard wait a few milliseconds. */
const MOST_DIALS = 128;

/** Spreads a burst of dials over turns of the event loop, in the order they came, so that everybody else gets a turn too. */
export class Turns {
  #left = MOST_DIALS;
  #isCounting = false;
  readonly #queue: (() => void)[] = [];

  /** Takes a place in this turn, or tells with false that there is none: `wait` for one. */
  take(): boolean {
    if (!this.#isCounting) {
      this.#isCounting = true;
      setImmediate(this.#next);
    }
    if (this.#left === 0) return false;
    this.#left--;
    return true;
  }

  /** Comes back with a place in a later turn. */
  wait(): Promise<void> {
    return new Promise((resolve) => this.#queue.push(resolve));
  }

  readonly #next = (): void => {
    const now = this.#queue.splice(0, MOST_DIALS);
    this.#left = MOST_DIALS - now.length;
    this.#isCounting = now.length > 0;
    if (this.#isCounting) setImmediate(this.#next);
    for (const go of now) go();
  };
}
