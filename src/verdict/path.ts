import type { Hop, PortObservation, Trace } from '../model/evidence.ts';
import { isReachable } from '../model/reply.ts';
import type { FilterReport, HostReport } from '../model/report.ts';

type Filter = Omit<FilterReport, 'ports'>;

/** A filter that a port met, as far as this port alone tells. */
interface Met {
  readonly port: number;
  readonly filter: Filter;
}

/** What the traces of one host say together. */
export interface Way {
  /** Hops to the target, as far as they answered; empty when nothing was traced. */
  readonly hops: readonly Hop[];
  /** Smallest TTL at which the target itself answers, null when it is not known. */
  readonly distance: number | null;
  readonly traces: readonly Trace[];
}

const answering = (hops: readonly Hop[]): Hop[] => hops.filter(({ address }) => address !== null);

const hopAt = (hops: readonly Hop[], ttl: number): string | null =>
  hops.find((hop) => hop.ttl === ttl)?.address ?? null;

/** The TTL of the last hop that passed the packets of a trace, 0 when none was heard. */
const passedBy = ({ hops }: Trace): number => answering(hops).at(-1)?.ttl ?? 0;

const isArrived = ({ end, endTtl }: Trace): boolean => endTtl !== null && isReachable(end);

/** The trace that came farthest: to the target if any did. */
const best = (traces: readonly Trace[]): Trace | undefined => {
  const byEnd = traces.filter(isArrived).toSorted((a, b) => (b.endTtl ?? 0) - (a.endTtl ?? 0));
  return byEnd[0] ?? traces.toSorted((a, b) => passedBy(b) - passedBy(a))[0];
};

/** Reads the traces. Hops past the last that answered say nothing and are left out. */
export const wayOf = (traces: readonly Trace[]): Way => {
  const witness = best(traces);
  if (!witness) return { hops: [], distance: null, traces };
  const distance = isArrived(witness) ? witness.endTtl : null;
  const last = distance === null ? passedBy(witness) : distance - 1;
  return { hops: witness.hops.filter(({ ttl }) => ttl <= last), distance, traces };
};

/** The last hop that passed a port, from its trace; null without a trace or when no hop answered. */
export const lastHopOf = (way: Way, port: number): Hop | null => {
  const trace = way.traces.find((one) => one.port === port);
  return (trace && answering(trace.hops).at(-1)) ?? null;
};

/** Whether the packets of a trace were last heard of on the way of the witness, and not on another of equal routes. */
const endsOnTheWay = (trace: Trace, way: Way): boolean => {
  const last = answering(trace.hops).at(-1);
  return last === undefined || [null, last.address].includes(hopAt(way.hops, last.ttl));
};

/**
 * Whether a silent port was seen to die on the way: packets to the witness reach the target over a hop that the packets
 * to this port do not reach, on the same way up to there, and that was confirmed in turn with the witness. Says no when
 * they pass as many hops (the last one and the host look the same), when the ways differ (several routes share the
 * traffic), and when the missing hop was not asked again or kept silent to the witness too: routers limit how many ICMP
 * errors they send.
 */
export const diesOnTheWay = (way: Way, { port, reply }: PortObservation): boolean => {
  if (reply.kind !== 'silent' || way.distance === null) return false;
  const trace = way.traces.find((one) => one.port === port);
  if (trace?.end.kind !== 'silent' || !trace.confirmed || !endsOnTheWay(trace, way)) return false;
  const passed = passedBy(trace);
  return way.hops.some(({ ttl, address }) => ttl > passed && address !== null);
};

/**
 * The hop behind which a silent port is filtered: where its packets were seen to die, or the last one before the target
 * when they came that far. Null when the trace just fell silent, which a router that holds back ICMP errors causes too.
 */
const droppedAfter = (way: Way, port: number): string | null => {
  const trace = way.traces.find((one) => one.port === port);
  if (!trace) return null;
  const cameToTheEnd = way.distance === null || passedBy(trace) >= way.distance - 1;
  return trace.confirmed || cameToTheEnd ? (lastHopOf(way, port)?.address ?? null) : null;
};

const filterOf = (way: Way, { reply, port }: PortObservation): Filter => {
  const afterHop = lastHopOf(way, port)?.address ?? null;
  if (reply.kind === 'rejected') {
    return { how: 'icmp', by: 'from' in reply.cause ? reply.cause.from : null, afterHop };
  }
  if (reply.kind === 'refused')
    return { how: 'reset', by: reply.from ?? null, afterHop: afterHop ?? reply.from ?? null };
  return { how: 'drop', by: null, afterHop: droppedAfter(way, port) };
};

/** Where the nearest of the ports sits that met the same filter, and of which that is known. */
const placeNear = (port: number, { how, by }: Filter, located: readonly Met[]): string | null => {
  let nearest: Met | null = null;
  for (const met of located) {
    if (met.filter.how !== how || met.filter.by !== by) continue;
    if (!nearest || Math.abs(met.port - port) < Math.abs(nearest.port - port)) nearest = met;
  }
  return nearest?.filter.afterHop ?? null;
};

/**
 * The path as the report shows it: the hops, and each filter once with the ports that met it. `filtered` are the
 * observations that the verdict calls filtered, ascending. A port that was not traced belongs to the filter of the same
 * kind and sender that its nearest traced neighbour met.
 */
export const pathReport = (way: Way, filtered: readonly PortObservation[]): HostReport['path'] => {
  const found: Met[] = filtered.map((observation) => ({
    port: observation.port,
    filter: filterOf(way, observation),
  }));
  const located = found.filter(({ filter }) => filter.afterHop !== null);
  const filters: (FilterReport & { readonly ports: number[] })[] = [];
  for (const { port, filter } of found) {
    const { how, by } = filter;
    const afterHop = filter.afterHop ?? placeNear(port, filter, located);
    const known = filters.find((one) => one.how === how && one.by === by && one.afterHop === afterHop);
    if (known) known.ports.push(port);
    else filters.push({ ports: [port], how, by, afterHop });
  }
  return { hops: way.hops, filters };
};
