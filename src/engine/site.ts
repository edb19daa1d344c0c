import type { ScanEvent } from '../model/event.ts';
import type { MappedRange, PortObservation, Trace } from '../model/evidence.ts';
import type { Plan } from '../model/plan.ts';
import { isReachable, type Reply } from '../model/reply.ts';
import type { Family } from '../model/target.ts';
import type { Wire } from '../model/wire.ts';
import { ask, type HostPace, type Shared } from './dial.ts';
import {
  type Locator,
  type Measured,
  measure,
  measureBriefly,
  NOT_MEASURED,
  traceFilters,
} from './locate.ts';
import { pause } from './pace.ts';
import { exactRanges } from './ranges.ts';
import type { Sites } from './sites.ts';
import { subnetOf } from './subnets.ts';
import { tracePort } from './trace.ts';

/** Hops after which nobody sits (traceroute's own bound). */
const MOST_HOPS = 30;
/** Silent hops in a row after which a packet is taken to have died, when nothing says that the port answers. */
const QUIET_END = 4;

export interface SiteDeps {
  readonly host: number;
  readonly address: string;
  readonly family: Family;
  readonly shared: Shared;
  readonly pace: HostPace;
  readonly sites: Sites;
  /** The host answered something, if only an echo. */
  readonly alive: boolean;
  readonly emit: (event: ScanEvent) => void;
}

export interface Site {
  readonly observations: readonly PortObservation[];
  readonly traces: readonly Trace[];
  readonly mapped: readonly MappedRange[];
}

const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

const canTrace = (plan: Plan, { shared, address }: SiteDeps): boolean =>
  plan.locate && shared.wire.capabilities.ttl && !isLoopback(address);

/** The wire as tracing sees it: the same contract, but every question waits for its turn like all others. */
const pacedWire = ({ shared, pace }: SiteDeps): Wire => ({
  name: shared.wire.name,
  capabilities: shared.wire.capabilities,
  connect: (endpoint, { timeoutMs, ttl }) =>
    ask(shared, pace, endpoint, { timeoutMs, ...(ttl === undefined ? {} : { ttl }) }),
  close: async () => {},
});

const locatorOf = (deps: SiteDeps): Locator => {
  const { shared, pace, address, family } = deps;
  const wire = pacedWire(deps);
  return {
    trace: (port, { maxTtl, isAnswering }) =>
      tracePort(
        wire,
        { address, family, port },
        {
          signal: shared.signal,
          maxTtl: Math.min(maxTtl ?? MOST_HOPS, MOST_HOPS),
          timeoutMs: pace.timing.waitMs(0),
          knownHops: (maxTtl ?? 1) - 1,
          quietEnd: isAnswering ? MOST_HOPS : QUIET_END,
        },
      ),
    askAt: (port, ttl) =>
      ask(shared, pace, { address, family, port }, { timeoutMs: pace.timing.waitMs(0), ttl }),
    pause: (ms) => pause(ms, shared.signal),
  };
};

/** What mapping heard of ports, silence left out: an answer that loss kept from the sample. */
type Heard = Map<number, Reply>;

/** Observations whose silence was answered after all while the map was drawn. */
const withHeard = (observations: readonly PortObservation[], heard: Heard): PortObservation[] =>
  observations.map((observation) => {
    const reply = observation.reply.kind === 'silent' ? heard.get(observation.port) : undefined;
    return reply ? { ...observation, reply, attempts: observation.attempts + 1 } : observation;
  });

/** Asks one port for the map, and once more with a short TTL where refusals on this way cannot be trusted. */
const mapAsker = (
  { host, address, family, shared, pace, emit }: SiteDeps,
  resetsAtTtl: number | null,
  heard: Heard,
) => {
  return async (port: number, again: boolean): Promise<Reply> => {
    const endpoint = { address, family, port };
    const timeoutMs = pace.timing.waitMs(again ? 2 : 0);
    const first = await ask(shared, pace, endpoint, { timeoutMs });
    const isEarly =
      first.kind === 'refused' &&
      resetsAtTtl !== null &&
      (await ask(shared, pace, endpoint, { timeoutMs, ttl: resetsAtTtl })).kind === 'refused';
    const reply: Reply = isEarly ? { ...first, by: 'middlebox' } : first;
    if (reply.kind !== 'unknown' && reply.kind !== 'silent') heard.set(port, reply);
    if (reply.kind !== 'unknown') {
      const observation = { port, requirement: 'dynamic-rpc', why: 'mapped', reply, attempts: 1 } as const;
      emit({ type: 'answered', host, observation });
    }
    return reply;
  };
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
  const { host, address, family, alive, shared, sites, emit } = deps;
  const locator = canTrace(plan, deps) ? locatorOf(deps) : null;
  const unmeasured: Measured = { ...NOT_MEASURED, observations };
  const subnet = subnetOf(address, family);
  const lookedAt = !plan.bulk || sites.take(subnet, observations, alive);
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => (plan.bulk ? sites.inTurn(work) : work());
  const measuring = (using: Locator): Promise<Measured> => {
    if (!plan.bulk) return measure(observations, using);
    return lookedAt
      ? sites.learning(subnet, () => inTurn(() => measure(observations, using)))
      : sites.wayTo(subnet).then((way) => measureBriefly(observations, using, way));
  };
  const measured = locator ? await measuring(locator) : unmeasured;
  measured.observations.forEach((observation, i) => {
    if (observations[i]?.reply !== observation.reply) emit({ type: 'answered', host, observation });
  });
  const worthMapping = lookedAt && plan.map && measured.observations.some(({ reply }) => isReachable(reply));
  const heard: Heard = new Map();
  const [traces, mapped] = await Promise.all([
    locator && lookedAt ? inTurn(() => traceFilters(measured, locator)) : measured.traces,
    worthMapping
      ? exactRanges(plan.rpcRange, measured.observations, mapAsker(deps, measured.resetsAtTtl, heard))
      : [],
  ]);
  return {
    observations: withHeard(measured.observations, heard),
    traces: traces.filter(({ end }) => end.kind !== 'unknown'),
    mapped: shared.signal.aborted ? [] : mapped,
  };
};
