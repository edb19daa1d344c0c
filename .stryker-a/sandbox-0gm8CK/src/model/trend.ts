import type { RequirementName } from './evidence.ts';
import type { Confidence, Group, RequirementState, Summary, Verdict } from './report.ts';

/** One run of a trend. `startedAt` ISO 8601 in UTC. */
export interface TrendRun {
  readonly id: string;
  readonly startedAt: string;
  readonly summary: Summary;
  readonly groups: readonly Group[];
}

/** What one run said of one host, in short. */
export interface HostMark {
  readonly verdict: Verdict;
  /** Whether an undetermined host is clear so far. */
  readonly clearSoFar: boolean;
  readonly confidence: Confidence;
  readonly states: Readonly<Record<RequirementName, RequirementState>>;
}

/** One host over the runs of a trend: a mark for each run, oldest first, null where it was not probed. */
export interface HostTrend {
  readonly target: string;
  readonly address: string | null;
  readonly marks: readonly (HostMark | null)[];
}

/** Several finished runs side by side, oldest first. `hosts` may be walked more than once and need not fit in memory. */
export interface Trend {
  readonly runs: readonly TrendRun[];
  readonly hosts: Iterable<HostTrend>;
}
