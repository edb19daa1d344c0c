import { isForeignReset, type Reply } from './reply.ts';
import type { RequirementName } from './requirement.ts';
import type { Family, PortRange, Target } from './target.ts';
import type { Echo, Resolution } from './wire.ts';

export { REQUIREMENTS, type RequirementName } from './requirement.ts';

/**
 * How a listener took our words: `spoke` its protocol, spoke it but `refused` us, answered something `foreign`,
 * stayed `mute`, or `hung-up` without a word.
 */
export type Speech = 'spoke' | 'refused' | 'foreign' | 'mute' | 'hung-up';

/** One entry of the endpoint mapper that has a TCP tower. Text from the network, not cleaned. */
export interface RpcEndpoint {
  readonly port: number;
  /** `uuid vMAJOR.MINOR`, lower case. */
  readonly interface: string;
  readonly annotation: string;
}

/** What TCP 135 said. */
export interface EndpointMapperFinding {
  readonly kind: 'endpoint-mapper';
  readonly speech: Speech;
  /** `complete` and `cut` (a bound stopped us) have endpoints; `refused`: RPC works, anonymous listing does not. */
  readonly listing: 'complete' | 'cut' | 'refused' | 'none';
  /** The bind was answered and the listing, a much longer answer, did not arrive in time. */
  readonly stalled?: true;
  readonly endpoints: readonly RpcEndpoint[];
  /** IObjectExporter::ServerAlive2: DCOM version and the addresses the target believes it has. */
  readonly resolver:
    | {
        readonly kind: 'answered';
        readonly version: { readonly major: number; readonly minor: number };
        readonly addresses: readonly string[];
      }
    | { readonly kind: 'refused' | 'silent' | 'not-asked' };
}

/** What a bind on a dynamic port said. */
export interface RpcServerFinding {
  readonly kind: 'rpc-server';
  readonly speech: Speech;
}

/** What TCP 3389 said. `negotiated`: the confirm carried negotiation data, readable or not (absent on XP and on 2003 without a service pack). */
export interface RemoteDesktopFinding {
  readonly kind: 'remote-desktop';
  readonly speech: Speech;
  readonly negotiated: boolean;
}

/**
 * What a port did with the challenge of a responder (docs/responder.md). `spoke`: it answered with the key, so the connection reached
 * the novice's machine and came back; the rest is there only then. Anything else: somebody accepted in its name.
 */
export interface ResponderFinding {
  readonly kind: 'responder';
  readonly speech: Exclude<Speech, 'refused'>;
  /** Where the connection came from and which address it reached, as seen there. */
  readonly seen?: { readonly source: string; readonly local: string };
  /** The ports on which the responder says it listens. */
  readonly listening?: readonly number[];
  /** Of TCP 135 and 3389, those that another program there listens on. */
  readonly taken?: readonly number[];
  /** It says that it has closed connections since there were too many. */
  readonly isLimited?: boolean;
  /** A segment of 1,400 bytes each way. */
  readonly large?: 'passed' | 'lost-there' | 'lost-back';
  /** A connection on which nothing was sent for a minute. */
  readonly idle?: 'kept' | 'lost';
}

/** What the conversations with a host found out, by probe. */
export type Finding = EndpointMapperFinding | RpcServerFinding | RemoteDesktopFinding | ResponderFinding;

/**
 * Flows (source ports) over which one port was probed, each until it answered or its silence was confirmed, and those that answered.
 * Fewer answers than flows: equal-cost paths that treat the port differently. `over`: the router that all silent flows and no
 * answering one passed, where traces showed it.
 */
export interface Flows {
  readonly asked: number;
  readonly answered: number;
  readonly over?: string;
  /**
   * Of as many packets to a port that answers, sent beside these, those that were answered. Where it is given, each flow was a
   * single packet: no flow stayed silent, but the port was answered too seldom for loss.
   */
  readonly control?: number;
}

