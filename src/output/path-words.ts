import type { FilterReport, HostReport, RangeReport } from '../model/report.ts';
import { listWords } from './report-words.ts';

/** Who says with an ICMP error that the host cannot be reached, and does not stand in the path. */
const reporters = ({ path, ports }: HostReport): string[] => {
  const known = new Set(path.hops.map(({ address }) => address));
  const senders = ports.flatMap(({ reason, from }) =>
    reason.endsWith('-unreach') && from !== null ? [from] : [],
  );
  return [...new Set(senders)].filter((from) => !known.has(from));
};

/** `here > 10.64.1.1 > * > 10.77.1.2`; where no port of the host answered, it ends in `*` behind the last router that did. */
export const pathWords = (host: HostReport): string => {
  const { path, address, ports } = host;
  const hops = path.hops.map((hop) => hop.address ?? '*');
  if (!ports.some(({ state }) => state === 'open' || state === 'closed'))
    return ['here', ...hops, ...reporters(host), '*'].join(' > ');
  return ['here', ...hops, ...(address ? [address] : [])].join(' > ');
};

/** What a filter does and where, in words that follow the ports. */
const placeWords = ({ by, how, afterHop, beforeHop }: FilterReport): string => {
  if (how === 'icmp')
    return `rejected${by === null ? '' : ` by ${by}`}${afterHop && afterHop !== by ? `, after ${afterHop}` : ''}`;
  if (how === 'reset')
    return afterHop === null ? 'reset on the path' : `reset at ${afterHop} or the device behind it`;
  if (afterHop !== null) return `silently dropped after ${afterHop}`;
  return beforeHop === undefined
    ? 'silently dropped at a place that could not be found'
    : `silently dropped somewhere before ${beforeHop}, the first router that answers`;
};

const isInside = (port: number, { from, to }: RangeReport): boolean => port >= from && port <= to;

/** The ports of a filter: the exact ranges where those are known and met by no other filter, else the ports that were probed. */
const filteredWords = ({ path, ranges }: HostReport, filter: FilterReport): string => {
  const exact = ranges.filter(({ state, exact: isExact }) => state === 'filtered' && isExact);
  const others = path.filters.filter((one) => one !== filter).flatMap(({ ports }) => ports);
  const own = exact.filter(
    (range) =>
      filter.ports.some((port) => isInside(port, range)) && !others.some((port) => isInside(port, range)),
  );
  const rest = filter.ports.filter((port) => !own.some((range) => isInside(port, range)));
  const parts = [
    ...rest.map((port) => ({ from: port, text: String(port) })),
    ...own.map(({ from, to }) => ({ from, text: from === to ? String(from) : `${from}-${to}` })),
  ];
  return listWords(
    parts.toSorted((a, b) => a.from - b.from).map(({ text }) => text),
    6,
  );
};

/** `TCP 50000-54999 silently dropped after 10.64.1.1` */
export const filterWords = (host: HostReport, filter: FilterReport): string =>
  `TCP ${filteredWords(host, filter)} ${placeWords(filter)}`;
