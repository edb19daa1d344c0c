import {
  type EndpointMapperFinding,
  type HostEvidence,
  type PortObservation,
  type RequirementName,
  refusesUnused,
} from '../model/evidence.ts';
import type { Plan } from '../model/plan.ts';
import { isReachable, portState, type Reply } from '../model/reply.ts';
import type { Confidence } from '../model/report.ts';
import type { WireCapabilities } from '../model/wire.ts';
import { canonical } from './address.ts';
import { strongest } from './confidence.ts';
import { diesOnTheWay, type Way, wayOf } from './path.ts';

/** Share of lost questions above which silence is weak evidence (docs/verdicts.md). */
const LOSSY = 0.05;
/** Repetitions below which a small share means nothing: two late answers of thirty are a busy machine, not a lossy path. */
const FEWEST_REPEATS = 5;
/**
 * Above this share a few repetitions are enough: six questions that all go unanswered by chance, as often as a silence
 * that decides is asked, stay below one in four thousand a port only up to here.
 */
const VERY_LOSSY = 0.25;
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
  /** The host's address in its one spelling; null when it has none. */
  readonly own: string | null;
  /** The wire reads ICMP errors, so a refusal is a reset for certain. */
  readonly seesIcmp: boolean;
  readonly way: Way;
  /** Something came from the host itself. */
  readonly alive: boolean;
  /** The host answers where nothing listens, so silence elsewhere is a filter's. */
  readonly refuses: boolean;
  readonly lossy: boolean;
  readonly mapper: EndpointMapperFinding | undefined;
  readonly one: (name: RequirementName) => PortObservation | undefined;
  readonly dynamic: readonly PortObservation[];
}

/** Who sent the ICMP error; null when it was none, or its sender cannot be seen. */
export const rejecterOf = ({ reply }: PortObservation): string | null =>
  reply.kind === 'rejected' && 'from' in reply.cause ? reply.cause.from : null;

const isOwn = (from: string | null, own: string | null): boolean =>
  from !== null && own !== null && canonical(from) === own;

/** Whether the host itself sent the rejection: its own firewall, then, and not one on the way. */
export const isRejectedByHost = ({ own }: Facts, observation: PortObservation): boolean =>
  isOwn(rejecterOf(observation), own);

/** Questions that had to be asked again before they were answered. */
const repeats = (ports: readonly PortObservation[]): number =>
  ports
    .filter(({ reply }) => reply.kind !== 'silent' && reply.kind !== 'unknown')
    .reduce((sum, { attempts }) => sum + attempts - 1, 0);

const isLossy = ({ lossEstimate, ports }: HostEvidence): boolean =>
  lossEstimate > VERY_LOSSY || (lossEstimate > LOSSY && repeats(ports) >= FEWEST_REPEATS);

const showsLife = ({ echo, ports }: HostEvidence, own: string | null): boolean =>
  echo.kind === 'reply' ||
  (echo.kind === 'unreachable' && isOwn(echo.from, own)) ||
  ports.some((port) => isReachable(port.reply) || isOwn(rejecterOf(port), own));

/** Answers the common questions about one host's evidence. */
export const factsOf = (evidence: HostEvidence, plan: Plan, capabilities: WireCapabilities): Facts => {
  const { address, ports } = evidence;
  const own = address === null ? null : canonical(address);
  return {
    evidence,
    plan,
    own,
    seesIcmp: capabilities.icmp,
    way: wayOf(evidence.traces),
    alive: showsLife(evidence, own),
    refuses: refusesUnused(ports),
    lossy: isLossy(evidence),
    mapper: ports.map(({ finding }) => finding).find((found) => found?.kind === 'endpoint-mapper'),
    one: (name) => ports.find(({ requirement }) => requirement === name),
    dynamic: ports.filter(({ requirement }) => requirement === 'dynamic-rpc'),
  };
};

/**
 * How sure it is that the host itself refused. Proven on loopback, and on the same link where no router can reset in its
 * name. Over routers a reset of the last one looks exactly like the host's, and without ICMP so does a port unreachable.
 */
export const refusalConfidence = ({ seesIcmp, way }: Facts, reply: Reply): Confidence =>
  (reply.kind === 'refused' && reply.by === 'target') || (seesIcmp && way.distance === 1)
    ? 'proven'
    : 'likely';

/** Whether a rejection is a filter's word: it says so, or the host is alive for other ports. */
export const isRejectedByFilter = (facts: Facts, { reply }: PortObservation): boolean =>
  reply.kind === 'rejected' && (facts.alive || PROHIBITIONS.has(portState(reply).reason));

/** How sure rejections are, taken together: proven where code and sender were read, an errno may be anybody's. */
export const rejectionConfidence = (rejected: readonly PortObservation[]): Confidence =>
  strongest(rejected.map((one) => (rejecterOf(one) === null ? 'likely' : 'proven')));

/** Whether a filter showed itself at this port: an ICMP rejection, a reset on the way, or packets that die on the way. */
export const isSeenFiltered = (facts: Facts, observation: PortObservation): boolean => {
  const { reply } = observation;
  if (reply.kind === 'refused') return reply.by === 'middlebox';
  return isRejectedByFilter(facts, observation) || diesOnTheWay(facts.way, observation);
};

/** Silence where this host is known to answer otherwise: a filter, by inference. */
const isInferredFiltered = (facts: Facts, { reply, requirement, why }: PortObservation): boolean => {
  if (reply.kind !== 'silent' || !facts.alive) return false;
  // An endpoint that the mapper lists may be kept from us by the host's own rule for that one program.
  return requirement === 'endpoint-mapper' || (facts.refuses && why !== 'listed');
};

/** Whether there is evidence of a filter at this port, seen or inferred. */
export const isFiltered = (facts: Facts, observation: PortObservation): boolean =>
  isSeenFiltered(facts, observation) || isInferredFiltered(facts, observation);

/** How sure silence can be here: one question, or a path that loses packets, makes it weak. */
export const silenceConfidence = (
  facts: Facts,
  observations: readonly PortObservation[],
  best: Confidence,
): Confidence => (facts.lossy || observations.every(({ attempts }) => attempts < 2) ? 'weak' : best);

/** Who rejected a port, in words that follow "rejected by". */
export const rejecterWords = (facts: Facts, observation: PortObservation): string => {
  const from = rejecterOf(observation);
  const { reason } = portState(observation.reply);
  if (from === null) return `an ICMP error (${reason}; this engine cannot see who sent it)`;
  return isRejectedByHost(facts, observation)
    ? `the host itself, ${from} (ICMP ${reason})`
    : `${from} on the way (ICMP ${reason})`;
};