/** The last word on one port of one host, after retries. */
export interface PortObservation {
  readonly port: number;
  readonly requirement: RequirementName;
  /** Why this port was probed: it is the requirement itself, the mapper listed it, the sample drew it, or mapping did. */
  readonly why: 'required' | 'listed' | 'sampled' | 'mapped';
  readonly reply: Reply;
  /** Probes sent, the answered one included. */
  readonly attempts: number;
  /** Of them, those that outlasted this host's round trips and got no answer before one did: packets that were lost. */
  readonly lost?: number;
  /** Absent where one flow was probed. */
  readonly flows?: Flows;
  /** IANA service name, when the conversation proved it (`epmap`, `msrpc`, `ms-wbt-server`). */
  readonly service?: string;
  /** One clear line about the conversation; text from the network, not cleaned. */
  readonly detail?: string;
  readonly finding?: Finding;
}

/** One place on the way, from the TTL that reached it. `address` null when it did not answer. */
export interface Hop {
  readonly ttl: number;
  readonly address: string | null;
  readonly rttMs: number | null;
}

/** A TCP trace to one port. `end` is what came back where the trace stopped; `endTtl` the smallest TTL that got it. */
export interface Trace {
  readonly port: number;
  readonly hops: readonly Hop[];
  readonly end: Reply;
  readonly endTtl: number | null;
  /**
   * Of a trace that fell silent: the first hop that it did not reach, probed again over `flows` new flows to this port and over
   * as many by a port that answers. Of those, `passed` and `control` were answered by the hop. Absent when that was not measured.
   */
  readonly comparison?: HopComparison;
}

/** How often one hop answered to a port and to a port that is known to reach the target (`control`), over `flows` flows each. */
export interface HopComparison {
  readonly ttl: number;
  readonly flows: number;
  readonly passed: number;
  readonly control: number;
}

/** Several routers answered at one TTL: equal-cost paths. */
export interface Multipath {
  readonly ttl: number;
  readonly addresses: readonly string[];
}

/**
 * Whether ports that had answered still did while silent ones were probed again: without that, silence is no evidence about a
 * port. `own`: ports of the host itself; `neighbour`: a host of the same subnet, for a host of which nothing answered.
 */
export interface Control {
  readonly of: 'own' | 'neighbour';
  /** Probes to ports that had answered, sent between those to the silent ones; and those that were answered. */
  readonly asked: number;
  readonly answered: number;
  /** Probes that the host had got (in an audit, its subnet) when answers stopped; null when they did not. */
  readonly stoppedAfter: number | null;
}

/** How the ports of a range answered; `mixed`: not all in the same way. */
export type RangeState = 'reachable' | 'filtered' | 'mixed' | 'unknown';

/** A stretch of ports in one state. `exact`: both edges were seen and confirmed, not inferred from a sample. */
export interface MappedRange extends PortRange {
  readonly state: RangeState;
  readonly exact: boolean;
}

/** Another address of the same name, with what its TCP 135 said. */
export interface OtherAddress {
  readonly address: string;
  readonly family: Family;
  readonly reply: Reply;
}

/**
 * What the firewall of the responder's own machine does with its ports, as far as the machine could tell when it started. `none`: no
 * Windows, so nothing is known; `lets-in`, `blocks`: the Windows Firewall as it was read; `unknown`: Windows, not read.
 */
export const OWN_FIREWALLS = ['none', 'lets-in', 'blocks', 'unknown'] as const;
export type OwnFirewall = (typeof OWN_FIREWALLS)[number];

/** A responder that should run on the host: what its code says, and what its control connection reported. */
export interface ResponderEvidence {
  /** The ports that its code names. */
  readonly ports: readonly number[];
  readonly firewall: OwnFirewall;
  /** By the clock of this machine its time was over when the host had been probed. */
  readonly hasEnded: boolean;
  /** Addresses of this machine, for the one that the responder sees. */
  readonly ownAddresses: readonly string[];
  /**
   * Null without a control connection. Ports on which it listens, at which something arrived, and a challenge with the key; `isShared`:
   * connections of several addresses arrived, so that some of that may be another expert's.
   */
  readonly noviceReport: {
    readonly listening: readonly number[];
    readonly arrived: readonly number[];
    readonly challenged: readonly number[];
    readonly isShared: boolean;
  } | null;
}

