import { isSameIp } from '../ip/ip.ts';
import {
  type EndpointMapperFinding,
  type HostEvidence,
  isShownRefusal,
  type PortObservation,
  type RequirementName,
  refusesUnused,
} from '../model/evidence.ts';
import { isEchoOfHost, livenessOf } from '../model/liveness.ts';
import type { Plan } from '../model/plan.ts';
import { isForeignReset, isProhibition, portState, type Reply } from '../model/reply.ts';
import type { Confidence } from '../model/report.ts';
import { portCount } from '../model/target.ts';
import type { WireCapabilities } from '../model/wire.ts';
import { canonicalAddress } from './canonical-address.ts';
import { strongest } from './confidence.ts';
import { linkOf } from './link.ts';
import { diesOnPath, type TracedPath, tracedPathOf } from './path.ts';
import { isKeyed, isUnopened, type ResponderFacts, responderFactsOf } from './responder-facts.ts';
import { controlHeld, isLossy, silenceTells } from './silence.ts';

/** Evidence about one host with the questions that every rule asks of it already answered. */
export interface HostFacts {
  readonly evidence: HostEvidence;
  readonly plan: Plan;
  /** The host's address in its one spelling; null when it has none. */
  readonly own: string | null;
  /** The network of this machine that the address lies in; null when routers stand in between, or nobody knows. */
  readonly link: string | null;
  /** The wire reads ICMP errors, so a refusal is a reset for certain. */
  readonly seesIcmp: boolean;
  /** The wire can compare the TTL of a refusal with that of an accept. */
  readonly comparesTtl: boolean;
  readonly path: TracedPath;
  /** Something came from the host itself. */
  readonly alive: boolean;
  /** The host answers where nothing listens, so silence elsewhere is a filter's. */
  readonly refuses: boolean;
  /** Something of the host accepts and TCP 135 is not refused: then what refuses may be taken for the host. */
  readonly knowsHost: boolean;
  /** Dynamic ports are refused in a way that fits a device better than the host: one block beside silence, or a listed port. */
  readonly doubtsRefusals: boolean;
  /** Every random port accepts and none speaks RPC: somebody accepts in the host's name. */
  readonly acceptsAll: boolean;
  /** Who answered before answered to the last while silence was asked. */
  readonly controlHeld: boolean;
  readonly lossy: boolean;
  /** Null where no responder was asked for. */
  readonly responder: ResponderFacts | null;
  readonly mapper: EndpointMapperFinding | undefined;
  readonly observationOf: (name: RequirementName) => PortObservation | undefined;
  readonly dynamic: readonly PortObservation[];
}

/** Whether excludes, the scope or the kind of its addresses leave the host out: nobody asked, so nothing is known of it. */
export const isLeftOut = ({ resolution }: HostEvidence): boolean =>
  resolution?.kind === 'failed' && resolution.fault.code === 'FORBIDDEN';

/** Who sent the ICMP error; null when it was none, or its sender cannot be seen. */
export const rejecterOf = ({ reply }: PortObservation): string | null =>
  reply.kind === 'rejected' && 'from' in reply.cause ? reply.cause.from : null;

const isOwn = (from: string | null, own: string | null): boolean =>
  from !== null && own !== null && isSameIp(from, own);

/** Whether the host itself sent the rejection: its own firewall, then, and not one on the way. */
export const isRejectedByHost = ({ own }: HostFacts, observation: PortObservation): boolean =>
  isOwn(rejecterOf(observation), own);

const isAlive = ({ echo, ports }: HostEvidence, own: string | null): boolean => {
  const isHost = (from: string): boolean => isOwn(from, own);
  return isEchoOfHost(echo, isHost) || ports.some(({ reply }) => livenessOf(reply, isHost) === 'host');
};

/** Random ports that all accept, from which on nobody takes them for listeners of the host. */
const MANY_ACCEPTS = 4;

/** Whether the conversation on an accepted dynamic port was RPC. */
export const speaksRpc = ({ finding }: PortObservation): boolean =>
  finding?.kind === 'rpc-server' && (finding.speech === 'spoke' || finding.speech === 'refused');

