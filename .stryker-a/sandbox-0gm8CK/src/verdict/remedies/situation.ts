import type { FilterReport, Remedy } from '../../model/report.ts';
import type { Judged } from '../notes.ts';

/** What the remedies of one host depend on. */
export interface Situation extends Judged {
  readonly filters: readonly FilterReport[];
  /** Rules of the remarks that were made. */
  readonly notes: ReadonlySet<string>;
}

/** A remedy, or how to make one that names the address of the host: hosts that are alike share all but those. */
export type Advice = Remedy | ((address: string | null) => Remedy | null);

/** Offers a remedy where it helps. */
export type Make = (situation: Situation) => Advice | null;

/** The same for remedies of which there may be several. */
export type MakeSome = (situation: Situation) => readonly Advice[];

/** The remedies for the host with this address. */
export const advise = (advice: readonly Advice[], address: string | null): Remedy[] =>
  advice.flatMap((one) => (typeof one === 'function' ? (one(address) ?? []) : one));
