import type { LocalFault } from './fault.ts';
import type { Reply } from './reply.ts';
import type { Endpoint, Family } from './target.ts';

/**
 * How a conversation can end before it said what we needed. `mute`: not one byte came; `too-slow`: a time of `TalkLimits` ran out;
 * `too-much`: its bytes did.
 */
export type ConversationEnd = 'closed' | 'reset' | 'mute' | 'too-slow' | 'too-much';

/** Thrown by `Conversation` reads and writes. `received` is what came before the end (bounded), for a `detail`. */
export class ConversationError extends Error {
  override readonly name = 'ConversationError';
  constructor(
    readonly end: ConversationEnd,
    readonly received: Uint8Array,
  ) {
    super(`conversation ended: ${end}`);
  }
}

/** Bounds on one conversation. Every one of them ends it: a hostile peer gets no more than this. */
export interface TalkLimits {
  /** Whole conversation, milliseconds from the accept. */
  readonly totalMs: number;
  /** Longest wait for the next byte, milliseconds. */
  readonly idleMs: number;
  /** Bytes accepted from the peer in all. */
  readonly maxBytes: number;
}

/** An accepted connection as a probe sees it. The wire owns the socket, the clock and the bounds. */
export interface Conversation {
  /** Sends all of it. Throws ConversationError (`closed`, `reset`, `too-slow`). */
  send(bytes: Uint8Array): Promise<void>;
  /** Exactly `size` bytes. Throws ConversationError; `mute` when not one byte ever came within `idleMs`. */
  read(size: number): Promise<Uint8Array>;
}

/** A conversation with its bounds. What `exchange` throws, other than ConversationError, is a bug and rejects `connect`. */
export interface Talk {
  readonly limits: TalkLimits;
  exchange(io: Conversation): Promise<void>;
}

/**
 * One path through equal-cost routers, which choose by addresses and ports: probes that share a flow leave from the same local
 * port. The wire writes the port with the first probe and uses it again for every later one; where another socket holds it by
 * then, the wire takes and writes another. Probes of one flow to one port are sent one after the other, never at the same time.
 */
export interface Flow {
  sourcePort: number | null;
}

/** One packet to one port; what comes back, or that nothing does within `timeoutMs`, is its Reply. A wire never sends it twice. */
export interface WireProbe extends Endpoint {
  /** How long silence lasts, milliseconds. */
  readonly timeoutMs: number;
  /** How many times the port was probed before: an answer to a repetition shows loss. 0 when absent. */
  readonly attempt?: number;
  /** Held on the connection once it is accepted; the reply comes when it has ended. */
  readonly talk?: Talk;
  /** Time to live of the packets sent, 1-255. Only where `capabilities.ttl`. */
  readonly ttl?: number;
  /** Answers that arrive with a lower time to live count as silence, 1-255. Only where `capabilities.minTtl`. */
  readonly minTtl?: number;
  /** The local port to leave from; a new one when absent. */
  readonly flow?: Flow;
}

/** What a wire can see and do here, so that a report never claims what could not be known. */
export interface WireCapabilities {
  /** ICMP type, code and sender of a rejection; without it a port-unreachable looks like a refusal. */
  readonly icmp: boolean;
  /** Limit the TTL of a connect: trace. */
  readonly ttl: boolean;
  /** Drop answers below a TTL: shows who sent a refusal where the TTL of answers is not seen (IP_MINTTL, IPV6_MINHOPCOUNT). */
  readonly minTtl: boolean;
  /** A conversation needs a connection of its own, after a probe without one was accepted. */
  readonly talksApart: boolean;
  /** The TTL of answers is in the replies. */
  readonly seesTtl: boolean;
  /** Shortest wait after which silence is silence on this platform, milliseconds (Windows retries a RST for ~2 s). */
  readonly minTimeoutMs: number;
}

/** The engines, each with the systems on which it can exist; null: on all. A new one is added here, in src/wire and in src/cli/engine.ts. */
const ENGINES = {
  node: null,
  linux: ['linux'],
  syn: ['linux'],
  windows: ['win32'],
} as const satisfies Readonly<Record<string, readonly string[] | null>>;

