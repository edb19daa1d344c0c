import type { Hop, PortObservation, Trace } from '../model/evidence.ts';
import { isReachable } from '../model/reply.ts';
import type { FilterReport, HostReport } from '../model/report.ts';

/** What the traces of one host say together. */
export interface Way {
  /** Hops to the target, as far as they answered; empty when nothing was traced. */
  readonly hops: readonly Hop[];
  /** Smallest TTL at which the target itself answers, null when it is not known. */
  readonly distance: number | null;
  readonly traces: readonly Trace[];
}

const answering = (hops: readonly Hop[]): Hop[] => hops.filter(({ address }) => address !== null);

/** The trace that came farthest: to the target if any did. */
const best = (traces: readonly Trace[]): Trace | undefined => {
  const reached = traces.filter(({ end, endTtl }) => endTtl !== null && isReachable(end));
  const byEnd = reached.toSorted((a, b) => (b.endTtl ?? 0) - (a.endTtl ?? 0));
  const byHops = traces.toSorted(
    (a, b) => (answering(b.hops).at(-1)?.ttl ?? 0) - (answering(a.hops).at(-1)?.ttl ?? 0),
  );
  return byEnd[0] ?? byHops[0];
};

/** Reads the traces. Hops past the last that answered say nothing and are left out. */
export const wayOf = (traces: readonly Trace[]): Way => {
  const witness = best(traces);
  if (!witness) return { hops: [], distance: null, traces };
  const reached = witness.endTtl !== null && isReachable(witness.end);
  const distance = reached ? witness.endTtl : null;
  const last = reached ? (distance ?? 1) - 1 : (answering(witness.hops).at(-1)?.ttl ?? 0);
  return { hops: witness.hops.filter(({ ttl }) => ttl <= last), distance, traces };
};

/** The last hop that passed a port, from its trace; null without a trace or when no hop answered. */
export const lastHopOf = (way: Way, port: number): Hop | null => {
  const trace = way.traces.find((one) => one.port === port);
  return (trace && answering(trace.hops).at(-1)) ?? null;
};

/**
 * Whether a silent port was seen to die on the way: its packets pass fewer hops than those of the witness, which reached
 * the target. When they pass as many, the last hop and the host look the same, and this says no.
 */
export const diesOnTheWay = (way: Way, { port, reply }: PortObservation): boolean => {
  if (reply.kind !== 'silent' || way.distance === null) return false;
  const trace = way.traces.find((one) => one.port === port);
  if (trace?.end.kind !== 'silent') return false;
  const passed = answering(trace.hops).at(-1)?.ttl ?? 0;
  const known = answering(way.hops).at(-1)?.ttl ?? 0;
  return passed < known;
};

const filterOf = (way: Way, { reply, port }: PortObservation): Omit<FilterReport, 'ports'> => {
  const afterHop = lastHopOf(way, port)?.address ?? null;
  if (reply.kind === 'rejected') {
    return { how: 'icmp', by: 'from' in reply.cause ? reply.cause.from : null, afterHop };
  }
  if (reply.kind === 'refused')
    return { how: 'reset', by: reply.from ?? null, afterHop: afterHop ?? reply.from ?? null };
  return { how: 'drop', by: null, afterHop };
};

/**
 * The path as the report shows it: the hops, and each filter once with the ports that met it. `filtered` are the
 * observations that the verdict calls filtered, ascending. A port that was not traced belongs to the filter of the same
 * kind and sender that its nearest traced neighbour met.
 */
export const pathReport = (way: Way, filtered: readonly PortObservation[]): HostReport['path'] => {
  const found = filtered.map((observation) => ({ port: observation.port, ...filterOf(way, observation) }));
  const located = found.filter(({ afterHop }) => afterHop !== null);
  const filters = new Map<string, FilterReport & { readonly ports: number[] }>();
  for (const { port, how, by, afterHop } of found) {
    const alike = located.filter((one) => one.how === how && one.by === by);
    const nearest = alike.toSorted((a, b) => Math.abs(a.port - port) - Math.abs(b.port - port))[0];
    const place = afterHop ?? nearest?.afterHop ?? null;
    const key = JSON.stringify([how, by, place]);
    const known = filters.get(key);
    if (known) known.ports.push(port);
    else filters.set(key, { ports: [port], how, by, afterHop: place });
  }
  return { hops: way.hops, filters: [...filters.values()] };
};
