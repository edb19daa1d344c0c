import type {
  HostEvidence,
  PortObservation,
  ResponderEvidence,
  ResponderFinding,
} from '../model/evidence.ts';
import { canonicalAddress } from './canonical-address.ts';

/** What is known of a responder on the host. */
export interface ResponderFacts {
  readonly evidence: ResponderEvidence;
  /** Ports on which it listens, as itself said; null when no answer of it arrived. */
  readonly listening: ReadonlySet<number> | null;
  /** Of TCP 135 and 3389, those that another program there listens on. */
  readonly taken: ReadonlySet<number>;
  /** It has closed connections since there were too many. */
  readonly isLimited: boolean;
  /** Whether a port of it answered with its key. */
  readonly isProven: boolean;
  /** Its control connection tells what arrives there, and others connect as well: what arrived may be theirs. */
  readonly isShared: boolean;
  /** What arrived there from this machine for certain. */
  readonly arrived: ReadonlySet<number>;
  readonly challenged: ReadonlySet<number>;
  /** The address that it was reached at, as seen there; null when none of its ports answered. */
  readonly local: string | null;
  /** Where our connections came from, as seen there, when it is no address of this machine. */
  readonly translatedSource: string | null;
}

/** What a port did with the challenge of a responder; null where it was no port of one. */
export const responderFinding = ({ finding }: PortObservation): ResponderFinding | null =>
  finding?.kind === 'responder' ? finding : null;

/** Whether the port answered with the key of the responder: the connection went to the novice's machine and back. */
export const isKeyed = (observation: PortObservation): boolean =>
  responderFinding(observation)?.speech === 'spoke';

/** What the evidence says of a responder; null where none was asked for. */
export const responderFactsOf = ({ responder, ports }: HostEvidence): ResponderFacts | null => {
  if (!responder) return null;
  const findings = ports.flatMap((port) => responderFinding(port) ?? []);
  const spoken = findings.find(({ listening }) => listening !== undefined);
  const listening = responder.noviceReport?.listening ?? spoken?.listening;
  const isShared = responder.noviceReport?.isShared ?? false;
  const source = canonicalAddress(spoken?.seen?.source ?? '');
  const own = responder.ownAddresses.map(canonicalAddress);
  return {
    evidence: responder,
    listening: listening === undefined ? null : new Set(listening),
    taken: new Set(spoken?.taken),
    isLimited: findings.some(({ isLimited }) => isLimited),
    isProven: ports.some(isKeyed),
    isShared,
    arrived: new Set(isShared ? [] : responder.noviceReport?.arrived),
    challenged: new Set(isShared ? [] : responder.noviceReport?.challenged),
    local: canonicalAddress(spoken?.seen?.local ?? ''),
    translatedSource: own.includes(source) ? null : source,
  };
};

/** Whether the silence of a port says nothing, since the responder has not opened it. */
export const isUnopened = (facts: ResponderFacts, { port, why, reply }: PortObservation): boolean =>
  facts.listening !== null &&
  why === 'sampled' &&
  reply.kind === 'silent' &&
  facts.evidence.ports.includes(port) &&
  !facts.listening.has(port);
