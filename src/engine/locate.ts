import type { PortObservation, Trace } from '../model/evidence.ts';
import { isReachable, type Reply } from '../model/reply.ts';

/** Filtered stretches of the dynamic range that are traced, one port each: a path has few filters. */
const MOST_STRETCHES = 4;

/** TTLs beyond the answer of the witness that the other traces still try. */
const SLACK = 3;

/** What locating needs of the network, paced and bounded by the caller. */
export interface Locator {
  /** Traces one port over growing TTLs, up to `maxTtl` where it is given. */
  trace(port: number, maxTtl?: number): Promise<Trace>;
  /** Asks one port with this TTL. */
  askAt(port: number, ttl: number): Promise<Reply>;
}

export interface Located {
  readonly traces: readonly Trace[];
  /** Observations whose refusal turned out to be a middlebox's, with that said in the reply. */
  readonly observations: readonly PortObservation[];
  /** A TTL that cannot reach the target, when resets came back at it; null when no middlebox resets. */
  readonly resetsAtTtl: number | null;
}

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

/** Which ports to trace, each once: the best witness, refusals and filters of what is required, and filtered stretches. */
const portsToTrace = (observations: readonly PortObservation[]): number[] => {
  const required = observations.filter(({ why }) => why === 'required');
  const dynamic = observations.filter(({ requirement }) => requirement === 'dynamic-rpc');
  const witness = bestAnswering(observations);
  // Nothing answered at all: how far does a packet to the endpoint mapper get?
  if (!witness) return required.slice(0, 1).map(({ port }) => port);
  const refused = dynamic.find(({ reply }) => reply.kind === 'refused');
  const wanted = [
    witness,
    ...required.filter((one) => isFiltered(one) || one.reply.kind === 'refused'),
    ...(refused ? [refused] : []),
    ...stretches(dynamic),
  ];
  return [...new Set(wanted.map(({ port }) => port))];
};

/** The farthest TTL that is known to be a place on the way and not the target, and the target's distance. */
const measure = (
  traces: readonly Trace[],
): { distance: number | null; addressAt: (ttl: number) => string | null } => {
  const ends = traces.flatMap(({ end, endTtl }) => (endTtl !== null && isReachable(end) ? [endTtl] : []));
  const hops = traces.flatMap((trace) => trace.hops);
  return {
    distance: ends.length === 0 ? null : Math.max(...ends),
    addressAt: (ttl) => hops.find((hop) => hop.ttl === ttl && hop.address !== null)?.address ?? null,
  };
};

const byMiddlebox = (reply: Reply, from: string | null): Reply =>
  reply.kind === 'refused' ? { ...reply, by: 'middlebox', ...(from ? { from } : {}) } : reply;

/**
 * Finds out where filters sit: traces, and for every refusal whether it comes back at a TTL that cannot reach the target.
 * Such a refusal is a middlebox's. A refusal from the last hop before the target cannot be told from the target's own.
 */
export const locate = async (
  observations: readonly PortObservation[],
  locator: Locator,
): Promise<Located> => {
  const [witness, ...others] = portsToTrace(observations);
  if (witness === undefined) return { traces: [], observations, resetsAtTtl: null };
  const first = await locator.trace(witness);
  // All ports share the way: past the target there is nothing to ask, but the witness may have met a middlebox.
  const most = first.endTtl === null ? undefined : first.endTtl + SLACK;
  const traces = [first, ...(await Promise.all(others.map((port) => locator.trace(port, most))))];
  const { distance, addressAt } = measure(traces);
  if (distance === null || distance < 2) return { traces, observations, resetsAtTtl: null };

  const early = new Map<number, number>();
  for (const { port, end, endTtl } of traces) {
    if (end.kind === 'refused' && endTtl !== null && endTtl < distance) early.set(port, endTtl);
  }
  const untraced = observations.filter(
    ({ port, reply }) => reply.kind === 'refused' && !traces.some((trace) => trace.port === port),
  );
  await Promise.all(
    untraced.map(async ({ port }) => {
      const reply = await locator.askAt(port, distance - 1);
      if (reply.kind === 'refused') early.set(port, distance - 1);
    }),
  );
  const judge = (port: number, reply: Reply): Reply => {
    const ttl = early.get(port);
    // A router forwards only what still has time to live, so the reset comes from the hop before the TTL that got it.
    return ttl === undefined ? reply : byMiddlebox(reply, addressAt(ttl - 1));
  };
  return {
    resetsAtTtl: early.size > 0 ? distance - 1 : null,
    traces: traces.map((trace) => ({ ...trace, end: judge(trace.port, trace.end) })),
    observations: observations.map((observation) => ({
      ...observation,
      reply: judge(observation.port, observation.reply),
    })),
  };
};
