import type { FilterReport, HostReport, RangeReport } from './report.ts';
import type { PortRange } from './target.ts';

const isInside = (port: number, { from, to }: RangeReport): boolean => port >= from && port <= to;

/**
 * The ports that a filter of a host's path stands for, ascending: the exact ranges where those are known and no other filter of the
 * host has a port in them, else the ports that were probed.
 */
export const filteredPorts = (
  { path, ranges }: Pick<HostReport, 'path' | 'ranges'>,
  filter: FilterReport,
): PortRange[] => {
  const exact = ranges.filter(({ state, exact: isExact }) => state === 'filtered' && isExact);
  const others = path.filters.filter((one) => one !== filter).flatMap(({ ports }) => ports);
  const own = exact.filter(
    (range) =>
      filter.ports.some((port) => isInside(port, range)) && !others.some((port) => isInside(port, range)),
  );
  const rest = filter.ports.filter((port) => !own.some((range) => isInside(port, range)));
  return [
    ...rest.map((port) => ({ from: port, to: port })),
    ...own.map(({ from, to }) => ({ from, to })),
  ].sort((a, b) => a.from - b.from);
};
