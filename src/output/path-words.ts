import { filteredPorts } from '../model/filtered-ports.ts';
import type { FilterReport, HostReport } from '../model/report.ts';
import { shortList } from '../text/and-list.ts';

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

/** The ports of a filter: exact ranges where those are known, else the ports that were probed. */
const filteredWords = (host: HostReport, filter: FilterReport): string =>
  shortList(
    filteredPorts(host, filter).map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)),
    6,
  );

/** `TCP 50000-54999 silently dropped after 10.64.1.1` */
export const filterWords = (host: HostReport, filter: FilterReport): string =>
  `TCP ${filteredWords(host, filter)} ${placeWords(filter)}`;
