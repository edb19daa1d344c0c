import type { ScanEvent } from '../model/event.ts';
import type { MappedRange, PortObservation, Trace } from '../model/evidence.ts';
import type { Plan } from '../model/plan.ts';
import { isReachable, type Reply } from '../model/reply.ts';
import type { Family } from '../model/target.ts';
import type { Wire } from '../model/wire.ts';
import { ask, type HostPace, type Shared } from './dial.ts';
import { type Located, locate } from './locate.ts';
import { exactRanges } from './ranges.ts';
import { tracePort } from './trace.ts';

/** Hops after which nobody sits (RFC 1812 asks for a default TTL of 64; traceroute's own bound is 30). */
const MOST_HOPS = 30;
/** How often a hop that says nothing is asked: ICMP errors are rate-limited and lost like anything else. */
const ASKS_PER_HOP = 2;

export interface SiteDeps {
  readonly host: number;
  readonly address: string;
  readonly family: Family;
  readonly shared: Shared;
  readonly pace: HostPace;
  readonly emit: (event: ScanEvent) => void;
}

export interface Site {
  readonly observations: readonly PortObservation[];
  readonly traces: readonly Trace[];
  readonly mapped: readonly MappedRange[];
}

const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

/** The wire as tracing sees it: the same contract, but every question waits for its turn like all others. */
const pacedWire = ({ shared, pace }: SiteDeps): Wire => ({
  ...shared.wire,
  name: shared.wire.name,
  capabilities: shared.wire.capabilities,
  connect: (endpoint, { timeoutMs, ttl }) =>
    ask(shared, pace, endpoint, { timeoutMs, ...(ttl === undefined ? {} : { ttl }) }),
  close: async () => {},
});

const findWay = async (
  observations: readonly PortObservation[],
  plan: Plan,
  deps: SiteDeps,
): Promise<Located> => {
  const { shared, pace, address, family } = deps;
  const nothing = { traces: [], observations, resetsAtTtl: null };
  if (!plan.locate || !shared.wire.capabilities.ttl || isLoopback(address)) return nothing;
  const wire = pacedWire(deps);
  const timeoutMs = pace.timing.waitMs(1);
  return locate(observations, {
    trace: (port, most = MOST_HOPS) =>
      tracePort(
        wire,
        { address, family, port },
        {
          signal: shared.signal,
          maxTtl: Math.min(most, MOST_HOPS),
          timeoutMs,
          attempts: ASKS_PER_HOP,
        },
      ),
    askAt: (port, ttl) => ask(shared, pace, { address, family, port }, { timeoutMs, ttl }),
  });
};

/**
 * Where the filters of one host sit, on the way and in the port range. Runs after the questions are answered; an abort
 * leaves what the questions said and drops what was half done.
 */
export const site = async (
  observations: readonly PortObservation[],
  plan: Plan,
  deps: SiteDeps,
): Promise<Site> => {
  const { host, shared, pace, address, family, emit } = deps;
  const way = await findWay(observations, plan, deps);
  for (const observation of way.observations) {
    const before = observations.find(({ port }) => port === observation.port);
    if (before?.reply !== observation.reply) emit({ type: 'answered', host, observation });
  }
  const askOnce = async (port: number): Promise<Reply> => {
    const endpoint = { address, family, port };
    const reply = await ask(shared, pace, endpoint, { timeoutMs: pace.timing.waitMs(0) });
    const observed = { port, requirement: 'dynamic-rpc', why: 'mapped', reply, attempts: 1 } as const;
    if (reply.kind !== 'unknown') emit({ type: 'answered', host, observation: observed });
    if (reply.kind !== 'refused' || way.resetsAtTtl === null) return reply;
    const early = await ask(shared, pace, endpoint, {
      timeoutMs: pace.timing.waitMs(0),
      ttl: way.resetsAtTtl,
    });
    return early.kind === 'refused' ? { ...reply, by: 'middlebox' } : reply;
  };
  const worthMapping = plan.map && way.observations.some(({ reply }) => isReachable(reply));
  const mapped = worthMapping ? await exactRanges(plan.rpcRange, way.observations, askOnce) : [];
  return {
    observations: way.observations,
    traces: way.traces.filter(({ end }) => end.kind !== 'unknown'),
    mapped: shared.signal.aborted ? [] : mapped,
  };
};
