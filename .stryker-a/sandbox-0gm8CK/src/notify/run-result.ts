import type { RunDiff, RunEntry } from '../model/history.ts';
import type { Group } from '../model/report.ts';

/** A report that was written before the notifications are sent. */
export interface ReportFile {
  readonly format: string;
  readonly path: string;
}

/** What a run of a schedule came to. */
export interface RunResult {
  readonly schedule: string;
  /** As the history has it after its end; null when it failed before it could start. */
  readonly run: RunEntry | null;
  /** Against the run before; null when there is none to compare with. */
  readonly diff: RunDiff | null;
  /** Why the run failed, one sentence; null when it did not. */
  readonly failed: string | null;
  readonly groups: readonly Group[];
  readonly files: readonly ReportFile[];
}
