/**
 * What can go wrong on this side. A fault is never evidence about the target (DESIGN section 1, idea 4).
 * The first six pass, so the scanner probes again; the others would only fail again. `too-fast`: answers may have been lost to the
 * pace, which the wire lowers by itself. `same-flow`: a probe with the same addresses and ports is in flight.
 */
export type FaultKind =
  | 'descriptors'
  | 'local-ports'
  | 'buffers'
  | 'self-connect'
  | 'too-fast'
  | 'same-flow'
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

const SHORTAGES: ReadonlySet<FaultKind> = new Set(['descriptors', 'local-ports', 'buffers']);
const PASSING: ReadonlySet<FaultKind> = new Set([...SHORTAGES, 'self-connect', 'too-fast', 'same-flow']);

/** Whether asking again can succeed. */
export const isPassing = (fault: LocalFault): boolean => PASSING.has(fault.kind);

/** Whether this machine has too little of something for all that is in flight. */
export const isShortage = (fault: LocalFault): boolean => SHORTAGES.has(fault.kind);

/** Thrown for what the user typed or configured: one line (of a list, a line for each mistake), exit code 2, nothing sent. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