/** What an extra probe found at one port. No rule reads it. */
export interface ExtraObservation {
  readonly probe: string;
  readonly port: number;
  readonly reply: Reply;
  readonly attempts: number;
  /** Text from the network, not cleaned. */
  readonly service?: string;
  readonly detail?: string;
}

/** All that was learnt about one host. Input of the verdict; never changed by it. */
export interface HostEvidence {
  readonly target: Target;
  /** Null when the name gave none. */
  readonly address: string | null;
  readonly family: Family | null;
  /** Names known for it, the one typed first. */
  readonly names: readonly string[];
  /** Null for targets given as addresses. */
  readonly resolution: Resolution | null;
  readonly otherAddresses: readonly OtherAddress[];
  readonly echo: Echo;
  readonly ports: readonly PortObservation[];
  /** Filled by mapping; empty when it did not run. */
  readonly mapped: readonly MappedRange[];
  /** Filled by tracing; empty when it did not run. */
  readonly traces: readonly Trace[];
  /** Probes that were lost of those to ports that answered (`lost`), controls included: an estimate of loss on this path, 0..1. */
  readonly lossEstimate: number;
  /** Null when no silence had to be checked, or nothing had answered that could check it. */
  readonly control: Control | null;
  /** TTLs at which several routers answered; empty on a single path, or where nothing was traced. */
  readonly multipath: readonly Multipath[];
  /** Present where the address is on a network of this machine and nothing answered ARP for it. */
  readonly withoutNeighbour?: true;
  /** Absent without extra probes. */
  readonly extras?: readonly ExtraObservation[];
  /** Stopped before every probe was sent. */
  readonly interrupted: boolean;
  /** Absent without a responder. */
  readonly responder?: ResponderEvidence;
}

/** Whether a refusal is shown to be the target's own: no router is in between, or it arrived with the TTL of its accepts. */
export const isShownRefusal = (reply: Reply): boolean =>
  reply.kind === 'refused' && (reply.ttlMatch === undefined ? reply.by === 'target' : reply.ttlMatch);

/** Whether a responder answered with its key: then silence on another of its ports is a filter. */
export const isResponderProven = (observations: readonly PortObservation[]): boolean =>
  observations.some(({ finding }) => finding?.kind === 'responder' && finding.speech === 'spoke');

/** Ports below are no dynamic ports, nor 3389. */
const FIRST_UNUSED = 1025;

/**
 * Whether this host answers where nothing listens; then silence on another port is somebody's filter, otherwise it may be the
 * stealth mode of Windows Firewall, which is no filter. One dynamic port whose refusal is shown to be the host's is enough.
 * Refusals of an unknown sender count when they lie apart, with other answers or silence in between: a device that resets one
 * block in the host's name refuses all of that block and nothing else. They do not when a listed port, where something
 * listens, is refused as well.
 */
export const refusesUnused = (observations: readonly PortObservation[]): boolean => {
  const refused = observations.filter(
    ({ requirement, reply }) =>
      requirement === 'dynamic-rpc' && reply.kind === 'refused' && !isForeignReset(reply),
  );
  if (refused.some(({ reply }) => isShownRefusal(reply))) return true;
  if (refused.some(({ why }) => why === 'listed')) return false;
  const unused = observations
    .filter(({ port, reply }) => port >= FIRST_UNUSED && reply.kind !== 'unknown')
    .toSorted((a, b) => a.port - b.port);
  const isRefused = (one: PortObservation | undefined): boolean => one !== undefined && refused.includes(one);
  return unused.filter((one, i) => isRefused(one) && !isRefused(unused[i - 1])).length > 1;
};
