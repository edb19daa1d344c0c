import type { PortObservation, Trace } from '../model/evidence.ts';
import { isReachable, type Reply } from '../model/reply.ts';
import { confirmTrace, ICMP_PAUSE_MS, type TurnAsker } from './confirm-trace.ts';

/** Filtered stretches of the dynamic range that are traced, one port each: a path has few filters. */
const MOST_STRETCHES = 4;
/** TTLs beyond the answer of the witness that refused ports are still tried at: the witness may have met a middlebox. */
const SLACK = 3;

/** What locating needs of the network, paced and bounded by the caller. */
export interface Locator extends TurnAsker {
  /**
   * Traces one port over growing TTLs. `distance` is that of the target where it is known; `isAnswering` when the port
   * is known to answer, so that the trace goes on until it does.
   */
  trace(port: number, way: { readonly maxTtl?: number; readonly isAnswering: boolean }): Promise<Trace>;
}

/** How far the target is, and which refusals came from before it. */
export interface Measured {
  readonly traces: readonly Trace[];
  /** Observations whose refusal turned out to be a middlebox's, with that said in the reply. */
  readonly observations: readonly PortObservation[];
  readonly distance: number | null;
  /** A TTL that cannot reach the target, when resets came back at it; null when no middlebox resets. */
  readonly resetsAtTtl: number | null;
  /** The TTL with which the target's own answers came; null where it was not seen or not measured. */
  readonly ttl: number | null;
}

export const NOT_MEASURED = { traces: [], distance: null, resetsAtTtl: null, ttl: null } as const;

const isFiltered = ({ reply }: PortObservation): boolean =>
  reply.kind === 'silent' ||
  reply.kind === 'rejected' ||
  (reply.kind === 'refused' && reply.by === 'middlebox');

/** The middle port of each stretch of neighbouring filtered sample ports, the widest first. */
const stretches = (dynamic: readonly PortObservation[]): PortObservation[] => {
  const runs: PortObservation[][] = [];
  let open = false;
  for (const observation of dynamic) {
    if (!isFiltered(observation)) open = false;
    else if (open) runs.at(-1)?.push(observation);
    else {
      runs.push([observation]);
      open = true;
    }
  }
  return runs
    .toSorted((a, b) => b.length - a.length)
    .slice(0, MOST_STRETCHES)
    .flatMap((run) => run[Math.floor(run.length / 2)] ?? []);
};

/** The port whose answer is the best witness of the way: an accept is the target's own more surely than a refusal. */
const bestAnswering = (observations: readonly PortObservation[]): PortObservation | undefined =>
  observations.find(({ port, reply }) => port === 135 && reply.kind === 'accepted') ??
  observations.find(({ reply }) => reply.kind === 'accepted') ??
  observations.find(({ reply }) => isReachable(reply));

const ttlOf = ({ reply }: PortObservation): number | undefined => ('ttl' in reply ? reply.ttl : undefined);

const refusedOnes = (observations: readonly PortObservation[]): PortObservation[] =>
  observations.filter(({ reply }) => reply.kind === 'refused');

const addressAt = (traces: readonly Trace[], ttl: number): string | null =>
  traces.flatMap(({ hops }) => hops).find((hop) => hop.ttl === ttl && hop.address !== null)?.address ?? null;

const byMiddlebox = (reply: Reply, from: string | null): Reply =>
  reply.kind === 'refused' ? { ...reply, by: 'middlebox', ...(from ? { from } : {}) } : reply;

/**
 * Measures the way to the target by the ports that answer, and finds refusals that come back at a TTL that cannot reach
 * the target: a middlebox's. A refusal from the last hop before the target cannot be told from the target's own.
 */
