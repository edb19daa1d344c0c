import type { Change, RunDiff } from '../model/history.ts';
import { cleanText } from '../text/clean-text.ts';
import { counted } from '../text/counts.ts';
import { bySubnet, extentOf, type Subnet, subnetOf } from './subnets.ts';

/** So many changes of a kind are listed one by one; more are grouped by subnet. */
export const LISTED = 40;
/** Subnets shown of one kind, what fits a screen. */
export const SUBNETS = 20;

/** A host as a comparison lists it: a change, or one that is uncertain. */
export type Listed = Pick<Change, 'target' | 'address' | 'text'>;

/** The hosts of a kind in one subnet. */
export interface Fold {
  /** Where the changed hosts are, and no more than that: `10.1.2.0/26`, `10.1.2.5-10.1.2.60`, `within 10.1.2.0/25`. */
  readonly where: string;
  readonly example: Listed;
  readonly hosts: readonly Listed[];
}

/** Hosts by subnet, those with the most first. */
export const foldsOf = (hosts: Iterable<Listed>): Fold[] => {
  const folds = new Map<string, { subnet: Subnet | null; example: Listed; hosts: Listed[] }>();
  for (const host of hosts) {
    const subnet = subnetOf(host.address);
    const fold = folds.get(subnet?.text ?? '');
    if (fold) fold.hosts.push(host);
    else folds.set(subnet?.text ?? '', { subnet, example: host, hosts: [host] });
  }
  return [...folds.values()]
    .sort((a, b) => b.hosts.length - a.hosts.length || bySubnet(a.subnet, b.subnet))
    .map(({ example, hosts: some }) => ({
      where: extentOf(some.map(({ address }) => address)) ?? 'no address',
      example,
      hosts: some,
    }));
};

/** What a comparison says in place of its changes when there are none; null when there are some. */
export const nothingWords = ({ changes, uncertain }: RunDiff): string | null => {
  if (changes.length > 0) return null;
  return uncertain.length === 0 ? 'Nothing changed' : 'No certain change';
};

/** `; the verdict on 2 hosts differs, but was uncertain in one run or both`: hosts that are neither changed nor the same. */
export const uncertainWords = ({ summary: { uncertain } }: RunDiff): string =>
  uncertain === 0
    ? ''
    : `; the verdict on ${counted(uncertain, 'host')} differs, but was uncertain in one run or both`;

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
