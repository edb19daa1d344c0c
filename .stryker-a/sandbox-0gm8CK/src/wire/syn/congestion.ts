/** Longest time whose tokens may accumulate, milliseconds: more would be a burst. */
const LONGEST_BURST_MS = 20;
/** Highest initial rate, packets a second: what a path can carry shows only when replies are due. */
const FIRST = 20_000;
/** Interval of growth, milliseconds, and factors: before any loss, after drops here, after losses on the path. */
const GROWTH_MS = 100;
const GROWTH = { start: 1.3, here: 1.1, way: 1.02 } as const;
/** The same while nothing was lost and round trips show no queue on the path: TCP's slow start doubles each round trip. */
const FREE_GROWTH_MS = 50;
const FREE_GROWTH = 2;
/** Round trips that differ by less than this show no queue, milliseconds. */
const NO_QUEUE_MS = 25;
/** Lowest rate after losses, as a share of the wanted one. */
const LOWEST = { here: 0.02, way: 0.05 } as const;

/** Token bucket with congestion control (as RFC 5681): starts slowly, halves the rate on loss, grows back slowly. */
export class CongestionControl {
  #wanted: number;
  #perSecond: number;
  #growth: number = GROWTH.start;
  #tokens = 1;
  #last: number;
  #grownAt: number;

  constructor(perSecond: number, now: number) {
    this.#wanted = perSecond;
    this.#perSecond = Math.min(FIRST, perSecond);
    this.#last = now;
    this.#grownAt = now;
  }

  /** Refills the bucket. `wanted`: packets a second, 0 pauses. `spreadMs`: spread of recent round trips, null without any. */
  tick(now: number, wanted: number, spreadMs: number | null): void {
    if (wanted !== this.#wanted) {
      // A share that lost answers once stays what it was; what began as a pause begins now.
      if (this.#wanted === 0) this.#perSecond = Math.min(FIRST, wanted);
      else if (wanted !== 0) this.#perSecond = Math.min(wanted, (this.#perSecond / this.#wanted) * wanted);
      if (wanted !== 0) this.#wanted = wanted;
    }
    const perSecond = wanted === 0 ? 0 : this.#perSecond;
    const most = wanted === 0 ? 0 : Math.max(1, (perSecond * LONGEST_BURST_MS) / 1000);
    this.#tokens = Math.min(most, this.#tokens + ((now - this.#last) / 1000) * perSecond);
    this.#last = now;
    const isFree = this.#growth === GROWTH.start && spreadMs !== null && spreadMs < NO_QUEUE_MS;
    if (now - this.#grownAt < (isFree ? FREE_GROWTH_MS : GROWTH_MS)) return;
    this.#grownAt = now;
    this.#perSecond = Math.min(this.#wanted, this.#perSecond * (isFree ? FREE_GROWTH : this.#growth));
  }

  get hasToken(): boolean {
    return this.#tokens >= 1;
  }

  takeToken(): void {
    this.#tokens--;
  }

  /** Halves the rate after losses, here or on the path. False when it is at its lowest. */
  slowDown(where: 'here' | 'way', now: number): boolean {
    const lowest = Math.max(1, this.#wanted * LOWEST[where]);
    const isLowest = this.#perSecond <= lowest;
    this.#perSecond = isLowest ? this.#perSecond : Math.max(lowest, this.#perSecond / 2);
    this.#growth = Math.min(this.#growth, GROWTH[where]);
    this.#tokens = Math.min(this.#tokens, 1);
    this.#grownAt = now;
    return !isLowest;
  }
}