/** Whether the conversation on an accepted port was in the protocol that belongs there. */
export const isSpoken = ({ finding }: PortObservation): boolean =>
  finding?.speech === 'spoke' || finding?.speech === 'refused';

/** Whether so many ports drawn at random of `population` accept without speaking RPC that no single machine does it. */
export const acceptsEverything = (sampled: readonly PortObservation[], population: number): boolean =>
  sampled.length >= MANY_ACCEPTS &&
  sampled.length < population &&
  sampled.every((one) => one.reply.kind === 'accepted' && !speaksRpc(one) && !isKeyed(one));

/** Whether anything accepts, and TCP 135, where every Windows listens, is not refused by whomever. */
const knowsHost = (ports: readonly PortObservation[]): boolean =>
  ports.some(({ reply }) => reply.kind === 'accepted') &&
  !ports.some(({ port, reply }) => port === 135 && reply.kind === 'refused');

/** Answers the common questions about one host's evidence. */
export const hostFactsOf = (all: HostEvidence, plan: Plan, capabilities: WireCapabilities): HostFacts => {
  const responder = responderFactsOf(all);
  const evidence =
    responder === null ? all : { ...all, ports: all.ports.filter((one) => !isUnopened(responder, one)) };
  const { address, ports } = evidence;
  const own = address === null ? null : canonicalAddress(address);
  const path = tracedPathOf(evidence.traces, evidence.multipath);
  const isKnown = knowsHost(ports);
  const dynamic = ports.filter(({ requirement }) => requirement === 'dynamic-rpc');
  const isOneLink = capabilities.icmp && path.distance === 1;
  const isShown = ports.some(({ reply }) => isShownRefusal(reply));
  const hasRefusals = dynamic.some(({ reply }) => reply.kind === 'refused' && !isForeignReset(reply));
  const refuses = isOneLink ? hasRefusals : refusesUnused(ports) && (isKnown || isShown);
  return {
    evidence,
    plan,
    own,
    link: linkOf(plan, address),
    seesIcmp: capabilities.icmp,
    comparesTtl: capabilities.minTtl || capabilities.seesTtl,
    path,
    alive: isAlive(evidence, own),
    refuses,
    knowsHost: isKnown,
    doubtsRefusals:
      hasRefusals &&
      !refuses &&
      dynamic.some(({ why, reply }) => reply.kind === (why === 'listed' ? 'refused' : 'silent')),
    acceptsAll: acceptsEverything(
      dynamic.filter(({ why }) => why === 'sampled'),
      portCount(plan.rpcRange),
    ),
    controlHeld: controlHeld(evidence),
    lossy: isLossy(evidence),
    responder,
    mapper: ports.map(({ finding }) => finding).find((found) => found?.kind === 'endpoint-mapper'),
    observationOf: (name) => ports.find(({ requirement }) => requirement === name),
    dynamic,
  };
};

/**
 * Whether a refusal is shown to be the host's own: nobody stands in between (loopback, the same link), or it arrived with the
 * TTL of the host's accepts.
 */
export const isOwnRefusal = ({ seesIcmp, path }: HostFacts, reply: Reply): boolean =>
  isShownRefusal(reply) ||
  (reply.kind === 'refused' && !isForeignReset(reply) && seesIcmp && path.distance === 1);

/** Whether a refusal shows that the way is clear: it is the host's, or may be taken for it. */
export const passesByRefusal = (facts: HostFacts, reply: Reply): boolean =>
  reply.kind === 'refused' &&
  !isForeignReset(reply) &&
  ((facts.knowsHost && !facts.doubtsRefusals) || isOwnRefusal(facts, reply));

/**
 * How sure it is that the host itself refused. Proven where nobody can stand in between. Over routers likely: a device as far
 * away as the host sends resets with the same TTL. Weak on a wire that cannot compare TTLs, to which any router's looks alike.
 */
