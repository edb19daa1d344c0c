import { UsageError } from '../model/fault.ts';
import type { Wire, WireCapabilities } from '../model/wire.ts';

/** Longest wait where nothing is typed, milliseconds: covers the second SYN of a kernel, and the 3 s after which an absent neighbour is reported. */
export const USUAL_MS = 3000;
/** The same, milliseconds, where Windows itself repeats a SYN that was reset, for some two seconds, before it reports a refusal. */
export const PATIENT_MS = 5000;

/** Longest wait for one answer, milliseconds: as typed, or as long as suits the wire where nothing was (null). */
export const longestWaitMs = (
  typedMs: number | null,
  { minTimeoutMs }: Pick<WireCapabilities, 'minTimeoutMs'>,
): number => typedMs ?? (minTimeoutMs === 0 ? USUAL_MS : PATIENT_MS);

/** Throws UsageError for a wait that was typed and is too short for this wire: closed ports would be called filtered. */
export const refuseShortWait = (
  typedMs: number | null,
  { name, capabilities: { minTimeoutMs } }: Pick<Wire, 'name' | 'capabilities'>,
): void => {
  if (typedMs === null || typedMs >= minTimeoutMs) return;
  throw new UsageError(
    `--timeout ${typedMs}ms: with the ${name} engine here a refusal may take longer, since Windows repeats a SYN that was reset; expected ${minTimeoutMs}ms or more`,
  );
};
