import { isLoopback } from '../../ip/ip.ts';
import type { Hop, MappedRange, Multipath, PortObservation, Trace } from '../../model/evidence.ts';
import type { Plan } from '../../model/plan.ts';
import { isForeignReset, isReachable, type Reply } from '../../model/reply.ts';
import type { Flow } from '../../model/wire.ts';
import type { HostControl } from '../host/control.ts';
import type { HostProber } from '../host/host-prober.ts';
import { subnetOf } from '../limits/subnet.ts';
import { pause } from '../pause.ts';
import { exactRanges } from '../ranges/exact-ranges.ts';
import { hopsOverFlows } from './hop-flows.ts';
import { locateFilters } from './locate-filters.ts';
import { isRefusedEarly, type Measured, measure, measureBriefly, NOT_MEASURED, standIns } from './measure.ts';
import { type ResetTtl, resetTtlOf, withResetTtl } from './reset-ttl.ts';
import type { SubnetPaths } from './subnet-paths.ts';
import type { TtlProber } from './traceroute.ts';

/** What the traces of one host work with. */
export interface HostPathDeps {
  readonly prober: HostProber;
  readonly plan: Plan;
  readonly paths: SubnetPaths;
  readonly control: HostControl;
  /** The measured share of lost probes, 0..1. */
  readonly loss: () => number;
  /** The host answered something, if only an echo. */
  readonly isAlive: boolean;
  /** Told of every reply while a range is mapped. */
  readonly onMapped: (observation: PortObservation) => void;
}

/** Where the filters of one host sit, on the way and in the port range. */
export interface HostPath {
  readonly observations: readonly PortObservation[];
  readonly traces: readonly Trace[];
  readonly mapped: readonly MappedRange[];
  /** Other replies of hops, over further flows. */
  readonly hops: readonly Hop[];
}

/** A port that answers over some flows only: then the edges of a range depend on the flow. */
const isPartial = ({ requirement, flows }: PortObservation): boolean =>
  requirement === 'dynamic-rpc' && flows !== undefined && flows.answered < flows.asked;

/** A host's prober as tracing sees it; null where nothing can be traced. */
export const ttlProberOf = (prober: HostProber): TtlProber | null =>
  !prober.run.wire.capabilities.ttl || isLoopback(prober.address)
    ? null
    : {
        at: (port, ttl, flow?: Flow) => prober.probe(port, { ttl, ...(flow ? { flow } : {}) }),
        pause: (ms) => pause(ms, prober.signal),
        get isStopped() {
          return prober.signal.aborted;
        },
      };

/** The TTLs at which several routers answered. */
export const multipathOf = (traces: readonly Trace[], more: readonly Hop[]): Multipath[] => {
  const byTtl = new Map<number, Set<string>>();
  for (const { ttl, address } of [...traces.flatMap(({ hops }) => hops), ...more]) {
    if (address === null) continue;
    const known = byTtl.get(ttl) ?? new Set();
    byTtl.set(ttl, known.add(address));
  }
  return [...byTtl]
    .filter(([, addresses]) => addresses.size > 1)
    .sort(([a], [b]) => a - b)
    .map(([ttl, addresses]) => ({ ttl, addresses: [...addresses].sort() }));
};

/** Observations whose silence was answered after all while the map was drawn. */
const withLateAnswers = (
  observations: readonly PortObservation[],
  answers: ReadonlyMap<number, Reply>,
): PortObservation[] =>
  observations.map((observation) => {
    const reply = observation.reply.kind === 'silent' ? answers.get(observation.port) : undefined;
    return reply
      ? { ...observation, reply, attempts: observation.attempts + 1, lost: observation.attempts }
      : observation;
  });

