interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

const isBefore = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** A clock that jumps from one timer to the next as soon as nothing else is left to do: a machine that takes no time for anything. */
export class JumpingClock {
  #now = 0;
  #order = 0;
  /** A binary heap, the first timer at its top. */
  readonly #timers: Timer[] = [];
  readonly #cleared = new Set<number>();
  readonly #real = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    now: performance.now,
  };

  /** Milliseconds since it was made. */
  get now(): number {
    return this.#now;
  }

  install(): void {
    const set = (run: () => void, ms = 0): number => {
      const order = ++this.#order;
      this.#push({ at: this.#now + Math.max(0, ms), order, run });
      return order;
    };
    globalThis.setTimeout = set as unknown as typeof setTimeout;
    globalThis.clearTimeout = ((order: number) => this.#cleared.add(order)) as typeof clearTimeout;
    performance.now = () => this.#now;
  }

  uninstall(): void {
    globalThis.setTimeout = this.#real.setTimeout;
    globalThis.clearTimeout = this.#real.clearTimeout;
    performance.now = this.#real.now;
  }

  /** Lets the clock go on until the work has ended. Throws when nothing is left that could end it. */
  async run(work: Promise<void>): Promise<void> {
    let isOver = false;
    const over = (): void => {
      isOver = true;
    };
    work.then(over, over);
    for (;;) {
      // All that follows by itself comes before the next immediate.
      await new Promise((resolve) => setImmediate(resolve));
      if (isOver) return work;
      const next = this.#pop();
      if (!next) throw new Error('no timer is left, and the work has not ended');
      this.#now = next.at;
      next.run();
      while (this.#timers[0] && this.#timers[0].at <= this.#now) this.#pop()?.run();
    }
  }

  #push(timer: Timer): void {
    const timers = this.#timers;
    let at = timers.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = timers[above];
      if (!parent || !isBefore(timer, parent)) break;
      timers[at] = parent;
      at = above;
    }
    timers[at] = timer;
  }

  /** Takes the first timer that was not cleared. */
  #pop(): Timer | undefined {
    for (let first = this.#take(); first; first = this.#take()) {
      if (!this.#cleared.delete(first.order)) return first;
    }
    return undefined;
  }

  #take(): Timer | undefined {
    const timers = this.#timers;
    const first = timers[0];
    const last = timers.pop();
    if (!last || timers.length === 0) return first;
    let at = 0;
    for (;;) {
      const [left, right] = [timers[2 * at + 1], timers[2 * at + 2]];
      const child = right && left && isBefore(right, left) ? right : left;
      if (!child || !isBefore(child, last)) break;
      timers[at] = child;
      at = 2 * at + (child === left ? 1 : 2);
    }
    timers[at] = last;
    return first;
  }
}
