import type { FilterReport, Remedy } from '../../model/report.ts';
import type { Judged } from '../notes.ts';

/** What the remedies of one host depend on. */
export interface Situation extends Judged {
  readonly filters: readonly FilterReport[];
  /** Rules of the remarks that were made. */
  readonly notes: ReadonlySet<string>;
}

/** Offers a remedy where it helps. */
export type Make = (situation: Situation) => Remedy | null;
