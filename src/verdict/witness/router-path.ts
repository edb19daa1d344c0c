import type { HostReport } from '../../model/report.ts';
import { canonicalAddress } from '../canonical-address.ts';

/**
 * The routers on the way to a host, for each TTL before its own those that answered, ascending; empty where none did. A host on this
 * machine's own link has none.
 */
export type RouterPath = readonly (readonly string[])[];

/** The route that a report shows; null where the way was not measured. */
export const routerPathOf = ({ path: { distance, hops, multipath } }: HostReport): RouterPath | null => {
  if (distance === undefined) return null;
  return Array.from({ length: distance - 1 }, (_, i) => {
    const at = [
      ...hops.flatMap(({ ttl, address }) => (ttl === i + 1 && address !== null ? [address] : [])),
      ...multipath.flatMap(({ ttl, addresses }) => (ttl === i + 1 ? addresses : [])),
    ];
    return [...new Set(at.flatMap((address) => canonicalAddress(address) ?? []))].toSorted();
  });
};

/** Whether the last router before the host is known; a host on the own link needs none. */
export const endIsKnown = (route: RouterPath): boolean =>
  route.length === 0 || (route.at(-1)?.length ?? 0) > 0;

/** The routes of several machines as one: every router that any of them showed. They must be equally long. */
export const together = (routes: readonly RouterPath[]): RouterPath =>
  (routes[0] ?? []).map((_, i) => [...new Set(routes.flatMap((route) => route[i] ?? []))].toSorted());

/**
 * Whether the way to a host is that of others, as far as routers answered: equally long, its last routers are all among theirs, and so
 * is every other that is known on both.
 */
export const isWithin = (route: RouterPath, others: RouterPath): boolean =>
  route.length === others.length &&
  endIsKnown(route) &&
  route.every((routers, i) => {
    const theirs = others[i] ?? [];
    const isSilent = theirs.length === 0 && i < route.length - 1;
    return isSilent || routers.every((router) => theirs.includes(router));
  });
