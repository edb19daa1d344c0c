import { randomBytes } from 'node:crypto';
import type { PortObservation, ResponderFinding } from '../src/model/evidence.ts';
import type { Dial, Probe } from '../src/model/probe.ts';
import type { Endpoint } from '../src/model/target.ts';
import { type Conversation, ConversationError, type Talk, type TalkLimits } from '../src/model/wire.ts';
import type { ResponderCode } from '../src/responder-protocol/code.ts';
import {
  ANSWER_SIZE,
  type Answer,
  type ChallengeExchange,
  challengeBytes,
  followBytes,
  IDLE_MS,
  isFollow,
  LARGE_SIZE,
  MAGIC,
  NONCE_SIZE,
  RECEIPT_SIZE,
  readAnswer,
  type Wants,
} from '../src/responder-protocol/frames.ts';
import { type Keys, keysOf } from '../src/responder-protocol/keys.ts';
import { portsIn, portsOf } from '../src/responder-protocol/responder-ports.ts';
import { unexpectedReply } from './unexpected-reply.ts';

/** Three small replies and a large one; a lost segment is sent again within a second or two. */
export const RESPONDER_LIMITS: TalkLimits = {
  totalMs: 12_000,
  idleMs: 3000,
  maxBytes: ANSWER_SIZE + RECEIPT_SIZE + LARGE_SIZE,
};
/** The same with a minute in which nobody says anything. */
export const IDLE_LIMITS: TalkLimits = {
  totalMs: IDLE_MS + 12_000,
  idleMs: IDLE_MS + 5000,
  maxBytes: ANSWER_SIZE + RECEIPT_SIZE,
};
/** How often an accepted connection that does not answer with the key is tried: one may be lost to a limit. */
const TURNS = 2;
/** Every so manieth port of the draw rests for a minute where that was asked for. */
const IDLE_OF = 8;

type Seen = Omit<PortObservation, 'port' | 'requirement' | 'why'>;
type UnexpectedReply = Pick<ResponderFinding, 'speech'> & { readonly detail: string };

const isWait = (error: unknown): boolean =>
  error instanceof ConversationError && (error.end === 'mute' || error.end === 'too-slow');

/** One conversation with a port of the responder. */
class ChallengeTalk implements Talk {
  readonly limits: TalkLimits;
  readonly #keys: Keys;
  readonly #endpoint: Endpoint;
  readonly #wants: Wants;
  answer: Answer | null = null;
  result: UnexpectedReply = { speech: 'hung-up', detail: 'was not tested' };
  large: ResponderFinding['large'];
  idle: ResponderFinding['idle'];

  constructor(keys: Keys, endpoint: Endpoint, wants: Wants) {
    this.#keys = keys;
    this.#endpoint = endpoint;
    this.#wants = wants;
    this.limits = wants === 'idle' ? IDLE_LIMITS : RESPONDER_LIMITS;
  }

