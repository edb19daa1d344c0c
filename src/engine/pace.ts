import pLimit, { type LimitFunction } from 'p-limit';
import type { Plan } from '../model/plan.ts';
import type { Throttle } from './throttle.ts';

/** Resolves after `ms`, or at once when the signal aborts: who waits looks at the signal afterwards. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted || ms <= 0) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
  });

/** A rate with a small burst (GCRA): each question books the next free moment, so nothing is polled. */
export class Rate {
  #free = 0;
  readonly #stepMs: number;
  readonly #burst: number;
  readonly #throttle: Throttle;

  /** `perSecond` questions a second on average, scaled by the throttle; up to `burst` of them at once after a rest. */
  constructor(perSecond: number, burst: number, throttle: Throttle) {
    this.#stepMs = 1000 / perSecond;
    this.#burst = burst;
    this.#throttle = throttle;
  }

  /** Books one question; resolves when it may be sent. What a pause overtook is booked anew, or all would leave at once. */
  async take(signal: AbortSignal): Promise<void> {
    do {
      if (this.#throttle.paused) await this.#throttle.running(signal);
      const now = performance.now();
      const stepMs = this.#stepMs / this.#throttle.scale;
      this.#free = Math.max(this.#free, now - stepMs * this.#burst) + stepMs;
      if (this.#free > now) await pause(this.#free - now, signal);
    } while (this.#throttle.paused && !signal.aborted);
  }

  /** Whether a question may be sent now; does not book it. */
  get isFree(): boolean {
    return this.#free <= performance.now();
  }

  /** Books questions that were sent, or are about to be, at once. */
  charge(questions: number): void {
    const stepMs = this.#stepMs / this.#throttle.scale;
    this.#free = Math.max(this.#free, performance.now() - stepMs * this.#burst) + stepMs * questions;
  }

  /** Whether nothing is booked ahead and a whole burst is free: as good as new. */
  isResting(): boolean {
    return this.#free <= performance.now() - this.#stepMs * this.#burst;
  }
}

/** Questions one host may get at once after a rest: a whole default sample with 135 and 3389. */
const HOST_BURST = 40;

/** The rate of one host of a run. */
export const hostRate = ({ perHostRate }: Plan, throttle: Throttle): Rate =>
  new Rate(perHostRate, HOST_BURST, throttle);

/** Failures of one shortage come in a bunch; within this time they count once. Milliseconds. */
const SAME_SHORTAGE_MS = 100;

/**
 * How many questions are in flight over all hosts (p-limit). When this machine runs out of descriptors, ports or buffers
 * the window is halved and the question that met the shortage is asked again; it grows back one by one, but stays below
 * the size that failed. Nothing is lost, everything takes longer.
 */
export class Window {
  readonly #limit: LimitFunction;
  readonly #onShrink: (window: number, code: string) => void;
  #ceiling: number;
  #answeredSinceGrowth = 0;
  #shrunkAt = Number.NEGATIVE_INFINITY;

  constructor(size: number, onShrink: (window: number, code: string) => void) {
    this.#limit = pLimit(size);
    this.#ceiling = size;
    this.#onShrink = onShrink;
  }

  get size(): number {
    return this.#limit.concurrency;
  }

  run<T>(ask: () => Promise<T>): Promise<T> {
    return this.#limit(ask);
  }

  /** A question met a shortage on this machine; `code` is the system's word for it (`EMFILE`). */
  shrink(code: string, now = performance.now()): void {
    if (now - this.#shrunkAt < SAME_SHORTAGE_MS) return;
    this.#shrunkAt = now;
    this.#ceiling = Math.max(1, Math.floor(this.size * 0.875));
    this.#limit.concurrency = Math.max(1, Math.floor(this.size / 2));
    this.#answeredSinceGrowth = 0;
    this.#onShrink(this.size, code);
  }

  /** A question was asked without shortage. */
  grow(): void {
    if (this.size >= this.#ceiling || ++this.#answeredSinceGrowth < this.size) return;
    this.#answeredSinceGrowth = 0;
    this.#limit.concurrency++;
  }
}
