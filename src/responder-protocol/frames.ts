import { addressBytes, addressIn } from './address.ts';
import { isMac, type Keys, MAC_SIZE, macOf, type Use } from './keys.ts';
import { SET_SIZE } from './responder-ports.ts';

/** How every frame begins; a port closes at once on anything else. */
export const MAGIC: Uint8Array = Buffer.from('RAP1', 'latin1');
/** Bytes of a nonce. */
export const NONCE_SIZE = 16;

/** Bytes of each frame. What the novice's side has sent is never more than what it has received, at any time. */
export const CHALLENGE_SIZE = 160;
export const ANSWER_SIZE = 112;
export const LARGE_SIZE = 1400;
export const RECEIPT_SIZE = 40;
/** Everything that one connection may bring a responder. */
export const MOST_THERE = CHALLENGE_SIZE + LARGE_SIZE;

/** How long the connection rests on request before the responder speaks again, milliseconds. */
export const IDLE_MS = 60_000;

/** What is wanted after the answer: a segment of LARGE_SIZE each way, an idle minute, or nothing. */
export const WANTS = ['answer', 'large', 'idle'] as const;
export type Wants = (typeof WANTS)[number];

const KINDS = {
  challenge: 1,
  answer: 2,
  large: 3,
  receipt: 4,
  hello: 5,
  welcome: 6,
  report: 7,
  beat: 8,
} as const;
const HEAD = 8;

/** A frame of `size` bytes with its kind, one byte and a port; the MAC is put in later. */
export const blank = (size: number, kind: keyof typeof KINDS, byte: number, port: number): Buffer => {
  const frame = Buffer.alloc(size);
  frame.set(MAGIC);
  frame[4] = KINDS[kind];
  frame[5] = byte;
  frame.writeUInt16BE(port, 6);
  return frame;
};

/** Puts the MAC over what was said before and this frame at its end. */
export const sealed = (frame: Buffer, key: Buffer, before: readonly Uint8Array[] = []): Uint8Array => {
  const body = frame.subarray(0, -MAC_SIZE);
  frame.set(macOf(key, [...before, body]), body.length);
  return frame;
};

/** The frame when its kind and MAC are right, null otherwise. */
export const opened = (
  bytes: Uint8Array,
  kind: keyof typeof KINDS,
  key: Buffer,
  before: readonly Uint8Array[] = [],
): Buffer | null => {
  const frame = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (frame.length < HEAD + MAC_SIZE || !MAGIC.every((byte, at) => frame[at] === byte)) return null;
  if (frame[4] !== KINDS[kind]) return null;
  return isMac(frame.subarray(-MAC_SIZE), key, [...before, frame.subarray(0, -MAC_SIZE)]) ? frame : null;
};

/** What the expert's side says first on a connection: the port and the address that it dialled, and its nonce. */
export interface Challenge {
  readonly port: number;
  readonly address: string;
  readonly wants: Wants;
  /** NONCE_SIZE bytes, never used twice. */
  readonly nonce: Uint8Array;
}

const NONCE_AT = HEAD;
const ADDRESS_AT = NONCE_AT + NONCE_SIZE;

/** A challenge as it is sent. */
export const challengeBytes = ({ challenge: key }: Keys, { port, address, wants, nonce }: Challenge) => {
  const frame = blank(CHALLENGE_SIZE, 'challenge', WANTS.indexOf(wants), port);
  frame.set(nonce, NONCE_AT);
  frame.set(addressBytes(address), ADDRESS_AT);
  return sealed(frame, key);
};

/** Reads a challenge; null unless it was made with the key. */
export const readChallenge = ({ challenge: key }: Keys, bytes: Uint8Array): Challenge | null => {
  const frame = bytes.length === CHALLENGE_SIZE ? opened(bytes, 'challenge', key) : null;
  const wants = WANTS[frame?.[5] ?? 0];
  if (!frame || !wants) return null;
  return {
    port: frame.readUInt16BE(6),
    address: addressIn(frame.subarray(ADDRESS_AT, ADDRESS_AT + 16)),
    wants,
    nonce: frame.subarray(NONCE_AT, NONCE_AT + NONCE_SIZE),
  };
};

