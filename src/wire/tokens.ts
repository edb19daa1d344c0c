/** Longest stretch of time that is made up for after a late turn, milliseconds: more would be a burst. */
const CATCH_UP_MS = 20;

/** How many probes may be sent now, of so many a second. */
export class Tokens {
  #tokens = 1;
  #last: number;

  /** `now` in milliseconds, as all times here. */
  constructor(now: number) {
    this.#last = now;
  }

  /** How long until the next probe may leave, milliseconds; 0 for now, Infinity while `perSecond` is 0. */
  waitMs(now: number, perSecond: number): number {
    const elapsedMs = now - this.#last;
    this.#last = now;
    if (perSecond === 0) return Number.POSITIVE_INFINITY;
    const most = Math.max(1, (perSecond * CATCH_UP_MS) / 1000);
    if (elapsedMs > 0) this.#tokens = Math.min(most, this.#tokens + (elapsedMs / 1000) * perSecond);
    return this.#tokens >= 1 ? 0 : ((1 - this.#tokens) / perSecond) * 1000;
  }

  take(): void {
    this.#tokens--;
  }
}
