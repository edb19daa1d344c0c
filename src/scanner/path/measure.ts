import type { PortObservation, Trace } from '../../model/evidence.ts';
import { isForeignReset, isReachable, type Reply } from '../../model/reply.ts';
import { spread } from '../../model/spread.ts';
import { COMPARED_FLOWS, TTL_REPEATS } from '../retry/policy.ts';
import { isTimeExceeded, type TraceOptions, type TtlProber, tracePort } from './traceroute.ts';

/** Hops after which no host is expected (traceroute's own bound). */
export const MOST_HOPS = 30;
/** Silent hops in a row after which a packet is taken to have been dropped, when nothing shows that the port answers. */
export const QUIET_END = 4;
/** TTLs beyond the answer of the control that refused ports are still tried at: the control may have met a middlebox. */
const SLACK = 3;

/** How far the target is, and which refusals came from before it. */
export interface Measured {
  readonly traces: readonly Trace[];
  /** Observations whose refusal turned out to be a middlebox's, marked so in the reply. */
  readonly observations: readonly PortObservation[];
  /** Smallest TTL at which the target answers; null where it is not known. */
  readonly distance: number | null;
  /** A TTL that cannot reach the target, when resets came back at it; null when no middlebox resets. */
  readonly resetsAtTtl: number | null;
}

/** A path of which nothing is known. */
export const NOT_MEASURED = { traces: [], distance: null, resetsAtTtl: null } as const;

/** A trace to a port that is known to answer, so that it goes on until it does. */
export const traceAnswering = (port: number, prober: TtlProber, maxTtl = MOST_HOPS): Promise<Trace> =>
  tracePort(port, prober, { maxTtl: Math.min(maxTtl, MOST_HOPS), knownHops: 0, quietEnd: MOST_HOPS });

/** A trace to a port that may be dropped on the way; `distance` of the target where it is known. */
export const traceSilent = (port: number, prober: TtlProber, distance: number | null): Promise<Trace> => {
  const options: TraceOptions =
    distance === null
      ? { maxTtl: MOST_HOPS, knownHops: 0, quietEnd: QUIET_END }
      : { maxTtl: distance, knownHops: distance - 1, quietEnd: QUIET_END };
  return tracePort(port, prober, options);
};

/** The port whose answer is the best control: an accept is the target's own more surely than a refusal. */
export const bestAnswering = (observations: readonly PortObservation[]): PortObservation | undefined =>
  observations.find(({ port, reply }) => port === 135 && reply.kind === 'accepted') ??
  observations.find(({ reply }) => reply.kind === 'accepted') ??
  observations.find(({ reply }) => isReachable(reply));

/** Refusals whose sender TTLs did not show. */
const uncertain = ({ reply }: PortObservation): boolean =>
  reply.kind === 'refused' && reply.by !== 'middlebox' && reply.ttlMatch === undefined;

/** The router at a TTL, as traces saw it. */
export const addressAt = (traces: readonly Trace[], ttl: number): string | null =>
  traces.flatMap(({ hops }) => hops).find((hop) => hop.ttl === ttl && hop.address !== null)?.address ?? null;

/** A refusal as one that a device on the path sent; any other reply as it is. */
export const byMiddlebox = (reply: Reply, from: string | null): Reply =>
  reply.kind === 'refused' ? { ...reply, by: 'middlebox', ...(from ? { from } : {}) } : reply;

/** Probes with a TTL until a reply comes back, at most `TTL_REPEATS` times. */
const probeUntilAnswered = async (prober: TtlProber, port: number, ttl: number): Promise<Reply> => {
  let reply = await prober.at(port, ttl);
  for (let turn = 1; turn < TTL_REPEATS && reply.kind === 'silent'; turn++)
    reply = await prober.at(port, ttl);
  return reply;
};

/** Whether a refusal comes back at a TTL that cannot reach the target; null when no reply showed it. */
export const isRefusedEarly = async (
  prober: TtlProber,
  port: number,
  resetsAtTtl: number,
): Promise<boolean | null> => {
  const reply = await probeUntilAnswered(prober, port, resetsAtTtl);
  if (reply.kind === 'refused') return true;
  return isTimeExceeded(reply) ? false : null;
};

/**
 * Whether a port is reset at a TTL at which the control is answered by a router, over as many flows as it takes: a limit that
 * swallowed an answer of the control, or paths of unequal length, would look the same on one flow.
 */
const isProvenEarly = async (
  prober: TtlProber,
  port: number,
  control: number,
  ttl: number,
): Promise<boolean> => {
  for (let flows = 0; flows < COMPARED_FLOWS.first; flows++) {
    const [theirs, hosts] = await Promise.all([
      probeUntilAnswered(prober, port, ttl),
      probeUntilAnswered(prober, control, ttl),
    ]);
    if (theirs.kind !== 'refused' || !isTimeExceeded(hosts)) return false;
  }
  return true;
};

