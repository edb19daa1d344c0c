import type { Change, RunDiff } from '../model/history.ts';
import { cleanText } from '../text/clean-text.ts';
import { bySubnet, extentOf, type Subnet, subnetOf } from './subnets.ts';

/** So many changes of a kind are listed one by one; more are grouped by subnet. */
export const LISTED = 40;
/** Subnets shown of one kind, what fits a screen. */
export const SUBNETS = 20;

/** The changes of a kind in one subnet. */
export interface Fold {
  /** Where the changed hosts are, and no more than that: `10.1.2.0/26`, `10.1.2.5-10.1.2.60`, `within 10.1.2.0/25`. */
  readonly where: string;
  readonly example: Change;
  readonly changes: readonly Change[];
}

/** Changes by subnet, those with the most first. */
export const foldsOf = (changes: Iterable<Change>): Fold[] => {
  const folds = new Map<string, { subnet: Subnet | null; example: Change; changes: Change[] }>();
  for (const change of changes) {
    const subnet = subnetOf(change.address);
    const fold = folds.get(subnet?.text ?? '');
    if (fold) fold.changes.push(change);
    else folds.set(subnet?.text ?? '', { subnet, example: change, changes: [change] });
  }
  return [...folds.values()]
    .sort((a, b) => b.changes.length - a.changes.length || bySubnet(a.subnet, b.subnet))
    .map(({ example, changes: some }) => ({
      where: extentOf(some.map(({ address }) => address)) ?? 'no address',
      example,
      changes: some,
    }));
};

/** What makes a comparison say less than it seems to. */
export const remarksOn = ({ before, after }: RunDiff): string[] => [
  ...[before, after]
    .filter(({ state }) => state !== 'finished')
    .map(({ id, state }) => `Run ${cleanText(id)} is ${state}: hosts it did not reach are missing from it.`),
  ...(before.vantage === after.vantage
    ? []
    : [
        `The runs were made from different machines, ${cleanText(before.vantage)} and ${cleanText(after.vantage)}: a change may come from that.`,
      ]),
];
