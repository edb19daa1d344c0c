import type { Hop, Trace } from '../../model/evidence.ts';
import { HOP_FLOWS } from '../retry/policy.ts';
import { hopOf, type TtlProber } from './traceroute.ts';

/**
 * The routers that answer at the hops of a trace over further flows, each one packet: where several do, paths of equal cost share
 * the traffic (a simple form of the multipath detection of Augustin et al. 2007). The first hop is this machine's own choice.
 */
export const hopsOverFlows = async ({ port, hops }: Trace, prober: TtlProber): Promise<Hop[]> => {
  const answering = hops.filter(({ ttl, address }) => ttl > 1 && address !== null);
  if (answering.length === 0) return [];
  const each = Math.min(HOP_FLOWS.each, Math.floor(HOP_FLOWS.all / answering.length));
  const found = await Promise.all(
    answering.flatMap(({ ttl }) =>
      Array.from({ length: each }, async () => hopOf(ttl, await prober.at(port, ttl, { sourcePort: null }))),
    ),
  );
  return found.filter(({ address }) => address !== null);
};
