import type { Change, RunDiff } from '../model/history.ts';
import { cleanText } from '../text/clean-text.ts';
import { bySubnet, type Subnet, subnetOf } from './subnets.ts';

/** So many changes of a kind are listed one by one; more are told by subnet. */
export const LISTED = 40;
/** Subnets told of one kind, what fits a screen. */
export const SUBNETS = 20;

/** The changes of a kind in one subnet. */
export interface Fold {
  readonly subnet: Subnet | null;
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
  return [...folds.values()].sort(
    (a, b) => b.changes.length - a.changes.length || bySubnet(a.subnet, b.subnet),
  );
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
