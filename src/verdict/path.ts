import type { Hop, Multipath, PortObservation, Trace } from '../model/evidence.ts';
import { fisherExact, WRONG_PROOF } from '../model/inference.ts';
import { isForeignReset, isReachable } from '../model/reply.ts';
import type { FilterReport, HostReport } from '../model/report.ts';

type Filter = Omit<FilterReport, 'ports'>;

/** A filter that a port met, as far as this port alone tells. */
interface Met {
  readonly port: number;
  readonly filter: Filter;
}

/** What the traces of one host say together. */
export interface TracedPath {
  /** Hops to the target, as far as they answered; empty when nothing was traced. */
  readonly hops: readonly Hop[];
  /** Smallest TTL at which the target itself answers, null when it is not known. */
  readonly distance: number | null;
  readonly traces: readonly Trace[];
  /** TTLs at which several routers answered. */
  readonly multipath: readonly Multipath[];
}

const answering = (hops: readonly Hop[]): Hop[] => hops.filter(({ address }) => address !== null);

const hopAt = (hops: readonly Hop[], ttl: number): string | null =>
  hops.find((hop) => hop.ttl === ttl)?.address ?? null;

/** The TTL of the last hop that passed the packets of a trace, 0 when none was seen. */
const passedBy = ({ hops }: Trace): number => answering(hops).at(-1)?.ttl ?? 0;

const isArrived = ({ end, endTtl }: Trace): boolean => endTtl !== null && isReachable(end);

/** The trace that came farthest: to the target if any did. */
const best = (traces: readonly Trace[]): Trace | undefined => {
  const byEnd = traces.filter(isArrived).toSorted((a, b) => (b.endTtl ?? 0) - (a.endTtl ?? 0));
  return byEnd[0] ?? traces.toSorted((a, b) => passedBy(b) - passedBy(a))[0];
};

/** Reads the traces. Hops past the last that answered say nothing and are left out. */
export const tracedPathOf = (traces: readonly Trace[], multipath: readonly Multipath[]): TracedPath => {
  const control = best(traces);
  if (!control) return { hops: [], distance: null, traces, multipath };
  const distance = isArrived(control) ? control.endTtl : null;
  const last = distance === null ? passedBy(control) : distance - 1;
  return { hops: control.hops.filter(({ ttl }) => ttl <= last), distance, traces, multipath };
};

/** The last hop that passed a port, from its trace; null without a trace or when no hop answered. */
export const lastHopOf = (path: TracedPath, port: number): Hop | null => {
  const trace = path.traces.find((one) => one.port === port);
  return (trace && answering(trace.hops).at(-1)) ?? null;
};

const traceOf = ({ traces }: TracedPath, port: number): Trace | undefined =>
  traces.find((one) => one.port === port);

/** Whether the packets of a trace were last seen on the way of the control, or on one that routers share with it. */
const endsOnTheWay = (trace: Trace, { hops, multipath }: TracedPath): boolean => {
  const last = answering(trace.hops).at(-1);
  if (last === undefined || [null, last.address].includes(hopAt(hops, last.ttl))) return true;
  return multipath.some(
    ({ ttl, addresses }) => ttl === last.ttl && last.address !== null && addresses.includes(last.address),
  );
};

/** Whether a hop answers to this port so much less than to one that reaches the target that chance is no explanation. */
const isCompared = ({ comparison }: Trace): boolean =>
  comparison !== undefined && fisherExact(comparison) <= WRONG_PROOF;

/**
 * Whether a silent port was seen to die on the way: a hop before the target, which packets to the control reach, answers to
 * this port so much less often over many flows that it cannot be chance. Says no when the packets pass as many hops as those
 * of the control (the last hop and the host look the same), when they were last seen on a way of their own, and when the
 * missing hop was not compared or kept silent to the control as well: routers limit how many ICMP errors they send, and some
 * of several routers may send none.
 */
export const diesOnPath = (path: TracedPath, { port, reply }: PortObservation): boolean => {
  if (reply.kind !== 'silent' || path.distance === null) return false;
  const trace = traceOf(path, port);
  if (trace?.end.kind !== 'silent' || !isCompared(trace) || !endsOnTheWay(trace, path)) return false;
  const passed = passedBy(trace);
  const { ttl: missing = 0 } = trace.comparison ?? {};
  return (
    missing > passed &&
    missing < path.distance &&
    path.hops.some(({ ttl, address }) => ttl > passed && address !== null)
  );
};

/**
 * Silent ports whose packets were answered by the last router before the target, on the way of the control: so no router before it
 * drops them. That router itself, or the target, may.
 */
