/** A mailbox in its parts. */
export interface Mailbox {
  readonly name: string;
  readonly address: string;
}

const ADDRESS = String.raw`[^\s@<>(),;:"\\[\]]+@[^\s@<>(),;:"\\]+`;
const BARE = new RegExp(`^${ADDRESS}$`, 'u');
const NAMED = new RegExp(String.raw`^([^<>"@,;:\\]*?)\s*<(${ADDRESS})>$`, 'u');

/** Reads `ops@corp.example` or `Ops <ops@corp.example>`; null for anything else, lists among it. */
export const parseMailbox = (text: string): Mailbox | null => {
  if (BARE.test(text)) return { name: '', address: text };
  const [, name, address] = NAMED.exec(text) ?? [];
  return address === undefined ? null : { name: name ?? '', address };
};

const urlOf = (text: string): URL | null => {
  try {
    return new URL(text);
  } catch {
    return null;
  }
};

/** The host of a URL, an IPv6 address without its brackets. */
export const plainHost = (url: URL): string => url.hostname.replace(/^\[|\]$/g, '');

/** Reads `smtp://host:587` or `smtps://host`; null for anything else. */
export const parseSmtpUrl = (
  text: string,
): { readonly host: string; readonly port: number; readonly secure: boolean } | null => {
  const url = urlOf(text);
  if (!url || url.hostname === '' || url.username || url.password || url.search || url.hash) return null;
  if (url.pathname !== '' && url.pathname !== '/') return null;
  if (url.protocol !== 'smtp:' && url.protocol !== 'smtps:') return null;
  const secure = url.protocol === 'smtps:';
  return { host: plainHost(url), port: Number(url.port) || (secure ? 465 : 587), secure };
};

/** Reads the url of a webhook: http or https, no user or password in it; null for anything else. */
export const parseWebhookUrl = (text: string): URL | null => {
  const url = urlOf(text);
  if (!url || url.username || url.password) return null;
  return url.protocol === 'https:' || url.protocol === 'http:' ? url : null;
};

const PASSWORD_KEYS = /^(pass|password|passwd|pwd)$/i;
const SECRET_KEYS = /^(secret|token|key|signing-?key|api-?key)$/i;

/**
 * Finds a secret that stands in the config itself: where, and where it belongs instead. Every key is looked at, known or
 * not, because a secret under a wrong key is in the file all the same.
 */
export const misplacedSecret = (
  raw: unknown,
  at: string,
): { readonly at: string; readonly why: string } | null => {
  if (typeof raw === 'string' && /^[a-z]+:\/\/[^/?#]*@/i.test(raw))
    return {
      at,
      why: 'holds a user or password, which does not belong in the config: use user with password-env or password-file, or url-env or url-file',
    };
  if (typeof raw !== 'object' || raw === null) return null;
  for (const [key, value] of Object.entries(raw)) {
    const inner = `${at}.${key}`;
    const kind = PASSWORD_KEYS.test(key) ? 'password' : SECRET_KEYS.test(key) ? 'secret' : null;
    if (kind !== null)
      return {
        at: inner,
        why: `does not belong in the config: put it into the environment and name the variable with ${kind}-env, or into a file and name that with ${kind}-file`,
      };
    const found = misplacedSecret(value, inner);
    if (found) return found;
  }
  return null;
};
