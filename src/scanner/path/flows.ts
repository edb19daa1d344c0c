import pLimit from 'p-limit';
import type { Flows, Hop, PortObservation } from '../../model/evidence.ts';
import { fisherExact, WRONG_PROOF } from '../../model/inference.ts';
import type { Reply } from '../../model/reply.ts';
import type { Flow } from '../../model/wire.ts';
import type { HostProber } from '../host/host-prober.ts';
import { ATTEMPTS_BESIDE_SILENCE, FLOWS, FLOWS_AT_ONCE, flowSilence, SPLIT_ROUNDS } from '../retry/policy.ts';
import { hopOf, type TtlProber, tracePort } from './traceroute.ts';

const MOST_HOPS = 30;
/** Flows of each kind that must be seen at a TTL before a router there is named for those that are silent. */
const ENOUGH_SEEN = 2;

/** One flow to a port: how often it was probed, and what came back last. */
interface ProbedFlow {
  readonly flow: Flow;
  readonly reply: Reply;
  readonly attempts: number;
  readonly lost: number;
}

/** Over which flows a port answers. */
export interface FlowResult {
  readonly flows: Flows;
  readonly answering: readonly Flow[];
  /** Flows that answered only when they were probed again. */
  readonly late: number;
  readonly silent: readonly Flow[];
  /** Probes to all flows but the first, and to that one beyond what it was probed before. */
  readonly attempts: number;
}

/** Whether a packet went to the port and back, whoever refused. */
export const isAnswered = ({ reply }: Pick<ProbedFlow, 'reply'>): boolean =>
  reply.kind === 'accepted' || reply.kind === 'refused';

/** The share of lost probes: as measured before, or by these flows, with one loss in five probes more taken for granted. */
const lossOf = (before: number, probed: readonly ProbedFlow[]): number => {
  const answered = probed.filter(isAnswered);
  const lost = answered.reduce((sum, one) => sum + one.lost, 0);
  return Math.max(before, (lost + 1) / (answered.length + lost + 5));
};

/** What is known of the flow that was probed already, and how its further ones are probed. */
interface FlowOptions {
  readonly first: Flow;
  /** Share of probes that were lost by now, 0..1. */
  readonly loss: number;
  /** Flows, the first one among them. */
  readonly most?: number;
  /** Waits are doubled once only, as in an audit. */
  readonly isSteady?: boolean;
}

/**
 * Probes a port over further flows, as many as a person's offers would take: routers of equal cost choose by addresses and ports, so
 * a filter on one of two paths stops every other offer. Flows that stay silent while others answer are probed until their silence
 * stands, by the loss that the others show. Null when stopped.
 */
export const probeFlows = async (
  prober: Pick<HostProber, 'probeUntilAnswered' | 'patiently' | 'signal'>,
  { port, reply, attempts: earlier, lost = 0 }: PortObservation,
  { first, loss, most = FLOWS, isSteady = false }: FlowOptions,
): Promise<FlowResult | null> => {
  const ask = async (flow: Flow, count: number, before = 0): Promise<ProbedFlow> => {
    const plan = prober.patiently(count - 1);
    const waitMs = (attempt: number): number => plan.waitMs(isSteady ? Math.min(1, attempt) : attempt);
    const asking = { ...plan, waitMs, earlier: before };
    const result = await prober.probeUntilAnswered(port, asking, undefined, flow);
    const more = isAnswered(result) ? before : 0;
    return { flow, reply: result.reply, attempts: before + result.attempts, lost: more + result.lost };
  };
  const again = async (one: ProbedFlow, enough: number): Promise<ProbedFlow> =>
    one.reply.kind === 'silent' && one.attempts < enough
      ? ask(one.flow, enough - one.attempts, one.attempts)
      : one;
  const count = isAnswered({ reply }) ? 1 : ATTEMPTS_BESIDE_SILENCE;
  // Where the first flow was silent, no listener sees most of them, and turns would cost the whole silence each.
  const inTurn = pLimit(isAnswered({ reply }) ? FLOWS_AT_ONCE : most);
  const further = Array.from({ length: most - 1 }, () => inTurn(() => ask({ sourcePort: null }, count)));
  let probed: ProbedFlow[] = [
    { flow: first, reply, attempts: earlier, lost },
    ...(await Promise.all(further)),
  ];
  const enough = (): number =>
    flowSilence(lossOf(loss, probed), probed.filter(({ reply: { kind } }) => kind === 'silent').length);
  const isOpen = (): boolean =>
    probed.some(isAnswered) &&
    probed.some((one) => one.reply.kind === 'silent' && one.attempts < enough()) &&
    !prober.signal.aborted;
  // Every late answer shows more loss, and leaves fewer silent flows.
  while (isOpen()) {
    const wanted = enough();
    probed = await Promise.all(probed.map((one) => again(one, wanted)));
  }
  if (prober.signal.aborted) return null;
  // A local fault says nothing about a flow.
  const known = probed.filter((one) => one.reply.kind !== 'unknown');
  const answered = known.filter(isAnswered);
  const answering = answered.map(({ flow }) => flow);
  return {
    flows: { asked: known.length, answered: answering.length },
    answering,
    late: answered.filter((one) => one.lost > 0).length,
    silent: known.filter((one) => !isAnswered(one)).map(({ flow }) => flow),
    attempts: probed.reduce((sum, one) => sum + one.attempts, -earlier),
  };
};