export const passingPorts = (path: TracedPath): number[] => {
  const { distance } = path;
  if (distance === null || distance < 2) return [];
  return path.traces
    .filter(
      (trace) => trace.end.kind === 'silent' && passedBy(trace) === distance - 1 && endsOnTheWay(trace, path),
    )
    .map(({ port }) => port)
    .toSorted((a, b) => a - b);
};

/** Whether the packets to a port were seen to die before any hop: in this machine, or at the first router. */
export const diesAtOnce = (path: TracedPath, port: number): boolean =>
  traceOf(path, port)?.comparison?.ttl === 1;

const firstThatAnswers = ({ hops }: TracedPath): string | null =>
  hops.find(({ address }) => address !== null)?.address ?? null;

/** Where the packets to a port that dies on the way end, in words that follow "dropped". */
export const deathWords = (path: TracedPath, port: number): string => {
  const hop = lastHopOf(path, port)?.address;
  if (hop) return `after ${hop}`;
  return diesAtOnce(path, port)
    ? `before the first hop: by a firewall of this machine, or by the first router, ${firstThatAnswers(path)}`
    : `somewhere before ${firstThatAnswers(path)}, the first router that answers`;
};

/**
 * The hop behind which a silent port is filtered: where its packets were seen to die, or the last one before the target
 * when they came that far. Null when the trace just fell silent, which a router that holds back ICMP errors causes too.
 */
const droppedAfter = (path: TracedPath, port: number): string | null => {
  const trace = traceOf(path, port);
  if (!trace) return null;
  const cameToTheEnd = path.distance === null || passedBy(trace) >= path.distance - 1;
  return isCompared(trace) || cameToTheEnd ? (lastHopOf(path, port)?.address ?? null) : null;
};

const filterOf = (path: TracedPath, { reply, port, flows }: PortObservation): Filter => {
  const afterHop = lastHopOf(path, port)?.address ?? null;
  if (reply.kind === 'rejected') {
    return { how: 'icmp', by: 'from' in reply.cause ? reply.cause.from : null, afterHop };
  }
  // The hop at which a reset was seen may have passed the packet to a device behind it that hides from traces.
  if (isForeignReset(reply))
    return { how: 'reset', by: null, afterHop: (reply.kind === 'refused' ? reply.from : null) ?? afterHop };
  if (reply.kind !== 'silent') return { how: 'drop', by: null, afterHop: flows?.over ?? null };
  const trace = traceOf(path, port);
  const before = trace && isCompared(trace) && afterHop === null ? firstThatAnswers(path) : null;
  return {
    how: 'drop',
    by: null,
    afterHop: droppedAfter(path, port),
    ...(before === null ? {} : { beforeHop: before }),
  };
};

/** Where the nearest of the ports sits that met the same filter, and of which that is known. */
const placeNear = (
  port: number,
  { how, by }: Filter,
  located: readonly Met[],
): Pick<Filter, 'afterHop' | 'beforeHop'> => {
  let nearest: Met | null = null;
  for (const met of located) {
    if (met.filter.how !== how || met.filter.by !== by) continue;
    if (!nearest || Math.abs(met.port - port) < Math.abs(nearest.port - port)) nearest = met;
  }
  if (!nearest) return { afterHop: null };
  const { afterHop, beforeHop } = nearest.filter;
  return { afterHop, ...(beforeHop === undefined ? {} : { beforeHop }) };
};

const isLocated = ({ afterHop, beforeHop }: Filter): boolean => afterHop !== null || beforeHop !== undefined;

/**
 * The path as the report shows it: the hops, and each filter once with the ports that met it. `filtered` are the
 * observations that the verdict calls filtered, ascending. A port that was not traced belongs to the filter of the same
 * kind and sender that its nearest traced neighbour met.
 */
export const pathReport = (path: TracedPath, filtered: readonly PortObservation[]): HostReport['path'] => {
  const found: Met[] = filtered.map((observation) => ({
    port: observation.port,
    filter: filterOf(path, observation),
  }));
  const located = found.filter(({ filter }) => isLocated(filter));
  const filters: (FilterReport & { readonly ports: number[] })[] = [];
  for (const { port, filter } of found) {
    const { how, by } = filter;
    const placed = isLocated(filter) ? filter : { how, by, ...placeNear(port, filter, located) };
    const known = filters.find(
      (one) =>
        one.how === how &&
        one.by === by &&
        one.afterHop === placed.afterHop &&
        one.beforeHop === placed.beforeHop,
    );
    if (known) known.ports.push(port);
    else filters.push({ ports: [port], ...placed });
  }
  const passes = passingPorts(path);
  return {
    hops: path.hops,
    filters,
    multipath: path.multipath,
    ...(path.distance === null ? {} : { distance: path.distance }),
    ...(passes.length === 0 ? {} : { passes }),
  };
};