/** Probes one port for the map, and whose refusal it is where a middlebox resets ports of this host. */
const mapAsker = (
  { prober, loss, onMapped }: HostPathDeps,
  resetTtl: ResetTtl | null,
  { observations, resetsAtTtl }: Measured,
  traces: TtlProber | null,
  answers: Map<number, Reply>,
) => {
  const resets = observations.some(({ reply }) => isForeignReset(reply));
  const isForeign = async (port: number, reply: Reply & { kind: 'refused' }): Promise<boolean | null> => {
    if (resetTtl) {
      const isOwn = await resetTtl.isOwn(port, reply);
      return isOwn === null ? null : !isOwn;
    }
    return traces && resetsAtTtl !== null ? isRefusedEarly(traces, port, resetsAtTtl) : null;
  };
  return async (port: number, again: boolean): Promise<Reply> => {
    const first = await prober.probe(port, { timeoutMs: prober.rtt.waitMs(again || loss() > 0 ? 2 : 0) });
    let reply: Reply = first;
    if (first.kind === 'refused' && resets) {
      const foreign = await isForeign(port, first);
      if (foreign === true) reply = { ...first, by: 'middlebox' };
      else if (foreign === null) {
        const text = 'who sent the refusal is not known';
        reply = { kind: 'unknown', fault: { kind: 'other', code: 'TTL', text } };
      }
    }
    if (reply.kind !== 'unknown' && reply.kind !== 'silent') answers.set(port, reply);
    if (reply.kind !== 'unknown') {
      onMapped({ port, requirement: 'dynamic-rpc', why: 'mapped', reply, attempts: 1 });
    }
    return reply;
  };
};

/**
 * Finds where the filters of one host sit. Runs after the ports are probed; an abort keeps the states of the ports and drops what was
 * half done. In bulk only the first hosts of a subnet that share what is filtered are looked at closely.
 */
export const hostPath = async (
  observations: readonly PortObservation[],
  deps: HostPathDeps,
): Promise<HostPath> => {
  const { prober, plan, paths, control, isAlive } = deps;
  const { bulk } = plan;
  const traces = plan.locate ? ttlProberOf(prober) : null;
  const subnet = subnetOf(prober.address, prober.family);
  const isClose = !bulk || ((plan.locate || plan.map) && paths.take(subnet, observations, isAlive));
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => (bulk ? paths.inTurn(work) : work());

  const hasRefusals = observations.some(({ reply }) => reply.kind === 'refused');
  const tells = hasRefusals && (plan.locate || !bulk) && !isLoopback(prober.address);
  const accepts = observations.some(({ reply }) => reply.kind === 'accepted');
  // What accepts nothing can only be compared with its neighbours, which may still be probed.
  const ttl = tells && bulk && !accepts ? await paths.ttlSoon(subnet, prober.signal) : paths.ttlOf(subnet);
  const resetTtl = tells ? await resetTtlOf(prober, observations, ttl, plan.asWitness) : null;
  if (resetTtl?.isSure && resetTtl.own !== null) paths.noteTtl(subnet, resetTtl.own);
  // Where replies carry their TTL it costs nothing to look at all of them.
  const all = isClose || prober.run.wire.capabilities.seesTtl;
  const chosen = new Set(all ? [] : standIns(observations).map(({ port }) => port));
  const told = resetTtl
    ? await withResetTtl(observations, resetTtl, ({ port }) => all || chosen.has(port))
    : observations;

  const measuring = (using: TtlProber): Promise<Measured> =>
    isClose
      ? paths.learning(subnet, () => inTurn(() => measure(told, using)))
      : paths.pathTo(subnet).then((path) => measureBriefly(told, using, path));
  const measured = traces ? await measuring(traces) : { ...NOT_MEASURED, observations: told };
  const isMapped =
    isClose &&
    plan.map &&
    !control.isLimited &&
    !told.some(isPartial) &&
    measured.observations.some(({ reply }) => isReachable(reply));
  const answers = new Map<number, Reply>();
  const [located, mapped] = await Promise.all([
    traces && isClose
      ? inTurn(() => locateFilters(measured, traces, deps.loss()))
      : { traces: measured.traces, observations: measured.observations, hops: [] },
    isMapped
      ? exactRanges(
          plan.rpcRange,
          measured.observations,
          {
            probe: mapAsker(deps, resetTtl, measured, traces, answers),
            check: () => control.check(),
          },
          deps.loss(),
        )
      : [],
  ]);
  const [first] = located.traces;
  const further = traces && first && !bulk ? await hopsOverFlows(first, traces) : [];
  const isCut = prober.signal.aborted || control.hasStopped;
  return {
    observations: withLateAnswers(located.observations, answers),
    traces: located.traces.filter(({ end }) => end.kind !== 'unknown'),
    mapped: isCut ? [] : mapped,
    hops: [...located.hops, ...further],
  };
};
