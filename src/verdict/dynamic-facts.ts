import type { MappedRange, PortObservation } from '../model/evidence.ts';
import { isReachable } from '../model/reply.ts';
import type { FilterReport } from '../model/report.ts';
import { inRange, type PortRange, portCount } from '../model/target.ts';
import { shortList } from '../text/and-list.ts';
import { stretchesBy } from './extents.ts';
import { acceptsEverything, type HostFacts, speaksRpc } from './host-facts.ts';
import type { Rule } from './ruling.ts';

/** More stretches or ports than this are counted instead of listed. */
const MOST_NAMED = 4;

/** What was seen in one range of dynamic ports. Every list ascending. */
export interface Dynamic {
  readonly range: PortRange;
  /** Probed ports whose reply, or silence, says something. */
  readonly probed: readonly PortObservation[];
  /** Ports that our own faults hid. */
  readonly faults: number;
  /** Of `probed`, those to which a packet went and came back, those that ICMP rejects, and those that somebody else resets. */
  readonly answered: readonly PortObservation[];
  readonly rejected: readonly PortObservation[];
  readonly reset: readonly PortObservation[];
  /** Of `probed`, those that the sample drew: they stand for the whole range. */
  readonly sampled: readonly PortObservation[];
  /** Ports that the endpoint mapper lists: something listens there, so they answer on a stealthy host too. */
  readonly listed: readonly PortObservation[];
  /** Ports that are known to have an RPC server: listed and accepting, or caught speaking RPC. */
  readonly serving: readonly PortObservation[];
  /** Silent ports that nobody says something listens on. */
  readonly silent: readonly PortObservation[];
  /** Every port drawn at random accepts and none speaks RPC: somebody accepts in the host's name. */
  readonly acceptsAll: boolean;
  /** The filters of the host, with the ports that met each. */
  readonly filters: readonly FilterReport[];
}

/** A rule on the ports of one range. */
export type DynamicRule = Rule<Dynamic>;

/** Whether the conversation on an accepted port showed RPC, or none was held. */
export const mayServe = ({ reply, finding }: PortObservation): boolean =>
  reply.kind === 'accepted' &&
  (finding?.kind !== 'rpc-server' || finding.speech === 'spoke' || finding.speech === 'refused');

/** Sorts what was seen of one range, in a single walk: every host goes through here for each generation. */
export const within = (
  facts: HostFacts,
  range: PortRange,
  filters: readonly FilterReport[] = [],
): Dynamic => {
  const probed: PortObservation[] = [];
  const answered: PortObservation[] = [];
  const rejected: PortObservation[] = [];
  const reset: PortObservation[] = [];
  const sampled: PortObservation[] = [];
  const listed: PortObservation[] = [];
  const serving: PortObservation[] = [];
  const silent: PortObservation[] = [];
  let faults = 0;
  for (const one of facts.dynamic) {
    if (!inRange(one.port, range)) continue;
    const { reply, why } = one;
    if (reply.kind === 'unknown') {
      faults += 1;
      continue;
    }
    probed.push(one);
    if (why === 'sampled') sampled.push(one);
    if (why === 'listed') listed.push(one);
    if (why === 'listed' ? mayServe(one) : speaksRpc(one)) serving.push(one);
    if (isReachable(reply)) answered.push(one);
    else if (reply.kind === 'refused') reset.push(one);
    else if (reply.kind === 'rejected') rejected.push(one);
    else if (why !== 'listed') silent.push(one);
  }
  const acceptsAll = acceptsEverything(sampled, portCount(range));
  return {
    range,
    probed,
    faults,
    answered,
    rejected,
    reset,
    sampled,
    listed,
    // Where somebody accepts for the host, only words show that there is a server.
    serving: acceptsAll ? serving.filter(speaksRpc) : serving,
    silent,
    acceptsAll,
    filters,
  };
};

/** The ports of observations, in their order. */
export const portsOf = (observations: readonly PortObservation[]): number[] =>
  observations.map(({ port }) => port);

/** `1026` or `50000-54999`. */
export const rangeWords = ({ from, to }: PortRange): string => (from === to ? String(from) : `${from}-${to}`);

/** The same for a mapped stretch: `about` where its edges are no more than inferred. */
const stretchWords = (stretch: MappedRange): string =>
  `${stretch.exact ? '' : 'about '}${rangeWords(stretch)}`;

