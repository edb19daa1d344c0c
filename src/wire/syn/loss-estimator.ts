/** Probes whose fate is looked at together at least, and for how long, milliseconds: lost ones are repeated, and answered, in bunches. */
const LOOKED_AT = 256;
const LOOKED_FOR_MS = 250;
/** Share of them lost on the way above which we send too fast for it: a path that loses 5 % each way, at any pace, is far below. */
const TOO_MANY = 0.2;

/** Whether the way loses more than it would of slower questions: a repetition that is answered tells of a loss. */
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