/** What a port says of itself: the connection as it is seen there, and the ports of the draw that it listens on (`setBytes`). */
export interface Answer {
  readonly port: number;
  readonly source: { readonly address: string; readonly port: number };
  /** The address that the connection arrived at there. */
  readonly local: string;
  readonly listening: Uint8Array;
  /** It has closed connections since there were too many: one that is closed without an answer may be its own doing. */
  readonly isLimited: boolean;
  /** Of TCP 135 and 3389, those that another program of that machine listens on. */
  readonly taken: readonly number[];
  readonly nonce: Uint8Array;
}

/** Bits of an answer's flags. */
const LIMITED = 1;
const TAKEN: readonly (readonly [bit: number, port: number])[] = [
  [2, 135],
  [4, 3389],
];

const SOURCE_AT = NONCE_AT + NONCE_SIZE;
const LOCAL_AT = SOURCE_AT + 18;
const SET_AT = LOCAL_AT + 16;

/** The answer to a challenge, as it is sent. */
export const answerBytes = ({ answer: key }: Keys, challenge: Uint8Array, answer: Answer): Uint8Array => {
  const taken = TAKEN.reduce((sum, [bit, port]) => sum + (answer.taken.includes(port) ? bit : 0), 0);
  const flags = (answer.isLimited ? LIMITED : 0) + taken;
  const frame = blank(ANSWER_SIZE, 'answer', flags, answer.port);
  frame.set(answer.nonce, NONCE_AT);
  frame.set(addressBytes(answer.source.address), SOURCE_AT);
  frame.writeUInt16BE(answer.source.port, SOURCE_AT + 16);
  frame.set(addressBytes(answer.local), LOCAL_AT);
  frame.set(answer.listening, SET_AT);
  return sealed(frame, key, [challenge]);
};

/** Reads the answer to a challenge; null unless it was made with the key, for this challenge and its port. */
export const readAnswer = (
  { answer: key }: Keys,
  challenge: Uint8Array,
  port: number,
  bytes: Uint8Array,
): Answer | null => {
  const frame = bytes.length === ANSWER_SIZE ? opened(bytes, 'answer', key, [challenge]) : null;
  if (!frame || frame.readUInt16BE(6) !== port) return null;
  return {
    port,
    source: {
      address: addressIn(frame.subarray(SOURCE_AT, SOURCE_AT + 16)),
      port: frame.readUInt16BE(SOURCE_AT + 16),
    },
    local: addressIn(frame.subarray(LOCAL_AT, LOCAL_AT + 16)),
    listening: frame.subarray(SET_AT, SET_AT + SET_SIZE),
    isLimited: ((frame[5] ?? 0) & LIMITED) !== 0,
    taken: TAKEN.flatMap(([bit, taken]) => (((frame[5] ?? 0) & bit) === 0 ? [] : [taken])),
    nonce: frame.subarray(NONCE_AT, NONCE_AT + NONCE_SIZE),
  };
};

/** Challenge and answer of one connection: all that follows on it is bound to both nonces by them. */
export type ChallengeExchange = readonly [challenge: Uint8Array, answer: Uint8Array];

type After = 'largeThere' | 'receipt' | 'largeBack' | 'idle';
const AFTER: Readonly<Record<After, { readonly kind: 'large' | 'receipt'; readonly size: number }>> = {
  largeThere: { kind: 'large', size: LARGE_SIZE },
  receipt: { kind: 'receipt', size: RECEIPT_SIZE },
  largeBack: { kind: 'large', size: LARGE_SIZE },
  idle: { kind: 'receipt', size: RECEIPT_SIZE },
};

/** A frame that follows the answer. */
export const followBytes = (keys: Keys, use: After & Use, exchange: ChallengeExchange): Uint8Array => {
  const { kind, size } = AFTER[use];
  return sealed(blank(size, kind, 0, 0), keys[use], exchange);
};

/** Whether these bytes are that frame, of this exchange. */
export const isFollow = (
  keys: Keys,
  use: After & Use,
  exchange: ChallengeExchange,
  bytes: Uint8Array,
): boolean =>
  bytes.length === AFTER[use].size && opened(bytes, AFTER[use].kind, keys[use], exchange) !== null;
