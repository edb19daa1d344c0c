import type { Confidence, RunStart, Summary, Verdict } from './report.ts';

/** How a recorded run stands. `interrupted`: stopped by its user or killed; it can be resumed. */
export type RunState = 'running' | 'finished' | 'interrupted';

/** How a run stands. An interrupted one can be resumed. */
export const RUN_STATES: readonly RunState[] = ['running', 'finished', 'interrupted'];

/** One run as the history lists it. Times are ISO 8601 in UTC. */
export interface RunEntry extends RunStart {
  readonly state: RunState;
  /** Null until it has ended in good order. */
  readonly finishedAt: string | null;
  /** The targets, as typed. */
  readonly targets: readonly string[];
  /** Hosts to probe. */
  readonly hosts: number;
  /** Counts of the hosts judged by now; `summary.hosts` of them. */
  readonly summary: Summary;
  readonly probesSent: number;
  readonly durationMs: number;
}

/** The JSON contract of a comparison. Adding is free; changing or removing needs `@2`. */
export const DIFF_SCHEMA = 'ra-preflight/diff@1';

/** How a host changed from one run to another. An uncertain verdict on either side is no change. */
export type ChangeKind = 'newly-blocked' | 'mended' | 'appeared' | 'gone' | 'changed-cause';

/** What can become of a host between two runs, in the order in which reports list it. */
export const CHANGE_KINDS: readonly ChangeKind[] = [
  'newly-blocked',
  'mended',
  'appeared',
  'gone',
  'changed-cause',
];

/** What one run said of a host, as far as changes are concerned. `causes`: what filters it, in stable words, sorted. */
export interface HostSnapshot {
  readonly verdict: Verdict;
  readonly confidence: Confidence;
  readonly causes: readonly string[];
}

/** One change. A side is null when the host was not part of that run. */
export interface Change {
  readonly kind: ChangeKind;
  readonly target: string;
  readonly address: string | null;
  readonly before: HostSnapshot | null;
  readonly after: HostSnapshot | null;
  readonly text: string;
}

/** A host of both runs with two verdicts as people read them, of which one run or both are not sure: no change, and not the same either. */
export interface Uncertain {
  readonly target: string;
  readonly address: string | null;
  readonly before: HostSnapshot;
  readonly after: HostSnapshot;
  readonly text: string;
}

/** Two runs compared, `after` against `before`. */
export interface RunDiff {
  readonly schema: typeof DIFF_SCHEMA;
  readonly before: RunEntry;
  readonly after: RunEntry;
  readonly changes: readonly Change[];
  readonly uncertain: readonly Uncertain[];
  /** Hosts that are in both runs, of them those without a change, of these the uncertain, and the number of changes of each kind. */
  readonly summary: Readonly<Record<ChangeKind, number>> & {
    readonly compared: number;
    readonly same: number;
    readonly uncertain: number;
  };
}
