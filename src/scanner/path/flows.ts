import type { Flows, Hop, PortObservation } from '../../model/evidence.ts';
import type { Flow } from '../../model/wire.ts';
import type { HostProber } from '../host/host-prober.ts';
import { enoughSilence, FLOWS } from '../retry/policy.ts';
import { type TtlProber, tracePort } from './traceroute.ts';

/** Attempts on each further flow of a port whose first flow stayed silent: most such ports are silent on all. */
const ATTEMPTS_BESIDE_SILENCE = 2;
const MOST_HOPS = 30;

/** One flow to a port, and whether it is answered; null where our own trouble hid that. */
interface AskedFlow {
  readonly flow: Flow;
  readonly isAnswered: boolean | null;
}

/** Over which flows a port answers; null when nothing could be learnt. */
export interface FlowResult {
  readonly flows: Flows;
  /** Of a port whose first flow is silent: one that is answered. */
  readonly answering: Flow | null;
  readonly silent: Flow | null;
  readonly attempts: number;
}

const isAnswer = ({ reply }: Pick<PortObservation, 'reply'>): boolean | null =>
  reply.kind === 'unknown' ? null : reply.kind === 'accepted' || reply.kind === 'refused';

/**
 * Asks a port over further flows, as many as a person's offers would take: routers of equal cost choose by addresses and ports, so
 * a filter on one of two paths stops every other offer. A flow that stays silent while others answer is asked until its silence
 * stands.
 */
export const askFlows = async (
  prober: HostProber,
  { port, reply, attempts: earlier }: PortObservation,
  first: Flow,
  loss: number,
  most = FLOWS,
): Promise<FlowResult | null> => {
  const isFirstAnswered = isAnswer({ reply });
  let attempts = 0;
  const ask = async (flow: Flow, count: number, before = 0): Promise<boolean | null> => {
    const result = await prober.ask(
      port,
      { ...prober.patiently(count - 1), earlier: before },
      undefined,
      flow,
    );
    attempts += result.attempts;
    return isAnswer(result);
  };
  const flows: Flow[] = Array.from({ length: most - 1 }, () => ({ sourcePort: null }));
  const count = isFirstAnswered ? 1 : ATTEMPTS_BESIDE_SILENCE;
  const asked: AskedFlow[] = await Promise.all(
    flows.map(async (flow) => ({ flow, isAnswered: await ask(flow, count) })),
  );
  const all: AskedFlow[] = [{ flow: first, isAnswered: isFirstAnswered }, ...asked];
  const isMixed = [true, false].every((one) => all.some(({ isAnswered }) => isAnswered === one));
  const enough = enoughSilence(loss);
  const sure = isMixed
    ? await Promise.all(
        all.map(async (one) => {
          if (one.isAnswered !== false) return one;
          const before = one.flow === first ? earlier : count;
          const more = enough - before;
          return more > 0 ? { ...one, isAnswered: await ask(one.flow, more, before) } : one;
        }),
      )
    : all;
  if (prober.signal.aborted) return null;
  const answering = sure.filter(({ isAnswered }) => isAnswered);
  const known = sure.filter(({ isAnswered }) => isAnswered !== null);
  return {
    flows: { asked: known.length, answered: answering.length },
    answering: answering[0]?.flow ?? null,
    silent: known.find(({ isAnswered }) => !isAnswered)?.flow ?? null,
    attempts,
  };
};

/**
 * The router that a silent flow passes last and an answered one does not, by a trace of each; with the hops of both, which
 * show the equal-cost paths.
 */
export const divergence = async (
  prober: TtlProber,
  port: number,
  { answering, silent }: { readonly answering: Flow; readonly silent: Flow },
): Promise<{ readonly over: string | null; readonly hops: readonly Hop[] }> => {
  const options = { maxTtl: MOST_HOPS, knownHops: 1, quietEnd: 4 };
  const good = await tracePort(port, prober, { ...options, quietEnd: MOST_HOPS, flow: answering });
  const bad = await tracePort(port, prober, {
    ...options,
    ...(good.endTtl === null ? {} : { maxTtl: good.endTtl, knownHops: good.endTtl - 1 }),
    flow: silent,
  });
  const passed = new Set(good.hops.map(({ address }) => address));
  const last = bad.hops.filter(({ address }) => address !== null).at(-1)?.address ?? null;
  return { over: last !== null && !passed.has(last) ? last : null, hops: [...good.hops, ...bad.hops] };
};
