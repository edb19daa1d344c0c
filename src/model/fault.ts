/**
 * What can go wrong on this side. A fault is never evidence about the target (DESIGN section 1, idea 4).
 * The first four pass when the load falls, so the engine asks again; the others would only fail again.
 */
export type FaultKind =
  | 'descriptors'
  | 'local-ports'
  | 'buffers'
  | 'self-connect'
  | 'no-route'
  | 'no-privilege'
  | 'blocked-locally'
  | 'aborted'
  | 'other';

/** Our own trouble: what kind, the system's code (`EMFILE`) and one sentence. */
export interface LocalFault {
  readonly kind: FaultKind;
  readonly code: string;
  readonly text: string;
}

const PASSING: ReadonlySet<FaultKind> = new Set(['descriptors', 'local-ports', 'buffers', 'self-connect']);

/** Whether asking again, with less in flight, can succeed. */
export const isPassing = (fault: LocalFault): boolean => PASSING.has(fault.kind);

/** Thrown for what the user typed or configured: one line (of a list, a line for each mistake), exit code 2, nothing sent. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
