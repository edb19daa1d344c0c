import { subnetText } from '../../ip/ip.ts';
import { endIsKnown, isWithin, type RouterPath } from './router-path.ts';
import type { SilentHost } from './silent-host.ts';
import type { WitnessEvidence } from './witness-evidence.ts';

/** A machine that was named as a witness: what it shows, null where it shows nothing at all, and whether it still did in the end. */
export interface NamedWitness {
  /** Its address, else as typed. */
  readonly name: string;
  readonly testimony: WitnessEvidence | null;
  /** What it was asked again it answered again. */
  readonly held: boolean;
}

/** Why a machine says nothing about a novice. */
export type WhyNot =
  | 'gone'
  | 'itself'
  | 'elsewhere'
  | 'not-measured'
  | 'route-unknown'
  | 'other-route'
  | 'not-followed'
  | 'not-held'
  | 'says-nothing'
  | 'filtered-alone';

/** What named machines say about one novice. */
export type NamedAnswer =
  | { readonly says: 'clear'; readonly by: readonly string[]; readonly isSure: boolean }
  | { readonly says: 'filtered'; readonly by: readonly string[] }
  | { readonly says: 'disagree'; readonly clear: readonly string[]; readonly against: readonly string[] }
  | { readonly says: 'none'; readonly why: readonly { readonly name: string; readonly why: WhyNot }[] };

/** Machines that must be filtered alike before that is the network's: the filter of one may be its own, or for it alone. */
const ENOUGH_FILTERED = 2;

type WitnessSays = 'clear' | 'stopped' | WhyNot;

const routeFault = (novice: RouterPath, witness: RouterPath | null): WhyNot | null => {
  if (!witness || !endIsKnown(novice) || !endIsKnown(witness)) return 'route-unknown';
  return isWithin(novice, witness) ? null : 'other-route';
};

const saysOf = (novice: SilentHost, { testimony, held }: NamedWitness): WitnessSays => {
  if (!testimony) return 'gone';
  if (testimony.address === novice.address) return 'itself';
  if (subnetText(testimony.address) !== subnetText(novice.address)) return 'elsewhere';
  if (!novice.route) return 'not-measured';
  const isStopped = (testimony.against & novice.needs) !== 0;
  const isClear = (novice.needs & ~testimony.clear) === 0;
  if (!isStopped && !isClear) return 'says-nothing';
  const fault = routeFault(novice.route, testimony.route);
  if (fault) return fault;
  if (!held) return 'not-held';
  return isStopped ? 'stopped' : 'clear';
};

/** Whether what stops a machine may stop the novice as well, which is silent and whose packets were seen so far on the way. */
const fits = ({ passes }: SilentHost, { testimony }: NamedWitness): boolean =>
  testimony !== null && testimony.silent !== null && !(passes && testimony.endsEarly);

/**
 * What machines that were named as witnesses say about a novice that is silent. Only those count that lie in its subnet, behind the
 * same routers, answer by themselves, and still did when they were asked again. Clear: all of them answer where it is silent, and its
 * own packets reach the last router. Filtered: two or more are silent in the same ports. Never more than likely, either.
 */
export const askNamed = (novice: SilentHost, named: readonly NamedWitness[]): NamedAnswer => {
  const all = named.map((one) => ({ ...one, says: saysOf(novice, one) }));
  const of = (says: WitnessSays) => all.filter((one) => one.says === says);
  const names = (some: readonly NamedWitness[]): string[] => some.map(({ name }) => name);
  const clear = of('clear');
  const stopped = of('stopped');
  if (clear.length > 0 && stopped.length > 0)
    return { says: 'disagree', clear: names(clear), against: names(stopped) };
  if (clear.length > 0 && novice.passes) {
    return { says: 'clear', by: names(clear), isSure: clear.some(({ testimony }) => testimony?.isSure) };
  }
  const alike = stopped.filter((one) => fits(novice, one));
  const words = new Set(stopped.map(({ testimony }) => testimony?.silent));
  if (alike.length >= ENOUGH_FILTERED && alike.length === stopped.length && words.size === 1)
    return { says: 'filtered', by: names(alike) };
  const whyOf = (says: WitnessSays): WhyNot => {
    if (says === 'clear') return 'not-followed';
    return says === 'stopped' ? 'filtered-alone' : says;
  };
  return { says: 'none', why: all.map(({ name, says }) => ({ name, why: whyOf(says) })) };
};