/** A few ports by number, the others as a count. */
const numbersWords = (ports: readonly number[]): string => shortList(ports, MOST_NAMED);

/** The same of what was seen. */
export const portWords = (observations: readonly PortObservation[]): string =>
  numbersWords(portsOf(observations));

const overlaps = (stretch: PortRange, range: PortRange): boolean =>
  stretch.from <= range.to && stretch.to >= range.from;

/** TCP 3389 is a requirement of its own; filtered by itself it is no part of this one. */
const isDesktopAlone = ({ from, to }: PortRange): boolean => from === 3389 && to === 3389;

/** Mapped stretches of one state in the range. */
export const stretches = (facts: HostFacts, range: PortRange, state: MappedRange['state']): MappedRange[] =>
  facts.evidence.mapped.filter(
    (stretch) => stretch.state === state && overlaps(stretch, range) && !isDesktopAlone(stretch),
  );

/** What one filter does, in words that follow "TCP 50000-54999 is". */
const doneWords = ({ how, by, afterHop, beforeHop }: FilterReport): string => {
  const place = by ?? afterHop;
  switch (how) {
    case 'icmp':
      return by === null ? 'rejected with an ICMP error' : `rejected by ${by}`;
    case 'reset':
      return place === null ? 'reset on the path' : `reset at ${place} or the device behind it`;
    case 'drop':
      if (afterHop !== null) return `silently dropped after ${afterHop}`;
      return beforeHop === undefined
        ? 'silently dropped at a place that is not known'
        : `silently dropped before ${beforeHop}`;
  }
};

/** The stretches or ports that one filter stops, as the subject of a sentence. */
const stoppedWords = (
  stopped: readonly MappedRange[],
  ports: readonly number[],
  probed: readonly PortObservation[],
): string =>
  stopped.length === 0 || stopped.length > MOST_NAMED
    ? ports.length === probed.length
      ? `all ${probed.length} ports probed`
      : `${ports.length} of ${probed.length} ports probed (${numbersWords(ports)})`
    : `TCP ${stopped.map(stretchWords).join(', ')}`;

const isOrAre = (subject: string): string => `${subject} ${/^TCP [^,]+$/.test(subject) ? 'is' : 'are'}`;

/**
 * What the filter stops that the ports of `hit` met, the one of the port `of` first: the exact stretches where they were mapped,
 * else the ports that were asked. Then what other filters stop, each with its place, and what is left open.
 */
export const extentWords = (
  facts: HostFacts,
  { range, probed, filters }: Dynamic,
  hit: readonly PortObservation[],
  of: number | undefined = hit[0]?.port,
): string => {
  const asked = new Set(portsOf(probed));
  const here = filters
    .map((filter) => ({ ...filter, ports: filter.ports.filter((port) => asked.has(port)) }))
    .filter(({ ports }) => ports.length > 0);
  const filtered = stretches(facts, range, 'filtered');
  const lists = stretchesBy(here, filtered);
  const main = here.findIndex(({ ports }) => of !== undefined && ports.includes(of));
  const others = main === -1 ? [] : here.filter((_, i) => i !== main);
  const ports = others.length === 0 ? portsOf(hit) : (here[main]?.ports ?? []);
  const what = stoppedWords(lists[main] ?? filtered, ports, probed);
  const more = others.map(
    (filter) =>
      ` ${isOrAre(stoppedWords(lists[here.indexOf(filter)] ?? [], filter.ports, probed))} ${doneWords(filter)}.`,
  );
  const open = stretches(facts, range, 'reachable');
  const left =
    open.length === 0 || open.length > MOST_NAMED ? '' : ` Left open: ${open.map(stretchWords).join(', ')}.`;
  return `${what}.${more.join('')}${left}`;
};

/**
 * Whether silence lies scattered between ports that answer instead of in blocks: three silent ports or more, no two of
 * them neighbours in the sample. Filters drop blocks; a limit on refusals a second, or loss, looks like this.
 */
export const isScattered = (facts: HostFacts, { range, sampled }: Dynamic): boolean => {
  const runs = sampled.filter(
    ({ reply }, i) => reply.kind === 'silent' && sampled[i - 1]?.reply.kind !== 'silent',
  );
  const silent = sampled.filter(({ reply }) => reply.kind === 'silent');
  const isBlock = stretches(facts, range, 'filtered').some(({ from, to, exact }) => exact && to > from);
  return silent.length >= 3 && runs.length === silent.length && !isBlock;
};
