/** Longest stretch of time that is made up for after a late turn, milliseconds: more would be a burst. */
const CATCH_UP_MS = 20;
const RECOVERY_MS = 100;
const RECOVERY = 1.1;
const LOWEST_SHARE = 0.02;

/** How many packets may leave now: a steady rate, halved when answers were lost here, and slowly grown back. */
export class Pace {
  #wanted: number;
  #perSecond: number;
  #tokens = 1;
  #last: number;
  #grownAt: number;

  constructor(perSecond: number, now: number) {
    this.#wanted = perSecond;
    this.#perSecond = perSecond;
    this.#last = now;
    this.#grownAt = now;
  }

  /** The time is now, and so many a second are wanted; 0 pauses. */
  tick(now: number, wanted: number): void {
    if (wanted !== this.#wanted) {
      // A share that lost answers once stays what it was.
      this.#perSecond = this.#wanted === 0 ? wanted : (this.#perSecond / this.#wanted) * wanted;
      this.#wanted = wanted;
    }
    const most = wanted === 0 ? 0 : Math.max(1, (this.#perSecond * CATCH_UP_MS) / 1000);
    this.#tokens = Math.min(most, this.#tokens + ((now - this.#last) / 1000) * this.#perSecond);
    this.#last = now;
    if (now - this.#grownAt < RECOVERY_MS) return;
    this.#grownAt = now;
    this.#perSecond = Math.min(this.#wanted, this.#perSecond * RECOVERY);
  }

  get has(): boolean {
    return this.#tokens >= 1;
  }

  take(): void {
    this.#tokens--;
  }

  slowDown(now: number): void {
    this.#perSecond = Math.max(1, this.#wanted * LOWEST_SHARE, this.#perSecond / 2);
    this.#tokens = Math.min(this.#tokens, 1);
    this.#grownAt = now;
  }
}
