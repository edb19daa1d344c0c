import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Sign-ins last this long, and no longer than the server: the key of the cookies is made anew with it. */
const SESSION_MS = 12 * 3_600_000;

/**
 * Wrong tokens a minute, of one address and of all, after which guesses are told to stop. The right token is taken even then:
 * at the some thousand guesses a second that the server answers, that is 2^37 a year of 2^64 tokens of 16 hex digits.
 */
const MINUTE_MS = 60_000;
const WRONG_OF_ONE = 10;
const WRONG_OF_ALL = 100;

/** Shortest token, characters. */
export const SHORTEST_TOKEN = 16;

/** What became of a request for access. `limited`: wrong, and too many were by now. */
export type Access = 'granted' | 'missing' | 'wrong' | 'limited';

/** Who may read. */
export interface Authenticator {
  /** Looks at the Authorization and Cookie headers of a request. */
  check(authorization: string | undefined, cookie: string | undefined, address: string): Access;
  /** Looks at a token that was typed. */
  tryToken(token: string, address: string): Access;
  /** A Set-Cookie header for a client that gave the token; it holds an expiry and a MAC, never the token. */
  cookie(): string;
  /** A Set-Cookie header that ends the sign-in in this browser. */
  noCookie(): string;
}

/** Guards with one token. `name` is the name of its cookie, `now` the time in milliseconds. */
export const authenticatorFor = (token: string, name: string, now: () => number): Authenticator => {
  const key = randomBytes(32);
  const mac = (text: string): Buffer => createHmac('sha256', key).update(text).digest();
  // MACs are of one length, so the time of a comparison says nothing of the texts.
  const same = (a: string, b: string): boolean => timingSafeEqual(mac(a), mac(b));

  let minute = -1;
  let wrong = 0;
  const wrongOf = new Map<string, number>();

  const tryToken = (given: string, address: string): Access => {
    const current = Math.floor(now() / MINUTE_MS);
    if (current !== minute) {
      minute = current;
      wrong = 0;
      wrongOf.clear();
    }
    // Looked at first: who guesses must not lock out who knows, and behind a proxy all have one address.
    if (same(given, token)) return 'granted';
    const before = wrongOf.get(address) ?? 0;
    if (before >= WRONG_OF_ONE || wrong >= WRONG_OF_ALL) return 'limited';
    wrong++;
    wrongOf.set(address, before + 1);
    return 'wrong';
  };

  const session = (expires: number): string => mac(`session ${expires}`).toString('base64url');
  const isSession = (value: string): boolean => {
    const [, expires = '', given = ''] = /^(\d{1,15})\.([\w-]{43})$/.exec(value) ?? [];
    return expires !== '' && same(given, session(Number(expires))) && now() < Number(expires);
  };
  const sessionsIn = (cookie: string): readonly string[] =>
    cookie
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(`${name}=`))
      .map((pair) => pair.slice(name.length + 1));

  const attributes = 'Path=/; HttpOnly; SameSite=Strict';
  return {
    tryToken,
    check: (authorization, cookie, address) => {
      if (cookie !== undefined && sessionsIn(cookie).some(isSession)) return 'granted';
      const [, given] = /^Bearer +([\x21-\x7e]+) *$/i.exec(authorization ?? '') ?? [];
      return given === undefined ? 'missing' : tryToken(given, address);
    },
    cookie: () => {
      const expires = now() + SESSION_MS;
      return `${name}=${expires}.${session(expires)}; ${attributes}`;
    },
    noCookie: () => `${name}=; ${attributes}; Max-Age=0`,
  };
};
