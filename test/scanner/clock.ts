import { afterEach, beforeEach } from 'vitest';
import { Random } from './random.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Instants after which a run that has not ended never will: something asks without end. */
const MOST_INSTANTS = 100_000;

/**
 * A clock that jumps from one timer to the next as soon as nothing else is left to do, so that minutes take milliseconds, no test
 * depends on how busy the machine is, and a wake-up that was lost is seen: no timer is left, and the work has not ended.
 */
export class FakeClock {
  #now = 0;
  #order = 0;
  readonly #timers = new Map<number, Timer>();
  readonly #real = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    now: performance.now,
    random: Math.random,
  };

  get now(): number {
    return this.#now;
  }

  /** Timers that are set. */
  get pending(): number {
    return this.#timers.size;
  }

  install(): void {
    const random = new Random(1);
    const setFake = (run: () => void, ms = 0): number => {
      const order = ++this.#order;
      this.#timers.set(order, { at: this.#now + Math.max(0, ms), order, run });
      return order;
    };
    globalThis.setTimeout = setFake as unknown as typeof setTimeout;
    globalThis.clearTimeout = ((order: number) => this.#timers.delete(order)) as typeof clearTimeout;
    performance.now = () => this.#now;
    Math.random = () => random.next();
  }

  uninstall(): void {
    globalThis.setTimeout = this.#real.setTimeout;
    globalThis.clearTimeout = this.#real.clearTimeout;
    performance.now = this.#real.now;
    Math.random = this.#real.random;
  }

  /** Lets the clock go on until the work has ended, or `untilMs` have passed. */
  async run<T>(work: Promise<T>, untilMs = Number.POSITIVE_INFINITY): Promise<T | undefined> {
    let isOver = false;
    const over = (): void => {
      isOver = true;
    };
    work.then(over, over);
    const end = this.#now + untilMs;
    for (let instants = 0; instants < MOST_INSTANTS; instants++) {
      // All that follows by itself comes before the next immediate.
      await new Promise((resolve) => setImmediate(resolve));
      if (isOver) return work;
      const next = this.#next();
      if (!next) throw new Error('nothing is left that could go on: a wake-up was lost');
      if (next.at > end) return undefined;
      this.#now = next.at;
      for (let due: Timer | undefined = next; due && due.at <= this.#now; due = this.#next()) {
        this.#timers.delete(due.order);
        due.run();
      }
    }
    throw new Error('it never ends');
  }

  /** Lets so much time pass. */
  async pass(ms: number): Promise<void> {
    await this.run(new Promise((resolve) => setTimeout(resolve, ms)));
  }

  #next(): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers.values()) {
      if (!first || timer.at < first.at) first = timer;
    }
    return first;
  }
}

/** A clock for each test of the file. */
export const fakeClock = (): { readonly clock: FakeClock } => {
  const held = { clock: new FakeClock() };
  beforeEach(() => {
    held.clock = new FakeClock();
    held.clock.install();
  });
  afterEach(() => held.clock.uninstall());
  return held;
};
