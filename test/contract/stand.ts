import type { Reply } from '../../src/model/reply.ts';
import type { Endpoint } from '../../src/model/target.ts';
import {
  type Conversation,
  ConversationError,
  type Talk,
  type TalkLimits,
  type Wire,
} from '../../src/model/wire.ts';
import { type AskOptions, askAll, askOne } from './ask.ts';
import type { Peers } from './peers.ts';

/** What a case works with: a fresh wire, and peers on loopback. */
export interface Stand {
  readonly wire: Wire;
  readonly peers: Peers;
  /** Asks with two seconds of patience and a signal that stays quiet. */
  ask(endpoint: Endpoint, options?: AskOptions): Promise<Reply>;
  /** The same for many in one run. */
  askAll(endpoints: readonly Endpoint[], options?: AskOptions): Promise<Reply[]>;
}

/** One thing that every wire must do. */
export interface Case {
  readonly name: string;
  run(stand: Stand): Promise<void>;
}

export const standOn = (wire: Wire, peers: Peers): Stand => ({
  wire,
  peers,
  ask: (endpoint, options) => askOne(wire, endpoint, options),
  askAll: (endpoints, options) => askAll(wire, endpoints, options),
});

/** The reply without what differs from run to run. */
export const said = (reply: Reply): string => {
  switch (reply.kind) {
    case 'refused':
      return `refused by ${reply.by}`;
    case 'unknown':
      return `unknown: ${reply.fault.kind}`;
    default:
      return reply.kind;
  }
};

const LIMITS: TalkLimits = { totalMs: 2000, idleMs: 1000, maxBytes: 1000 };

/** How a talk went, as the peer's words came. */
export interface Heard {
  readonly reply: Reply;
  readonly ms: number;
  readonly end: ConversationError['end'] | null;
  readonly received: string;
  readonly words: readonly string[];
}

/** Holds a talk; `hold` notes what it reads in `words`. */
export const talkTo = async (
  stand: Stand,
  endpoint: Endpoint,
  hold: (io: Conversation, words: string[]) => Promise<void>,
  limits: Partial<TalkLimits> = {},
  signal = new AbortController().signal,
): Promise<Heard> => {
  const words: string[] = [];
  let ended: ConversationError | null = null;
  let started = 0;
  const talk: Talk = {
    limits: { ...LIMITS, ...limits },
    exchange: async (io) => {
      started = performance.now();
      try {
        await hold(io, words);
      } catch (error) {
        if (!(error instanceof ConversationError)) throw error;
        ended = error;
        throw error;
      }
    },
  };
  const reply = await stand.ask(endpoint, { talk, signal });
  const { end, received } = (ended as ConversationError | null) ?? { end: null, received: new Uint8Array() };
  const text = Buffer.from(received).toString();
  return { reply, ms: performance.now() - started, end, received: text, words };
};

export const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