export const measure = async (
  observations: readonly PortObservation[],
  locator: Locator,
): Promise<Measured> => {
  const witness = bestAnswering(observations);
  if (!witness) return { ...NOT_MEASURED, observations };
  const first = await locator.trace(witness.port, { isAnswering: true });
  const required = refusedOnes(observations).filter(({ why }) => why === 'required');
  const sampled = refusedOnes(observations).filter(({ why }) => why !== 'required');
  const more = [...required, ...sampled.slice(0, 1)].filter(({ port }) => port !== witness.port);
  const bound = first.endTtl === null ? {} : { maxTtl: first.endTtl + SLACK };
  const others = await Promise.all(
    more.map(({ port }) => locator.trace(port, { ...bound, isAnswering: true })),
  );
  const traces = [first, ...others];
  // The farthest answer is the target's; whatever answers sooner stands in between.
  const ends = traces.flatMap(({ end, endTtl }) => (endTtl !== null && isReachable(end) ? [endTtl] : []));
  const distance = ends.length === 0 ? null : Math.max(...ends);
  const ttl = first.endTtl === distance ? (ttlOf(witness) ?? null) : null;
  if (distance === null || distance < 2) return { traces, observations, distance, resetsAtTtl: null, ttl };

  const early = new Map<number, number>();
  for (const { port, end, endTtl } of traces) {
    if (end.kind === 'refused' && endTtl !== null && endTtl < distance) early.set(port, endTtl);
  }
  await Promise.all(
    sampled
      .filter(({ port }) => !traces.some((trace) => trace.port === port))
      .map(async ({ port }) => {
        const reply = await locator.askAt(port, distance - 1);
        if (reply.kind === 'refused') early.set(port, distance - 1);
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
    ttl,
    traces: traces.map((trace) => ({ ...trace, end: judge(trace.port, trace.end) })),
    observations: observations.map((observation) => ({
      ...observation,
      reply: judge(observation.port, observation.reply),
    })),
  };
};

/** The way to a subnet, as its hosts that were measured show it. */
export interface KnownWay {
  readonly distance: number;
  /** A middlebox on it resets. */
  readonly resets: boolean;
  /** What was left of the time to live of answers that came from so far; empty where that is not seen. */
  readonly ttls: ReadonlySet<number>;
  /** Resets of a middlebox came with the same, or with one that nobody saw: it tells nothing here. */
  readonly hidesTtl: boolean;
}

/** What one measured host adds to what is known of the way to its subnet. */
export const wayWith = (
  known: KnownWay | undefined,
  { observations, distance, resetsAtTtl, ttl }: Measured,
): KnownWay | undefined => {
  if (distance === null) return known;
  const isHidden = observations.some(
    ({ reply }) => reply.kind === 'refused' && reply.by === 'middlebox' && (reply.ttl ?? ttl) === ttl,
  );
  return {
    distance,
    resets: resetsAtTtl !== null || known?.resets === true,
    ttls: new Set([...(known?.ttls ?? []), ...(ttl === null ? [] : [ttl])]),
    hidesTtl: isHidden || known?.hidesTtl === true,
  };
};

/** A refusal that came with another TTL than the target's says much; loss must not hide where it comes from. */
const SUSPECT_REPEATS = 3;

/** Asks with a TTL until something is heard, so often at most. */
const askUntilHeard = async (locator: Locator, port: number, ttl: number, most: number): Promise<Reply> => {
  let reply = await locator.askAt(port, ttl);
  for (let again = 0; again < most && reply.kind === 'silent'; again++)
    reply = await locator.askAt(port, ttl);
  return reply;
};

/** Refused sampled ports that stand for the others when the way is known, spread over the range. */
const STAND_INS = 3;

const spread = <T>(items: readonly T[], most: number): T[] =>
  items.length <= most
    ? [...items]
    : Array.from(
        { length: most },
        (_, i) => items[Math.floor(((2 * i + 1) * items.length) / (2 * most))],
      ).flatMap((item) => (item === undefined ? [] : [item]));

/**
 * Refusals that may be a middlebox's. Where the TTL of answers is seen, those that came with another one than the witness,
 * whose TTL is given too; else the required ports and a few that stand for the others.
 */
const suspectsOf = (
  observations: readonly PortObservation[],
  witness: PortObservation,
): { readonly suspects: readonly PortObservation[]; readonly ttl: number | null } => {
  const refusals = refusedOnes(observations).filter((one) => one !== witness);
  const ttl = ttlOf(witness);
  if (ttl !== undefined && refusals.every((one) => ttlOf(one) !== undefined)) {
    return { suspects: refusals.filter((one) => ttlOf(one) !== ttl), ttl };
  }
  const required = refusals.filter(({ why }) => why === 'required');
  const standIns = spread(
    refusals.filter(({ why }) => why !== 'required'),
    STAND_INS,
  );
  return { suspects: [...required, ...standIns], ttl: null };
};

/**
 * Measures a host of which neighbours are known. Where all its answers come with a TTL with which theirs do, it is as far away
 * as they are and refuses by itself: nothing is asked. Else it must answer at their distance, and what stands for its refusals
 * must not come back at a TTL that cannot reach it. That spares the ICMP errors of a whole trace. Where anything is otherwise,
 * and on a way on which a middlebox resets, the host is measured by itself.
 */
export const measureBriefly = async (
  observations: readonly PortObservation[],
  locator: Locator,
  known: KnownWay | undefined,
): Promise<Measured> => {
  const witness = bestAnswering(observations);
  if (!witness || !known || known.distance < 2) return measure(observations, locator);
  const { distance } = known;
  const likeNeighbours = { ...NOT_MEASURED, observations, distance };
  const { suspects, ttl } = suspectsOf(observations, witness);
  const isTheirs = ttl !== null && known.ttls.has(ttl) && !known.hidesTtl;
  if (isTheirs && suspects.length === 0) return likeNeighbours;
  if (known.resets) return measure(observations, locator);
  const repeats = ttl === null ? 0 : SUSPECT_REPEATS;
  const [atHome, ...early] = await Promise.all([
    locator.askAt(witness.port, distance),
    locator.askAt(witness.port, distance - 1),
    ...suspects.map(({ port }) => askUntilHeard(locator, port, distance - 1, repeats)),
  ]);
  const asExpected = atHome !== undefined && isReachable(atHome) && !early.some(isReachable);
  return asExpected ? likeNeighbours : measure(observations, locator);
};

/** Hops that kept silent to the witness are asked again so often, a pause apart, when a filter is to be placed. */
const HOP_REPEATS = 2;

/** The way of the witness, its silent hops asked again: a place on it is worth waiting for once something is filtered. */
const fillWay = async (witness: Trace, locator: Locator): Promise<Trace> => {
  const hops = [...witness.hops];
  for (let turn = 0; turn < HOP_REPEATS; turn++) {
    const missing = hops.filter(({ address }) => address === null);
    if (missing.length === 0) break;
    await locator.pause(ICMP_PAUSE_MS);
    for (const { ttl } of missing) {
      const reply = await locator.askAt(witness.port, ttl);
      if (reply.kind === 'rejected' && 'from' in reply.cause) {
        hops[ttl - 1] = { ttl, address: reply.cause.from, rttMs: reply.rttMs };
      }
    }
  }
  return { ...witness, hops };
};

/** Confirms silent traces one after the other, so that they do not take each other's ICMP errors. */
const confirmAll = async (traces: readonly Trace[], witness: Trace, locator: Locator): Promise<Trace[]> => {
  const confirmed: Trace[] = [];
  for (const trace of traces) {
    const isOpen = trace.end.kind === 'silent';
    confirmed.push(isOpen ? await confirmTrace(trace, witness.port, witness.hops, locator) : trace);
  }
  return confirmed;
};

/**
 * Traces what is filtered: each required port, and one port of each filtered stretch of the sample; where a trace falls
 * silent is made sure of in turn with the witness. When nothing of the host answered, one trace tells how far a packet to
 * the endpoint mapper gets. Gives all traces, those of `measure` included.
 */
export const traceFilters = async (
  { observations, distance, traces }: Measured,
  locator: Locator,
): Promise<readonly Trace[]> => {
  const dynamic = observations.filter(({ requirement }) => requirement === 'dynamic-rpc');
  const required = observations.filter(({ why }) => why === 'required');
  const wanted =
    traces.length === 0 ? required.slice(0, 1) : [...required.filter(isFiltered), ...stretches(dynamic)];
  const ports = new Set(
    wanted.map(({ port }) => port).filter((port) => !traces.some((trace) => trace.port === port)),
  );
  const bound = distance === null ? {} : { maxTtl: distance };
  const found = await Promise.all(
    [...ports].map((port) => locator.trace(port, { ...bound, isAnswering: false })),
  );
  const witness = traces.find(({ endTtl }) => endTtl === distance);
  if (!witness || found.length === 0) return [...traces, ...found];
  const filled = await fillWay(witness, locator);
  return [
    ...traces.map((trace) => (trace === witness ? filled : trace)),
    ...(await confirmAll(found, filled, locator)),
  ];
};
