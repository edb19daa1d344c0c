import type { HostMark } from '../../model/trend.ts';

/** A verdict that is sure enough to be compared. */
export type Firm = 'ready' | 'blocked';

/** Marks of one host, oldest first, null where it was not asked. */
type Marks = readonly (HostMark | null)[];

/** A host flaps when its verdict changed at least `changes` times in the last `runs` runs. */
export interface FlappingBound {
  readonly changes: number;
  readonly runs: number;
}

/** A verdict is settled when at least `agree` of the last `runs` runs say it, the newest firm one among them. */
export interface SettlingBound {
  readonly agree: number;
  readonly runs: number;
}

/** What a host settled on. `changed`: the newest run settled it on something else than before, which was `from`. */
export interface SettledVerdict {
  readonly verdict: Firm | null;
  readonly changed: { readonly from: Firm; readonly to: Firm } | null;
}

/** Throws RangeError for a bound that nothing or everything would meet. */
const checkBound = (name: string, wanted: number, runs: number): void => {
  const whole = Number.isSafeInteger(wanted) && Number.isSafeInteger(runs);
  if (whole && wanted >= 1 && runs >= wanted) return;
  throw new RangeError(`${name}: expected whole numbers, 1 or more and no more than the runs (${runs})`);
};

/** Doubt says nothing: undetermined, unreachable and weak marks are neither a change nor a confirmation. */
const firmOf = (mark: HostMark | null | undefined): Firm | null =>
  mark && mark.confidence !== 'weak' && (mark.verdict === 'ready' || mark.verdict === 'blocked')
    ? mark.verdict
    : null;

/** The number of changes of the verdict in the last runs and whether that is flapping. A change counts for the run that shows it. */
export const flappingOf = (marks: Marks, bound: FlappingBound): { flaps: boolean; changes: number } => {
  checkBound('changes', bound.changes, bound.runs);
  const since = marks.length - bound.runs;
  let last: Firm | null = null;
  let changes = 0;
  for (const [at, mark] of marks.entries()) {
    const firm = firmOf(mark);
    if (firm === null) continue;
    if (last !== null && firm !== last && at >= since) changes += 1;
    last = firm;
  }
  return { flaps: changes >= bound.changes, changes };
};

/** How often each verdict stands firm among marks. */
const countOf = (marks: Marks, verdict: Firm): number =>
  marks.reduce((sum, mark) => sum + (firmOf(mark) === verdict ? 1 : 0), 0);

/** What a host has settled on, run by run with hysteresis: it keeps what it settled on until enough runs say otherwise. */
export const settledChange = (marks: Marks, bound: SettlingBound): SettledVerdict => {
  checkBound('agree', bound.agree, bound.runs);
  let settled: SettledVerdict = { verdict: null, changed: null };
  for (const [at, mark] of marks.entries()) {
    const { verdict: from } = settled;
    settled = { verdict: from, changed: null };
    const to = firmOf(mark);
    if (to === null || to === from) continue;
    if (countOf(marks.slice(Math.max(0, at + 1 - bound.runs), at + 1), to) < bound.agree) continue;
    settled = { verdict: to, changed: from && { from, to } };
  }
  return settled;
};
