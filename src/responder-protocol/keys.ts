import { createHmac, timingSafeEqual } from 'node:crypto';

/** Bytes of a MAC: HMAC-SHA256. */
export const MAC_SIZE = 32;

/** What a key is for, and in which direction: what was made for one use is worth nothing for another. */
const USES = {
  challenge: 'challenge, expert to novice',
  answer: 'answer, novice to expert',
  largeThere: 'large segment, expert to novice',
  receipt: 'receipt, novice to expert',
  largeBack: 'large segment, novice to expert',
  idle: 'end of the idle minute, novice to expert',
  hello: 'control hello, novice to expert',
  welcome: 'control welcome, expert to novice',
  report: 'control report, novice to expert',
  beat: 'control beat, expert to novice',
} as const;

/** What a key is for. */
export type Use = keyof typeof USES;

/** A key for each use. */
export type Keys = Readonly<Record<Use, Buffer>>;

const derive = (secret: Uint8Array, use: Use): Buffer =>
  createHmac('sha256', secret).update(`ra-preflight responder 1: ${USES[use]}`).digest();

/** The keys that a secret gives. */
export const keysOf = (secret: Uint8Array): Keys => {
  const uses = Object.keys(USES) as Use[];
  return Object.fromEntries(uses.map((use) => [use, derive(secret, use)])) as Record<Use, Buffer>;
};

/** The MAC of parts, one after the other; all but the last have a fixed length, so no two lists give the same bytes. */
export const macOf = (key: Buffer, parts: readonly Uint8Array[]): Buffer => {
  const hmac = createHmac('sha256', key);
  for (const part of parts) hmac.update(part);
  return hmac.digest();
};

/** Compares in a time that does not depend on where two MACs differ. */
export const isMac = (given: Uint8Array, key: Buffer, parts: readonly Uint8Array[]): boolean =>
  given.length === MAC_SIZE && timingSafeEqual(given, macOf(key, parts));
