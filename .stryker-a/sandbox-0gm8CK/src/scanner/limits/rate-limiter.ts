import type { RateControl } from './rate-control.ts';

/** A limiter slows down by itself to a sixteenth of its rate at most: slower, a run would take hours for what it cannot know. */
const MOST_SLOWNESS = 16;

/** A rate with a small burst (GCRA): each packet books the next free moment, so nothing is polled. */
export class RateLimiter {
  // Not 0: a process younger than a burst has not used any of it.
  #free = Number.NEGATIVE_INFINITY;
  #slowness = 1;
  readonly #stepMs: number;
  readonly #burst: number;
  readonly #control: RateControl;

  /** `perSecond` packets a second on average, scaled by the rate control; up to `burst` of them at once after a rest. */
  constructor(perSecond: number, burst: number, control: RateControl) {
    this.#stepMs = 1000 / perSecond;
    this.#burst = burst;
    this.#control = control;
  }

  /** Whether a packet may leave now; does not book it. */
  get isFree(): boolean {
    return this.#free <= performance.now();
  }

  /** Milliseconds until a packet may leave; 0 or less when it may now. */
  get waitMs(): number {
    return this.#free - performance.now();
  }

  /** Books packets that leave now. */
  charge(packets: number): void {
    const stepMs = (this.#stepMs * this.#slowness) / this.#control.scale;
    const burst = this.#slowness > 1 ? 1 : this.#burst;
    this.#free = Math.max(this.#free, performance.now() - stepMs * burst) + stepMs * packets;
  }

  /** Halves the rate for the rest of the run, and ends bursts: answers stopped at the present one. */
  slowDown(): void {
    this.#slowness = Math.min(this.#slowness * 2, MOST_SLOWNESS);
  }

  /** Whether it was slowed down. */
  get isSlowed(): boolean {
    return this.#slowness > 1;
  }

  /** Whether nothing is booked ahead, a whole burst is free and nothing was learnt: as good as new. */
  get isResting(): boolean {
    return this.#slowness === 1 && this.#free <= performance.now() - this.#stepMs * this.#burst;
  }
}