export const refusalConfidence = (facts: HostFacts, reply: Reply): Confidence => {
  if (reply.kind !== 'refused') return 'weak';
  if (facts.seesIcmp && facts.path.distance === 1) return 'proven';
  if (reply.ttlMatch === undefined && reply.by === 'target') return 'proven';
  return reply.ttlMatch || facts.comparesTtl ? 'likely' : 'weak';
};

/** What a refusal over routers leaves open, as a sentence that follows another; empty where nothing is left open. */
export const refusalDoubt = (confidence: Confidence): string => {
  if (confidence === 'proven') return '';
  return confidence === 'likely'
    ? ' A reset that crossed a router probably, but not certainly, came from the host.'
    : ' This engine cannot tell who sent the resets.';
};

/** Why no ping could be sent, though one was wanted; null when one was sent, none was wanted, or not even ARP was answered. */
export const unpinged = ({ evidence: { echo, withoutNeighbour }, plan }: HostFacts): string | null =>
  plan.ping && echo.kind === 'not-observed' && !withoutNeighbour ? echo.why : null;

/** Whether a rejection is a filter's word: it says so, or the host is alive for other ports. */
export const isRejectedByFilter = (facts: HostFacts, { reply }: PortObservation): boolean =>
  reply.kind === 'rejected' && (facts.alive || isProhibition(reply));

/** ICMP errors that may pass (RFC 1122 4.2.3.9), so often in a row on one port that they are final. */
const FINAL_SOFT_ERRORS = 3;

/** Whether a rejection is final: it says that a filter forbids, or every one of several probes came back with it. */
export const isFinalRejection = ({ reply, attempts, lost = 0 }: PortObservation): boolean =>
  isProhibition(reply) || (lost === 0 && attempts >= FINAL_SOFT_ERRORS);

/** How sure rejections are, taken together: proven where code and sender were read and the error is final. */
export const rejectionConfidence = (rejected: readonly PortObservation[]): Confidence =>
  strongest(rejected.map((one) => (rejecterOf(one) !== null && isFinalRejection(one) ? 'proven' : 'likely')));

/** How sure resets by another than the host are: only a TTL that is not the host's proves another sender. */
export const resetConfidence = (reset: readonly PortObservation[]): Confidence =>
  reset.some(({ reply }) => reply.kind === 'refused' && reply.ttlMatch === false) ? 'proven' : 'likely';

/** Whether a filter showed itself at this port: an ICMP rejection, a reset on the way, or packets that die on the way. */
export const isSeenFiltered = (facts: HostFacts, observation: PortObservation): boolean => {
  const { reply } = observation;
  if (reply.kind === 'refused') return isForeignReset(reply);
  return isRejectedByFilter(facts, observation) || diesOnPath(facts.path, observation);
};

/** Silence where this host is known to answer otherwise: a filter, by inference. */
const isInferredFiltered = (facts: HostFacts, observation: PortObservation): boolean => {
  const { port, reply, requirement, why } = observation;
  if (reply.kind !== 'silent' || !silenceTells(facts.evidence, observation)) return false;
  if (facts.responder?.listening?.has(port)) return true;
  if (!facts.alive) return false;
  // An endpoint that the mapper lists may be kept from us by the host's own rule for that one program.
  return requirement === 'endpoint-mapper' || (facts.refuses && why !== 'listed');
};

/** Whether there is evidence of a filter at this port, seen or inferred. */
export const isFiltered = (facts: HostFacts, observation: PortObservation): boolean =>
  isSeenFiltered(facts, observation) || isInferredFiltered(facts, observation);

/** Who rejected a port, in words that follow "rejected by". */
export const rejecterWords = (facts: HostFacts, observation: PortObservation): string => {
  const from = rejecterOf(observation);
  const { reason } = portState(observation.reply);
  if (from === null)
    return `an ICMP error (${reason}; this engine cannot see who sent it, and a firewall on this machine looks the same)`;
  return isRejectedByHost(facts, observation)
    ? `the host itself, ${from} (ICMP ${reason})`
    : `${from} on the path (ICMP ${reason})`;
};
