/** Questions whose fate is looked at together. */
const LOOKED_AT = 256;
/** Share of them lost on the way above which we send too fast for it: a path that loses 5 % each way, at any pace, is far below. */
const TOO_MANY = 0.2;

/** Whether the way loses more than it would of slower questions: a repetition that is answered tells of a loss. */
export class Losses {
  #looked = 0;
  #lost = 0;

  /** A question was answered, at the first asking or not. True when too many were not. */
  note(isFirst: boolean): boolean {
    this.#looked += isFirst ? 1 : 2;
    if (!isFirst) this.#lost++;
    if (this.#looked < LOOKED_AT) return false;
    const isTooMany = this.#lost > this.#looked * TOO_MANY;
    this.#looked = 0;
    this.#lost = 0;
    return isTooMany;
  }
}
