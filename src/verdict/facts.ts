import {
  type HostEvidence,
  type PortObservation,
  type RequirementName,
  refusesUnused,
} from '../model/evidence.ts';
import type { Plan } from '../model/plan.ts';
import { isReachable, portState } from '../model/reply.ts';
import type { Confidence } from '../model/report.ts';
import type { WireCapabilities } from '../model/wire.ts';
import { diesOnTheWay, type Way, wayOf } from './path.ts';

/** Share of lost questions above which silence is weak evidence (docs/verdicts.md). */
const LOSSY = 0.05;
/** Repetitions below which a share means nothing: two late answers of thirty are a busy machine, not a lossy path. */
const FEWEST_REPEATS = 5;
/** ICMP reasons that a filter gives, as opposed to those of a router that knows no way to the host. */
const PROHIBITIONS: ReadonlySet<string> = new Set([
  'admin-prohibited',
  'net-prohibited',
  'host-prohibited',
  'port-unreach',
  'proto-unreach',
]);

/** Evidence about one host with the questions that every rule asks of it already answered. */
export interface Facts {
  readonly evidence: HostEvidence;
  readonly plan: Plan;
  readonly way: Way;
  /** Something came from the host itself. */
  readonly alive: boolean;
  /** The host answers where nothing listens, so silence elsewhere is a filter's. */
  readonly refuses: boolean;
  /** How sure a refusal is: proven when it cannot be an ICMP error or a middlebox in disguise. */
  readonly refusal: Confidence;
  readonly lossy: boolean;
  readonly one: (name: RequirementName) => PortObservation | undefined;
  readonly dynamic: readonly PortObservation[];
}

const rejectedBy = ({ reply }: PortObservation): string | null =>
  reply.kind === 'rejected' && 'from' in reply.cause ? reply.cause.from : null;

/** Questions that had to be asked again before they were answered. */
const repeats = (ports: readonly PortObservation[]): number =>
  ports
    .filter(({ reply }) => reply.kind !== 'silent' && reply.kind !== 'unknown')
    .reduce((sum, { attempts }) => sum + attempts - 1, 0);

/** Answers the common questions about one host's evidence. */
export const factsOf = (evidence: HostEvidence, plan: Plan, capabilities: WireCapabilities): Facts => {
  const { ports, echo, address } = evidence;
  const way = wayOf(evidence.traces);
  const byTarget = ports.some(({ reply }) => reply.kind === 'refused' && reply.by === 'target');
  return {
    evidence,
    plan,
    way,
    alive:
      echo.kind === 'reply' ||
      ports.some((port) => isReachable(port.reply) || (address !== null && rejectedBy(port) === address)),
    refuses: refusesUnused(ports),
    refusal: byTarget || (capabilities.icmp && way.distance !== null) ? 'proven' : 'likely',
    lossy: evidence.lossEstimate > LOSSY && repeats(ports) >= FEWEST_REPEATS,
    one: (name) => ports.find(({ requirement }) => requirement === name),
    dynamic: ports.filter(({ requirement }) => requirement === 'dynamic-rpc'),
  };
};

/** Whether a rejection is a filter's word: it says so, or the host is alive for other ports. */
export const isProhibited = (facts: Facts, { reply }: PortObservation): boolean =>
  reply.kind === 'rejected' && (facts.alive || PROHIBITIONS.has(portState(reply).reason));

/** Whether a port met a filter for certain: an ICMP rejection, a reset on the way, or packets that die on the way. */
export const isFilterProven = (facts: Facts, observation: PortObservation): boolean => {
  const { reply } = observation;
  if (reply.kind === 'refused') return reply.by === 'middlebox';
  return isProhibited(facts, observation) || diesOnTheWay(facts.way, observation);
};

/** Silence on a host that is known to answer there: a filter, by inference. */
export const isSilencedByInference = (
  facts: Facts,
  { reply, requirement, why }: PortObservation,
): boolean => {
  if (reply.kind !== 'silent' || !facts.alive) return false;
  // An endpoint that the mapper lists may be kept from us by the host's own rule for that one program.
  return requirement === 'endpoint-mapper' || (facts.refuses && why !== 'listed');
};

/** How sure silence can be here: one question, or a path that loses packets, makes it weak. */
export const silenceConfidence = (
  facts: Facts,
  observations: readonly PortObservation[],
  best: Confidence,
): Confidence => (facts.lossy || observations.every(({ attempts }) => attempts < 2) ? 'weak' : best);

/** Who rejected a port, in words. */
export const rejecterOf = (facts: Facts, observation: PortObservation): string => {
  const from = rejectedBy(observation);
  const { reason } = portState(observation.reply);
  if (from === null) return `an ICMP error (${reason}; its sender cannot be seen by this engine)`;
  const who = from === facts.evidence.address ? 'the host itself' : `the router ${from}`;
  return `${who} (ICMP ${reason})`;
};
