/** Fewest probes for one estimate, and for how long those that are looked at together left, milliseconds. */
const LOOKED_AT = 256;
const TOGETHER_MS = 250;
/** So long is remembered what was lost: repetitions wait three seconds at most, as a rule. */
const REMEMBERED_MS = 4000;
/** Share lost on the path above which we send too fast for it. A path that loses 10 % each way at any rate is below. */
const TOO_MANY = 0.25;

/** What became of the probes that left in one stretch of time. */
interface Cohort {
  answered: number;
  lost: number;
}

/**
 * Estimates whether the path loses packets because we send too fast: a repetition that is answered proves that the probe before it was
 * lost. It counts for the time when that one left: at the end of a run hardly anything but repetitions is answered, whatever the path loses.
 */
export class LossEstimator {
  readonly #cohorts = new Map<number, Cohort>();

  /**
   * Of a probe that left at `sentAt` (milliseconds, any clock) it is known now that it was answered, or that it was lost. True when too many
   * of those that left then were lost, once for each stretch of time.
   */
  note(isLost: boolean, sentAt: number): boolean {
    const at = Math.floor(sentAt / TOGETHER_MS);
    const cohort = this.#cohorts.get(at) ?? this.#begin(at);
    if (isLost) cohort.lost++;
    else cohort.answered++;
    const looked = cohort.lost + cohort.answered;
    if (looked < LOOKED_AT || cohort.lost <= looked * TOO_MANY) return false;
    this.#cohorts.set(at, { answered: 0, lost: Number.NEGATIVE_INFINITY });
    return true;
  }

  #begin(at: number): Cohort {
    for (const earlier of this.#cohorts.keys())
      if (earlier < at - REMEMBERED_MS / TOGETHER_MS) this.#cohorts.delete(earlier);
    const cohort = { answered: 0, lost: 0 };
    this.#cohorts.set(at, cohort);
    return cohort;
  }
}
