import { createHmac, timingSafeEqual } from 'node:crypto';
import { UsageError } from '../model/fault.ts';

/** What is signed: a text, and the proof that somebody with the fleet key wrote it for this purpose. */
export interface Signed {
  readonly body: string;
  readonly mac: string;
}

/** What a message is for. One that was signed for a purpose and a vantage counts for no other. */
export type Purpose = 'plan' | 'shard' | 'batch' | 'worker' | 'lease';

/** Fewest characters of a fleet key. */
const LEAST_KEY = 16;

/** Signs with the fleet key, and checks what others signed. */
export interface Seal {
  sign(purpose: Purpose, vantage: string, value: unknown): Signed;
  /** What was signed; null when it was not signed with this key for this purpose and vantage. */
  open(purpose: Purpose, vantage: string, signed: unknown): unknown;
}

const isSigned = (value: unknown): value is Signed =>
  typeof value === 'object' &&
  value !== null &&
  'body' in value &&
  'mac' in value &&
  typeof value.body === 'string' &&
  typeof value.mac === 'string';

/** Seals with this key (HMAC-SHA256). Throws UsageError for a key that is too short. The key itself is never sent. */
export const sealWith = (key: string): Seal => {
  const secret = key.trim();
  if (secret.length < LEAST_KEY)
    throw new UsageError(
      `the fleet key has ${secret.length} characters, expected ${LEAST_KEY} or more; 'openssl rand -hex 32' makes one`,
    );
  const macOf = (purpose: Purpose, vantage: string, body: string): Buffer =>
    createHmac('sha256', secret).update(`ra-preflight/fleet@1\n${purpose}\n${vantage}\n${body}`).digest();
  return {
    sign: (purpose, vantage, value) => {
      const body = JSON.stringify(value);
      return { body, mac: macOf(purpose, vantage, body).toString('base64') };
    },
    open: (purpose, vantage, signed) => {
      if (!isSigned(signed)) return null;
      const expected = macOf(purpose, vantage, signed.body);
      const given = Buffer.from(signed.mac, 'base64');
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
      try {
        return JSON.parse(signed.body);
      } catch {
        return null;
      }
    },
  };
};

/** How a text of the store is written: as JSON.stringify() writes what sign() gives. */
const BODY = '{"body":';
const MAC = ',"mac":"';
const END = /^[\w+/=]{1,100}"\}$/;

/**
 * A text of the store as Signed; null for anything else. Only a text in quotes is parsed: of lists in lists JSON.parse() makes fifty times
 * their size, and nothing shows yet who wrote them.
 */
export const signedIn = (text: string | null): Signed | null => {
  if (typeof text !== 'string' || !text.startsWith(`${BODY}"`)) return null;
  const at = text.lastIndexOf(MAC);
  const mac = text.slice(at + MAC.length);
  if (at < 0 || !END.test(mac)) return null;
  try {
    return { body: JSON.parse(text.slice(BODY.length, at)), mac: mac.slice(0, -2) };
  } catch {
    return null;
  }
};
