import { type HostReport, isClearSoFar } from '../../model/report.ts';
import { inRange } from '../../model/target.ts';
import { canonicalAddress } from '../canonical-address.ts';
import { DESKTOP, setOf, type Zones, zonesUsedBy } from '../zones.ts';
import { type RouterPath, routerPathOf } from './router-path.ts';

/** What the silence of one host leaves open, and what is known of the way to it. */
export interface SilentHost {
  readonly address: string;
  /** What nothing but silence keeps in doubt. */
  readonly needs: Zones;
  readonly route: RouterPath | null;
  /** Its own silent packets were seen at the last router, in all that is in doubt; always so where no router stands in between. */
  readonly passes: boolean;
}

/**
 * What others could settle of a host; null for one that is not clear so far, since only there silence is all that keeps it in doubt, and
 * for one about which witnesses disagreed.
 */
export const silentHostOf = (report: HostReport): SilentHost | null => {
  const address = report.address === null ? null : canonicalAddress(report.address);
  if (address === null || !isClearSoFar(report) || report.witness?.says === 'disagree') return null;
  const open = report.requirements.filter(({ state }) => state === 'undetermined').map(({ name }) => name);
  const used = open.includes('dynamic-rpc') ? zonesUsedBy(report) : [];
  const needs = setOf(used) | (open.includes('remote-desktop') ? DESKTOP : 0);
  if (needs === 0) return null;
  const { distance, passes = [] } = report.path;
  const isSeen =
    used.every(({ range }) => passes.some((port) => inRange(port, range))) &&
    (!open.includes('remote-desktop') || passes.includes(3389));
  return { address, needs, route: routerPathOf(report), passes: distance === 1 || isSeen };
};