/**
 * Measures the path to the target by the ports that answer, and finds refusals that come back at a TTL that cannot reach it.
 * Where the TTLs of replies showed who sent a refusal, that stands. `least`: the distance of its neighbours, which is its own where
 * nothing but refusals came from it.
 */
export const measure = async (
  observations: readonly PortObservation[],
  prober: TtlProber,
  least = 0,
): Promise<Measured> => {
  const control = bestAnswering(observations);
  if (!control) return { ...NOT_MEASURED, observations };
  const first = await traceAnswering(control.port, prober);
  const doubted = observations.filter((one) => uncertain(one) && one.port !== control.port);
  const required = doubted.filter(({ why }) => why === 'required');
  const others = doubted.filter(({ why }) => why !== 'required');
  const bound = first.endTtl === null ? MOST_HOPS : first.endTtl + SLACK;
  const traces = [
    first,
    ...(await Promise.all(
      [...required, ...others.slice(0, 1)].map(({ port }) => traceAnswering(port, prober, bound)),
    )),
  ];
  // The farthest answer is the target's; whatever answers sooner stands in between.
  const ends = traces.flatMap(({ end, endTtl }) => (endTtl !== null && isReachable(end) ? [endTtl] : []));
  const floor = control.reply.kind === 'refused' ? least : 0;
  const distance = ends.length === 0 ? null : Math.max(floor, ...ends);
  if (distance === null || distance < 2) return { traces, observations, distance, resetsAtTtl: null };

  const early = new Map<number, number>();
  await Promise.all(
    traces.map(async ({ port, end, endTtl }) => {
      if (end.kind !== 'refused' || endTtl === null || endTtl >= distance) return;
      if (port === control.port || (await isProvenEarly(prober, port, control.port, endTtl)))
        early.set(port, endTtl);
    }),
  );
  const isEarlySeen = early.size > 0;
  await Promise.all(
    others
      .filter(({ port }) => !traces.some((trace) => trace.port === port))
      .map(async ({ port }) => {
        if ((await isRefusedEarly(prober, port, distance - 1)) !== true) return;
        if (isEarlySeen || (await isProvenEarly(prober, port, control.port, distance - 1)))
          early.set(port, distance - 1);
      }),
  );
  const judge = (port: number, reply: Reply): Reply => {
    const ttl = early.get(port);
    // A router forwards only what still has time to live, so the reset comes from the hop before the TTL that got it.
    return ttl === undefined ? reply : byMiddlebox(reply, addressAt(traces, ttl - 1));
  };
  return {
    distance,
    resetsAtTtl: early.size > 0 ? distance - 1 : null,
    traces: traces.map((trace) => ({ ...trace, end: judge(trace.port, trace.end) })),
    observations: observations.map((observation) => ({
      ...observation,
      reply: judge(observation.port, observation.reply),
    })),
  };
};

/** The path to a subnet, as its hosts that were measured show it. */
export interface SubnetPath {
  readonly distance: number;
  /** A middlebox on it resets. */
  readonly resets: boolean;
}

/** What one measured host adds to what is known of the path to its subnet. */
export const pathWith = (
  known: SubnetPath | undefined,
  { observations, distance }: Measured,
): SubnetPath | undefined => {
  if (distance === null) return known;
  const resets = observations.some(({ reply }) => isForeignReset(reply));
  return { distance, resets: resets || known?.resets === true };
};

/** Refused sampled ports that stand for the others when the path is known, spread over the range. */
const STAND_INS = 3;

/** The refusals of a host that are looked at when its neighbours have shown the path: the required ports, and some others. */
export const standIns = (observations: readonly PortObservation[]): PortObservation[] => {
  const doubted = observations.filter(uncertain);
  return [
    ...doubted.filter(({ why }) => why === 'required'),
    ...spread(
      doubted.filter(({ why }) => why !== 'required'),
      STAND_INS,
    ),
  ];
};

/**
 * Measures a host of which neighbours are known: it must answer at their distance, and what stands for its refusals must not come
 * back sooner. That spares the ICMP errors of a whole trace. Where anything is otherwise, and on a path on which a middlebox
 * resets, the host is measured by itself.
 */
export const measureBriefly = async (
  observations: readonly PortObservation[],
  prober: TtlProber,
  known: SubnetPath | undefined,
): Promise<Measured> => {
  const control = bestAnswering(observations);
  if (!control || !known || known.distance < 2) return measure(observations, prober);
  const { distance } = known;
  const likeNeighbours = { ...NOT_MEASURED, observations, distance };
  const doubted = standIns(observations);
  // Where TTLs showed the sender of every refusal, nothing is left to probe.
  if (doubted.length === 0) return likeNeighbours;
  const suspects = doubted.filter((one) => one !== control);
  if (known.resets) return measure(observations, prober, distance);
  const [reached, early] = await Promise.all([
    probeUntilAnswered(prober, control.port, distance),
    Promise.all([control, ...suspects].map(({ port }) => prober.at(port, distance - 1))),
  ]);
  const isAsExpected = isReachable(reached) && !early.some(isReachable);
  return isAsExpected ? likeNeighbours : measure(observations, prober, distance);
};
