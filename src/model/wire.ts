import type { LocalFault } from './fault.ts';
import type { Reply } from './reply.ts';
import type { Endpoint, Family } from './target.ts';

/** How a conversation can end before it said what we needed. */
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

/** A conversation with its bounds. What `hold` throws, other than ConversationError, is a bug and rejects `connect`. */
export interface Talk {
  readonly limits: TalkLimits;
  hold(io: Conversation): Promise<void>;
}

export interface ConnectOptions {
  readonly signal: AbortSignal;
  /** How long silence lasts, milliseconds. */
  readonly timeoutMs: number;
  /** Held on the connection once it is accepted; the reply comes when it has ended. */
  readonly talk?: Talk;
  /** Time to live of the packets sent, 1-255. Only where `capabilities.ttl`. */
  readonly ttl?: number;
}

/** What a wire can see and do here, so that a report never claims what could not be known. */
export interface WireCapabilities {
  /** ICMP type, code and sender of a rejection; without it a port-unreachable looks like a refusal. */
  readonly icmp: boolean;
  /** Limit the TTL of a connect: trace. */
  readonly ttl: boolean;
  /** Shortest wait after which silence is silence on this platform, milliseconds (Windows retries a RST for ~2 s). */
  readonly minTimeoutMs: number;
}

export type WireName = 'node' | 'linux' | 'syn';

/**
 * The doorway to the network: one question, one Reply. Never throws for what the network or this machine did
 * (that is a Reply); aborting `signal` gives `unknown` with fault `aborted`. The socket is closed before it resolves.
 */
export interface Wire {
  readonly name: WireName;
  readonly capabilities: WireCapabilities;
  connect(endpoint: Endpoint, options: ConnectOptions): Promise<Reply>;
  /** Releases what the wire holds between connects. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * How silence is taken: how long it lasts each time, milliseconds, and how often it is asked again (0 or more); `lastMs` is the
 * wait after the last time where that is another. Read anew whenever silence is due, so what was learnt of the network
 * meanwhile counts.
 */
export interface Patience {
  readonly timeoutMs: number;
  readonly retries: number;
  readonly lastMs?: number;
}

/** One question of a sweep, with the patience of the sweep unless it has its own. */
export interface SweepProbe extends Endpoint {
  patience?: Patience;
}

/** What became of one probe of a sweep. `endpoint` is the very probe; `attempts`: how many times it was asked. */
export interface SweepReply<P extends SweepProbe = SweepProbe> {
  readonly endpoint: P;
  readonly reply: Reply;
  readonly attempts: number;
}

export interface SweepOptions<P extends SweepProbe = SweepProbe> extends Patience {
  readonly signal: AbortSignal;
  /** Packets sent in a second, repetitions included; 1 or more. Read anew all the time; 0 is a pause. */
  readonly perSecond: number;
  /** Told in batches, each probe once, in the order of the answers. What it throws rejects the sweep. */
  onReplies(replies: readonly SweepReply<P>[]): void;
}

/** How a sweep ended. */
export interface SweepEnd {
  readonly isStopped: boolean;
  /** Probes taken and told, and packets sent for them. */
  readonly probes: number;
  readonly packets: number;
  /** Answers that could not be trusted, or came again or too late. */
  readonly ignored: number;
  /** Answers that the kernel dropped because we were late; the probes were asked again and the sweep went slower. */
  readonly overruns: number;
}

/**
 * Many single questions at a steady pace. Probes are taken as they can be sent, so there may be any number of them; those
 * under way at the same time must differ. A `null` says that there is none now and may be later; a probe that
 * comes again while it is under way is not asked for that, but its patience is what it now is. Probes may have some
 * thirty different `patience` objects in all. Memory is bounded, the event loop stays free. Aborting `signal` tells `unknown` with fault
 * `aborted` for what is under way and takes no more. Rejects with what `probes` or `onReplies` throw, with a RangeError for
 * numbers that make no sense, and with one clear Error when this machine has no descriptor or port left to start with.
 */
export interface Sweeper {
  /** A sweep is about to come: what it needs may be made ready meanwhile. */
  prepare?(): void;
  sweep<P extends SweepProbe>(probes: Iterable<P | null>, options: SweepOptions<P>): Promise<SweepEnd>;
}

/** What an ICMP echo said. `not-observed` whenever we could not ask or could not listen: never evidence of absence. */
export type Echo =
  | { readonly kind: 'reply'; readonly rttMs: number }
  | { readonly kind: 'no-reply'; readonly waitedMs: number }
  | { readonly kind: 'unreachable'; readonly from: string }
  | { readonly kind: 'not-observed'; readonly why: string };

/** ICMP echo, asked beside the TCP probes and never before them. */
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
