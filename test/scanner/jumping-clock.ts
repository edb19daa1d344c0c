import { Random } from './random.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/** Of one instant, the timer that was set first. */
const isBefore = (a: Timer, b: Timer): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);

/** Timers in a binary heap, the first at its top: audits of thousands of hosts set tens of thousands at the same time. */
class Timers {
  readonly #heap: Timer[] = [];
  /** Those that were neither taken nor cleared. The heap keeps what was cleared until it comes to the top. */
  readonly #set = new Set<number>();

  get size(): number {
    return this.#set.size;
  }

  add(timer: Timer): void {
    this.#set.add(timer.order);
    const heap = this.#heap;
    let at = heap.length;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (!parent || !isBefore(timer, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = timer;
  }

  clear(order: number): void {
    this.#set.delete(order);
  }

  get first(): Timer | undefined {
    while (this.#heap[0] && !this.#set.has(this.#heap[0].order)) this.#dropTop();
    return this.#heap[0];
  }

  /** Takes the first one if it is due by then. */
  takeDue(now: number): Timer | undefined {
    const first = this.first;
    if (!first || first.at > now) return undefined;
    this.#set.delete(first.order);
    this.#dropTop();
    return first;
  }

  #dropTop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
      const child = right && left && isBefore(right, left) ? right : left;
      if (!child || !isBefore(child, last)) break;
      heap[at] = child;
      at = 2 * at + (child === left ? 1 : 2);
    }
    heap[at] = last;
  }
}

/**
 * A clock that jumps from one timer to the next as soon as nothing else is left to do: a machine that takes no time for anything. Minutes
 * take milliseconds, nothing depends on how busy the machine is, and a wake-up that was lost is seen: no timer is left, and the work
 * has not ended. Chance repeats, too.
 */
export class JumpingClock {
  #now = 0;
  #order = 0;
  readonly #timers = new Timers();
  readonly #random: Random;
  readonly #mostInstants: number;
  readonly #real = {
    setTimeout: globalThis.setTimeout,
    clearTimeout: globalThis.clearTimeout,
    now: performance.now,
    random: Math.random,
  };

  /** `seed`: of `Math.random`. `mostInstants`: after so many, work that has not ended never will: something asks without end. */
  constructor({ seed = 1, mostInstants = Number.POSITIVE_INFINITY } = {}) {
    this.#random = new Random(seed);
    this.#mostInstants = mostInstants;
  }

  /** Milliseconds since it was made. */
  get now(): number {
    return this.#now;
  }

  /** Timers that are set. */
  get pending(): number {
    return this.#timers.size;
  }

  install(): void {
    const set = (run: () => void, ms = 0): number => {
      const order = ++this.#order;
      this.#timers.add({ at: this.#now + Math.max(0, ms), order, run });
      return order;
    };
    globalThis.setTimeout = set as unknown as typeof setTimeout;
    globalThis.clearTimeout = ((order: number) => this.#timers.clear(order)) as typeof clearTimeout;
    performance.now = () => this.#now;
    Math.random = () => this.#random.next();
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
    for (let instants = 0; instants < this.#mostInstants; instants++) {
      // All that follows by itself comes before the next immediate.
      await new Promise((resolve) => setImmediate(resolve));
      if (isOver) return work;
      const next = this.#timers.first;
      if (!next) throw new Error('nothing is left that could go on: a wake-up was lost');
      if (next.at > end) return undefined;
      this.#now = next.at;
      for (let due = this.#timers.takeDue(next.at); due; due = this.#timers.takeDue(next.at)) due.run();
    }
    throw new Error('it never ends');
  }

  /** Lets so much time pass. */
  async pass(ms: number): Promise<void> {
    await this.run(new Promise((resolve) => setTimeout(resolve, ms)));
  }
}
