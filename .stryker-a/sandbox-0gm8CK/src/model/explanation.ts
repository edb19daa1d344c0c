import type { RequirementName } from './evidence.ts';
import type { PolicyCode } from './policy.ts';

/**
 * What proves a cause: a requirement that `check` probes, a setting that `policy check` reads, or a place on a PC that neither
 * sees. `text` says which result of it speaks for this cause.
 */
export type Proof =
  | { readonly by: 'check'; readonly name: RequirementName; readonly text: string }
  | {
      readonly by: 'policy';
      /** The setting as the group policy editor names it, or the value by its own name. */
      readonly name: string;
      /** Findings of `policy check` that show it. */
      readonly codes: readonly PolicyCode[];
      readonly text: string;
    }
  | { readonly by: 'look'; readonly name: string; readonly text: string };

/** What an error of an offer means. */
export interface Explanation {
  /** `0x800706BA`, `DCOM 10028`, or the short name of a text. */
  readonly code: string;
  /** The symbol in Microsoft's headers, null for events and texts. */
  readonly name: string | null;
  /** What Windows in English says. */
  readonly says: string;
  readonly cause: string;
  readonly proofs: readonly Proof[];
  /** What to change, most likely first. */
  readonly changes: readonly string[];
  /** Documents that the row rests on. */
  readonly sources: readonly string[];
}
