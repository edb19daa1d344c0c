import type { Hop, PortObservation, Trace } from '../../model/evidence.ts';
import { isForeignReset, looksFiltered } from '../../model/reply.ts';
import { inRange, LEGACY_PORTS, MODERN_PORTS } from '../../model/target.ts';
import { HOP_REPEATS, ICMP_PAUSE_MS, mostComparedFlows } from '../retry/policy.ts';
import { confirmTrace, passedBy } from './compare-hop.ts';
import { addressAt, byMiddlebox, type Measured, traceAnswering, traceSilent } from './measure.ts';
import { hopOf, isTimeExceeded, type TtlProber } from './traceroute.ts';

/** Filtered stretches of the dynamic range that are traced, one port each: a path has few filters. */
const MOST_STRETCHES = 4;

/** Zones that matter by themselves: a filter that stops only one of them must be seen there. */
const zoneOf = ({ port }: PortObservation): number =>
  inRange(port, LEGACY_PORTS) ? 1 : inRange(port, MODERN_PORTS) ? 2 : 0;

/**
 * The middle port of each stretch of neighbouring sample ports that are filtered in one way and lie in one zone, the widest of each
 * zone first.
 */
const stretches = (dynamic: readonly PortObservation[]): PortObservation[] => {
  const runs: PortObservation[][] = [];
  let last: PortObservation | null = null;
  for (const one of dynamic) {
    if (!looksFiltered(one.reply)) last = null;
    else {
      const isSame = last && zoneOf(last) === zoneOf(one) && last.reply.kind === one.reply.kind;
      if (isSame) runs.at(-1)?.push(one);
      else runs.push([one]);
      last = one;
    }
  }
  const widestFirst = runs.toSorted((a, b) => b.length - a.length);
  const ofZones = new Set([1, 2].map((zone) => widestFirst.find(([one]) => one && zoneOf(one) === zone)));
  const leading = widestFirst.filter((run) => ofZones.has(run));
  return [...new Set([...leading, ...widestFirst])]
    .slice(0, MOST_STRETCHES)
    .flatMap((run) => run[Math.floor(run.length / 2)] ?? []);
};

/**
 * The path of the control, its silent hops past a TTL probed again: a place on it is worth waiting for once something is filtered.
 * `packets`: how many that took.
 */
const fillHops = async (
  control: Trace,
  from: number,
  prober: TtlProber,
): Promise<{ readonly trace: Trace; readonly packets: number }> => {
  const hops = [...control.hops];
  let packets = 0;
  for (let turn = 0; turn < HOP_REPEATS.control; turn++) {
    const missing = hops.filter(({ ttl, address }) => ttl > from && address === null);
    if (missing.length === 0 || prober.isStopped) break;
    await prober.pause(ICMP_PAUSE_MS);
    packets += missing.length;
    for (const { ttl } of missing) {
      const reply = await prober.at(control.port, ttl);
      if (isTimeExceeded(reply)) hops[ttl - 1] = hopOf(ttl, reply);
    }
  }
  return { trace: { ...control, hops }, packets };
};

/** What locating filters learnt. */
export interface Located {
  readonly traces: readonly Trace[];
  /** Observations with the sender of resets, where a trace showed it. */
  readonly observations: readonly PortObservation[];
  /** Hops of further flows, for equal-cost paths. */
  readonly hops: readonly Hop[];
}

/**
 * Traces what is filtered: each required port, and one port of each filtered stretch of the sample; where a trace falls silent is
 * made sure of by comparing hops with the control. When nothing of the host answered, one trace shows how far a packet to the
 * endpoint mapper gets. Gives all traces, those of `measure` included. `loss`: the share of probes that is lost, 0..1.
 */
export const locateFilters = async (
  { observations, distance, traces }: Measured,
  prober: TtlProber,
  loss: number,
): Promise<Located> => {
  const dynamic = observations.filter(({ requirement }) => requirement === 'dynamic-rpc');
  const required = observations.filter(({ why }) => why === 'required');
  const wanted =
    traces.length === 0 && distance === null
      ? required.slice(0, 1)
      : [...required.filter(({ reply }) => looksFiltered(reply)), ...stretches(dynamic)];
  const ports = wanted.filter(({ port }) => !traces.some((trace) => trace.port === port));
  const found = await Promise.all(
    ports.map(({ port, reply }) =>
      reply.kind === 'silent'
        ? traceSilent(port, prober, distance)
        : traceAnswering(port, prober, distance ?? undefined),
    ),
  );
  const control = traces.find(({ endTtl }) => endTtl !== null && endTtl === distance);
  const hops: Hop[] = [];
  const silent = found.filter(({ end }) => end.kind === 'silent');
  const passed = Math.min(...silent.map((one) => passedBy(one.hops)));
  const filled = control && (await fillHops(control, passed, prober));
  let pairs = mostComparedFlows(loss) - Math.ceil((filled?.packets ?? 0) / 2);
  const confirmed: Trace[] = [];
  // One after the other, so that they do not take each other's ICMP errors.
  for (const trace of found) {
    if (filled === undefined || trace.end.kind !== 'silent') {
      confirmed.push(trace);
      continue;
    }
    const { port, hops: known } = filled.trace;
    confirmed.push(await confirmTrace(trace, port, known, prober, pairs, (more) => hops.push(...more)));
    pairs = mostComparedFlows(loss);
  }
  const resets = new Set(observations.flatMap(({ port, reply }) => (isForeignReset(reply) ? [port] : [])));
  const all = [
    ...traces.map((trace) => (trace === control && filled ? filled.trace : trace)),
    ...confirmed,
  ].map((trace) => (resets.has(trace.port) ? { ...trace, end: byMiddlebox(trace.end, null) } : trace));
  return { traces: all, observations: withSenders(observations, all), hops };
};

/** Resets of middleboxes with the router that a trace saw them behind; ports that were not traced take it from the nearest. */
const withSenders = (
  observations: readonly PortObservation[],
  traces: readonly Trace[],
): readonly PortObservation[] => {
  const senders = observations.flatMap(({ port, reply }) => {
    const trace = traces.find((one) => one.port === port);
    if (!isForeignReset(reply) || !trace || trace.endTtl === null) return [];
    const from = addressAt(traces, trace.endTtl - 1);
    return from === null ? [] : [{ port, from }];
  });
  if (senders.length === 0) return observations;
  return observations.map((observation) => {
    const { port, reply } = observation;
    if (reply.kind !== 'refused' || !isForeignReset(reply) || reply.from) return observation;
    const nearest = senders.reduce((a, b) => (Math.abs(b.port - port) < Math.abs(a.port - port) ? b : a));
    return { ...observation, reply: byMiddlebox(reply, nearest.from) };
  });
};