  async exchange(io: Conversation): Promise<void> {
    const { address, port } = this.#endpoint;
    const asked = { port, address, wants: this.#wants, nonce: randomBytes(NONCE_SIZE) };
    const challenge = challengeBytes(this.#keys, asked);
    let received: Uint8Array = new Uint8Array();
    try {
      await io.send(challenge);
      received = await io.read(ANSWER_SIZE);
    } catch (error) {
      this.result = unexpectedReply(error, received, { name: 'the responder', starts: [...MAGIC] });
      return;
    }
    this.answer = readAnswer(this.#keys, challenge, port, received);
    if (this.answer === null) {
      this.result = { speech: 'foreign', detail: 'answers without the key of this code' };
      return;
    }
    this.result = { speech: 'spoke', detail: 'answers with the key of this code' };
    if (this.#wants === 'large') await this.#tryLarge(io, [challenge, received]);
    if (this.#wants === 'idle') await this.#tryIdle(io, [challenge, received]);
  }

  async #tryLarge(io: Conversation, exchange: ChallengeExchange): Promise<void> {
    let lost: ResponderFinding['large'] = 'lost-there';
    try {
      await io.send(followBytes(this.#keys, 'largeThere', exchange));
      if (!isFollow(this.#keys, 'receipt', exchange, await io.read(RECEIPT_SIZE))) return;
      lost = 'lost-back';
      if (isFollow(this.#keys, 'largeBack', exchange, await io.read(LARGE_SIZE))) this.large = 'passed';
    } catch (error) {
      // A connection that was closed or reset says nothing about the size of its segments.
      if (isWait(error)) this.large = lost;
      else if (!(error instanceof ConversationError)) throw error;
    }
  }

  async #tryIdle(io: Conversation, exchange: ChallengeExchange): Promise<void> {
    try {
      if (isFollow(this.#keys, 'idle', exchange, await io.read(RECEIPT_SIZE))) this.idle = 'kept';
    } catch (error) {
      if (isWait(error)) this.idle = 'lost';
      else if (!(error instanceof ConversationError)) throw error;
    }
  }
}

const LARGE_WORDS = {
  passed: '; 1,400 bytes pass each way',
  'lost-there': '; 1,400 bytes in one segment are lost on the way there',
  'lost-back': '; 1,400 bytes in one segment are lost on the way back',
} as const;
const IDLE_WORDS = {
  kept: '; still connected after an idle minute',
  lost: '; the connection is dead after an idle minute',
} as const;

const findingOf = (
  { answer, result, large, idle }: Pick<ChallengeTalk, 'answer' | 'result' | 'large' | 'idle'>,
  draw: readonly number[],
): Pick<Seen, 'service' | 'detail' | 'finding'> => {
  const { speech, detail } = result;
  if (answer === null) return { detail, finding: { kind: 'responder', speech } };
  const seen = { source: answer.source.address, local: answer.local };
  const more = `${large ? LARGE_WORDS[large] : ''}${idle ? IDLE_WORDS[idle] : ''}`;
  return {
    service: 'ra-preflight',
    detail: `${detail}${more}`,
    finding: {
      kind: 'responder',
      speech: 'spoke',
      seen,
      listening: portsIn(draw, answer.listening),
      isLimited: answer.isLimited,
      taken: answer.taken,
      ...(large ? { large } : {}),
      ...(idle ? { idle } : {}),
    },
  };
};

/** Asks ports of one responder for its key. */
class ResponderPorts {
  readonly #keys: Keys;
  readonly #draw: readonly number[];
  readonly #idle: ReadonlySet<number>;

  constructor(code: ResponderCode, wantsIdle: boolean) {
    this.#keys = keysOf(code.secret);
    this.#draw = portsOf(code);
    this.#idle = new Set(wantsIdle ? this.#draw.filter((_, at) => at % IDLE_OF === 0) : []);
  }

  has(port: number): boolean {
    return this.#draw.includes(port);
  }

  async observe(endpoint: Endpoint, dial: Dial): Promise<Seen> {
    const { dialled, talk } = await this.#challenge(endpoint, dial);
    if (dialled.reply.kind !== 'accepted') return dialled;
    let { idle } = talk;
    if (talk.answer !== null && this.#idle.has(endpoint.port)) {
      const resting = new ChallengeTalk(this.#keys, endpoint, 'idle');
      await dial(endpoint, resting);
      idle = resting.idle;
    }
    const { answer, result, large } = talk;
    return { ...dialled, ...findingOf({ answer, result, large, idle }, this.#draw) };
  }

  async #challenge(endpoint: Endpoint, dial: Dial) {
    let talk = new ChallengeTalk(this.#keys, endpoint, 'large');
    const dialled = await dial(endpoint, talk);
    for (let turn = 1; turn < TURNS; turn++) {
      if (dialled.reply.kind !== 'accepted' || talk.answer !== null) break;
      const again = new ChallengeTalk(this.#keys, endpoint, 'large');
      const { reply } = await dial(endpoint, again);
      if (reply.kind === 'accepted') talk = again;
    }
    return { dialled, talk };
  }
}

/** What stands on a port by itself comes first; a port where that does not speak may be the responder's. */
const around = (probe: Probe, ports: ResponderPorts): Probe['observe'] => {
  if (probe.name === 'dynamic-rpc')
    return (endpoint, dial, why) =>
      ports.has(endpoint.port) ? ports.observe(endpoint, dial) : probe.observe(endpoint, dial, why);
  return async (endpoint, dial, why) => {
    const own = await probe.observe(endpoint, dial, why);
    const speech = own.finding?.speech;
    if (own.reply.kind !== 'accepted' || speech === 'spoke' || speech === 'refused') return own;
    const seen = await ports.observe(endpoint, dial);
    if (seen.finding?.speech !== 'spoke') return own;
    // The first reply may hold a TTL that those of later connections do not.
    return { ...seen, reply: own.reply, attempts: own.attempts + seen.attempts };
  };
};

/**
 * The probes for a host on which a responder runs: the ports that its code names are asked for its key, one large segment each way
 * and, where that is wanted, whether some of them stay connected through an idle minute. The sample of the plan must be its ports.
 */
export const throughResponder = (
  probes: readonly Probe[],
  code: ResponderCode,
  wantsIdle: boolean,
): readonly Probe[] => {
  const ports = new ResponderPorts(code, wantsIdle);
  return probes.map((probe) => ({ ...probe, observe: around(probe, ports) }));
};