/** How packets are sent, as `--engine` and reports name it. */
export type WireName = keyof typeof ENGINES;

/** All of them, as they are listed. */
export const WIRE_NAMES = Object.keys(ENGINES) as readonly WireName[];

/** The engines that can exist on a system. */
export const wiresOn = (platform: string): readonly WireName[] =>
  WIRE_NAMES.filter((name) => {
    const systems: readonly string[] | null = ENGINES[name];
    return systems === null || systems.includes(platform);
  });

/** What became of one probe. `probe` is the very object that was taken. */
export interface WireReply<P extends WireProbe = WireProbe> {
  readonly probe: P;
  readonly reply: Reply;
}

/** How a run of probes is controlled, and who gets the replies. */
export interface WireOptions<P extends WireProbe = WireProbe> {
  readonly signal: AbortSignal;
  /**
   * Probes a second, read anew all the time; 0 is a pause. The caller keeps to it; so does a wire that takes probes before
   * the time when they leave.
   */
  readonly perSecond: number;
  /** Called with batches: each probe once, in the order of the answers. What it throws rejects the run. */
  onReplies(replies: readonly WireReply<P>[]): void;
  /** Called once with a function to call when there are probes again after a `null`. Extra calls do no harm. */
  subscribe?(wake: () => void): void;
}

/** How a run of probes ended. */
export interface WireEnd {
  readonly isStopped: boolean;
  /** Probes taken and answered, and packets sent for them. */
  readonly probes: number;
  readonly packets: number;
  /** Answers that could not be trusted, or came again or too late. */
  readonly ignored: number;
  /** Answers that the kernel dropped because we were late. */
  readonly overruns: number;
}

/**
 * The doorway to the network: takes probes, sends each once, gives one Reply for each. Which port is probed, when again and how
 * long to wait is decided by the scanner. Never throws for what the network or this machine did (that is a Reply).
 */
export interface Wire {
  readonly name: WireName;
  readonly capabilities: WireCapabilities;
  /** A run is about to come: what it needs may be made ready meanwhile. */
  prepare?(): void;
  /**
   * Probes are taken as they can be sent, so there may be any number of them; those under way at the same time must differ in
   * endpoint or flow. A `null` says that there is none now and may be later. Memory is bounded, the event loop stays free.
   * Aborting `signal` gives `unknown` with fault `aborted` for what is in flight and takes no more. Shortages of this machine
   * (descriptors, ports, buffers) are `unknown` with a passing fault, and so are answers that were lost here (`too-fast`). Rejects with
   * what `probes` or `onReplies` throw, and with one clear Error when this machine has nothing left to start with.
   */
  run<P extends WireProbe>(probes: Iterable<P | null>, options: WireOptions<P>): Promise<WireEnd>;
  /** Releases what the wire holds between runs. Safe to call twice. */
  close(): Promise<void>;
}

/** What an ICMP echo said. `not-observed` whenever we could not ask or could not listen: never evidence of absence. */
export type Echo =
  | { readonly kind: 'reply'; readonly rttMs: number }
  | { readonly kind: 'no-reply'; readonly waitedMs: number }
  | { readonly kind: 'unreachable'; readonly from: string }
  | { readonly kind: 'not-observed'; readonly why: string };

/** ICMP echo, sent beside the TCP probes and never before them. */
export interface Pinger {
  echo(address: string, family: Family, options: { signal: AbortSignal; timeoutMs: number }): Promise<Echo>;
  close(): void;
}

/** What a name look-up said. `not-found` is an answer about the name; `failed` is trouble with the asking. */
export type Resolution =
  | {
      readonly kind: 'resolved';
      readonly addresses: readonly { readonly address: string; readonly family: Family }[];
    }
  | { readonly kind: 'not-found'; readonly code: string }
  | { readonly kind: 'failed'; readonly fault: LocalFault };

/** Name look-up as the operating system does it (hosts file, suffix search), in the system's order. */
export interface Resolver {
  resolve(name: string, signal: AbortSignal): Promise<Resolution>;
}
