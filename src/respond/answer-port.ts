import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { type Conversation, ConversationError, type TalkLimits } from '../model/wire.ts';
import {
  answerBytes,
  CHALLENGE_SIZE,
  type ChallengeExchange,
  followBytes,
  IDLE_MS,
  isFollow,
  LARGE_SIZE,
  MAGIC,
  MOST_THERE,
  NONCE_SIZE,
  readChallenge,
} from '../responder-protocol/frames.ts';
import type { Keys } from '../responder-protocol/keys.ts';
import type { Nonces } from './nonces.ts';

/** How long a connection may take to show the key, milliseconds; without it, it is closed. */
export const UNPROVEN_MS = 5000;
/**
 * A connection that has shown the key: a large segment that is sent again for some seconds, or the idle minute. One byte more than
 * is read, so that the end of the peer can be waited for.
 */
export const PORT_LIMITS: TalkLimits = {
  totalMs: IDLE_MS + 20_000,
  idleMs: 10_000,
  maxBytes: MOST_THERE + 1,
};

/** One connection to a port of the responder, as the port sees it. */
export interface Caller {
  readonly port: number;
  readonly source: { readonly address: string; readonly port: number };
  readonly local: string;
}

/** What the ports of one responder share. */
export interface PortDeps {
  readonly keys: Keys;
  readonly nonces: Nonces;
  /** The ports that it listens on, as a set of the draw. */
  readonly listening: () => Uint8Array;
  /** Whether connections were closed since there were too many. */
  readonly isLimited: () => boolean;
  /** Ports of the draw that another program of this machine listens on. */
  readonly taken: () => readonly number[];
  /** Called when a connection has shown the key. */
  readonly onChallenge: (caller: Caller) => void;
  /** Ends the idle minute. */
  readonly signal: AbortSignal;
}

const idle = async (
  io: Conversation,
  { keys, signal }: PortDeps,
  exchange: ChallengeExchange,
): Promise<void> => {
  await pause(IDLE_MS, undefined, { signal });
  await io.send(followBytes(keys, 'idle', exchange));
};

const large = async (io: Conversation, { keys }: PortDeps, exchange: ChallengeExchange): Promise<void> => {
  if (!isFollow(keys, 'largeThere', exchange, await io.read(LARGE_SIZE))) return;
  await io.send(followBytes(keys, 'receipt', exchange));
  await io.send(followBytes(keys, 'largeBack', exchange));
};

const converse = async (io: Conversation, caller: Caller, deps: PortDeps): Promise<void> => {
  const { keys, nonces } = deps;
  const start = await io.read(MAGIC.length);
  if (!MAGIC.every((byte, at) => start[at] === byte)) return;
  const challenge = Buffer.concat([start, await io.read(CHALLENGE_SIZE - MAGIC.length)]);
  const asked = readChallenge(keys, challenge);
  // A key for another port is somebody's who forwards, or a record of another conversation.
  if (asked?.port !== caller.port || !nonces.take(asked.nonce)) return;
  deps.onChallenge(caller);
  const { port, source, local } = caller;
  const said = {
    port,
    source,
    local,
    listening: deps.listening(),
    isLimited: deps.isLimited(),
    taken: deps.taken(),
    nonce: randomBytes(NONCE_SIZE),
  };
  const answer = answerBytes(keys, challenge, said);
  await io.send(answer);
  const exchange: ChallengeExchange = [challenge, answer];
  if (asked.wants === 'idle') await idle(io, deps, exchange);
  if (asked.wants === 'large') await large(io, deps, exchange);
  // Until the peer closes: a close of ours might overtake what was sent.
  await io.read(1);
};

/**
 * Serves one connection: says nothing before a challenge with the key for this very port has come, and never more than it was sent.
 * Never throws for what the peer did.
 */
export const answerPort = async (io: Conversation, caller: Caller, deps: PortDeps): Promise<void> => {
  try {
    await converse(io, caller, deps);
  } catch (error) {
    if (!(error instanceof ConversationError || deps.signal.aborted)) throw error;
  }
};
