/** Fewest probes, and shortest time in milliseconds, for one estimate: lost probes are sent again, and answered, in bursts. */
const LOOKED_AT = 256;
const LOOKED_FOR_MS = 250;
/** Share lost on the path above which we send too fast for it. A path that loses 5 % each way at any rate is far below. */
const TOO_MANY = 0.2;

/** Estimates whether the path loses packets because we send too fast: a retransmission that is answered proves a loss. */
export class LossEstimator {
  #looked = 0;
  #lost = 0;
  #since: number | null = null;

  /** A probe was answered `now` (milliseconds), the first one or a repetition. True when too many were lost. */
  note(isFirst: boolean, now: number): boolean {
    this.#since ??= now;
    this.#looked += isFirst ? 1 : 2;
    if (!isFirst) this.#lost++;
    if (this.#looked < LOOKED_AT || now - this.#since < LOOKED_FOR_MS) return false;
    const isTooMany = this.#lost > this.#looked * TOO_MANY;
    this.#looked = 0;
    this.#lost = 0;
    this.#since = now;
    return isTooMany;
  }
}