/**
 * Probes the silent flows of a port once more, each at the same time as one that answers: a limit that met the first probes, which left
 * together with those to other ports and hosts, leaves some flows silent, too. A flow that answers now was late. Ends when the counts
 * prove that the flows are treated differently (Fisher's exact test); null when they do not, or when stopped.
 */
export const confirmSplit = async (
  prober: Pick<HostProber, 'probe' | 'rtt' | 'signal'>,
  port: number,
  result: FlowResult,
): Promise<FlowResult | null> => {
  const answering = [...result.answering];
  let silent = [...result.silent];
  let counts = { flows: 0, passed: 0, control: 0 };
  let attempts = 0;
  const inTurn = pLimit(FLOWS_AT_ONCE);
  const isThere = async (flow: Flow): Promise<boolean> =>
    isAnswered({ reply: await prober.probe(port, { flow, timeoutMs: prober.rtt.waitMs(1), attempt: 1 }) });
  for (let round = 0; round < SPLIT_ROUNDS && silent.length > 0 && !prober.signal.aborted; round++) {
    const seen = await Promise.all(
      silent.map((flow, i) => {
        const control = answering[(round + i) % answering.length];
        return inTurn(async () => ({
          flow,
          passes: await Promise.all([isThere(flow), control !== undefined && isThere(control)]),
        }));
      }),
    );
    attempts += 2 * seen.length;
    const passing = seen.filter(({ passes: [passes] }) => passes).map(({ flow }) => flow);
    if (passing.length > 0) {
      answering.push(...passing);
      silent = silent.filter((flow) => !passing.includes(flow));
      counts = { flows: 0, passed: 0, control: 0 };
      continue;
    }
    const control = seen.filter(({ passes: [, passes] }) => passes).length;
    counts = { ...counts, flows: counts.flows + seen.length, control: counts.control + control };
    if (fisherExact(counts) <= WRONG_PROOF) break;
  }
  if (prober.signal.aborted || (silent.length > 0 && fisherExact(counts) > WRONG_PROOF)) return null;
  return {
    flows: { ...result.flows, answered: answering.length },
    answering,
    silent,
    late: result.late + answering.length - result.answering.length,
    attempts: result.attempts + attempts,
  };
};

/**
 * The router that silent flows pass last and answered ones do not: found by a trace of one flow each, and then looked for on all
 * of the flows, since paths may part at more places than one. Null where too few flows show it; with the hops of all traces, which
 * show the equal-cost paths.
 */
export const divergence = async (
  prober: TtlProber,
  port: number,
  { answering, silent }: Pick<FlowResult, 'answering' | 'silent'>,
): Promise<{ readonly over: string | null; readonly hops: readonly Hop[] }> => {
  const options = { maxTtl: MOST_HOPS, knownHops: 1, quietEnd: 4 };
  const [passes, dies] = [answering[0], silent[0]];
  if (!passes || !dies) return { over: null, hops: [] };
  const good = await tracePort(port, prober, { ...options, quietEnd: MOST_HOPS, flow: passes });
  const bad = await tracePort(port, prober, {
    ...options,
    ...(good.endTtl === null ? {} : { maxTtl: good.endTtl, knownHops: good.endTtl - 1 }),
    flow: dies,
  });
  const hops = [...good.hops, ...bad.hops];
  const passed = new Set(good.hops.map(({ address }) => address));
  const last = bad.hops.filter(({ address }) => address !== null).at(-1);
  if (!last || passed.has(last.address)) return { over: null, hops };
  const seen = async (flows: readonly Flow[]): Promise<Hop[]> => {
    const replies = await Promise.all(flows.map((flow) => prober.at(port, last.ttl, flow)));
    return replies.map((reply) => hopOf(last.ttl, reply)).filter(({ address }) => address !== null);
  };
  // What is answered first: if the router is on those flows, too, its ICMP errors must not be used up.
  const onAnswered = [
    ...good.hops.filter(({ ttl }) => ttl === last.ttl),
    ...(await seen(answering.slice(1))),
  ];
  const onSilent = [last, ...(await seen(silent.slice(1)))];
  const isIt = ({ address }: Hop): boolean => address === last.address;
  const isSure =
    Math.min(onSilent.length, onAnswered.filter(({ address }) => address !== null).length) >= ENOUGH_SEEN;
  return {
    over: isSure && onSilent.every(isIt) && !onAnswered.some(isIt) ? last.address : null,
    hops: [...hops, ...onSilent, ...onAnswered],
  };
};
