import { createHmac } from 'node:crypto';
import { withTimeout } from './with-timeout.ts';

/** What a webhook needs of the world. Times in milliseconds. */
export interface WebhookDeps {
  now(): number;
  /** Rejects when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** 0 to 1, for the jitter. */
  random(): number;
  readonly signal: AbortSignal;
  readonly userAgent: string;
}

/** One delivery: the same `id` over all tries, so that a receiver can drop what it has seen. */
export interface WebhookPost {
  readonly id: string;
  readonly url: URL;
  readonly body: string;
  readonly secret: string | null;
  readonly timeoutMs: number;
}

/** How it went: an HTTP status, or why there was none. `said`: the beginning of the answer's body, as it came. */
export interface WebhookResult {
  readonly ok: boolean;
  readonly tries: number;
  readonly status: number | null;
  readonly why: string;
  readonly said: string;
  /** Whether `said` is only the beginning. */
  readonly cut: boolean;
}

const MOST_TRIES = 5;
const MOST_TIME = 120_000;
const FIRST_WAIT = 1000;
/** Longest part of an answer that is read, bytes. */
const MOST_READ = 4096;

/** Statuses that another try can mend: timeouts, too early, too many, and troubles of the server's own. */
const isPassing = (status: number): boolean =>
  status === 408 || status === 425 || status === 429 || (status >= 500 && status <= 599);

/** `sha256=` and the HMAC in hex of `timestamp.body`. The timestamp is signed so that an old delivery cannot be replayed. */
export const signatureOf = (secret: string, timestamp: string, body: string): string =>
  `sha256=${createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')}`;

/** Milliseconds that `Retry-After` asks for (RFC 9110 10.2.3: seconds or a date); null when it says nothing usable. */
const retryAfter = (header: string | null, now: number): number | null => {
  if (header === null) return null;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
};

/** Reads the beginning of a body and hangs up on the rest, which may have no end. */
const beginning = async (response: Response): Promise<{ readonly said: string; readonly cut: boolean }> => {
  if (!response.body) return { said: '', cut: false };
  const reader = response.body.getReader();
  const parts: Uint8Array[] = [];
  let size = 0;
  try {
    while (size < MOST_READ) {
      const { done, value } = await reader.read();
      if (done) return { said: Buffer.concat(parts).toString(), cut: false };
      parts.push(value);
      size += value.length;
    }
    return { said: Buffer.concat(parts).toString('utf8', 0, MOST_READ), cut: true };
  } finally {
    // What the server makes of it does not matter any more.
    reader.cancel().catch(() => {});
  }
};

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'no answer in time';
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  const code = 'code' in cause ? `${String(cause.code)}: ` : '';
  return `${code}${cause.message}`;
};

interface Try extends Omit<WebhookResult, 'tries'> {
  /** Whether another try can help, and how long the server wants to be left alone, milliseconds. */
  readonly again: boolean;
  readonly after: number | null;
}

const postOnce = async (one: WebhookPost, world: WebhookDeps, signal: AbortSignal): Promise<Try> => {
  const timestamp = String(Math.floor(world.now() / 1000));
  const response = await fetch(one.url, {
    method: 'POST',
    // A redirect would carry the report to a place that was not configured.
    redirect: 'manual',
    signal,
    headers: {
      'Content-Type': 'application/json',
      'User-Agent': world.userAgent,
      'X-RA-Preflight-Delivery': one.id,
      'X-RA-Preflight-Timestamp': timestamp,
      ...(one.secret === null
        ? {}
        : { 'X-RA-Preflight-Signature': signatureOf(one.secret, timestamp, one.body) }),
    },
    body: one.body,
  });
  const { status } = response;
  const after = retryAfter(response.headers.get('retry-after'), world.now());
  if (response.ok) {
    response.body?.cancel().catch(() => {});
    return { ok: true, status, why: `answered ${status}`, said: '', cut: false, again: false, after: null };
  }
  const why =
    status >= 300 && status < 400
      ? `answered ${status}; redirects are not followed, give the url that it leads to`
      : `answered ${status}`;
  const body = await beginning(response).catch(() => ({ said: '', cut: false }));
  return { ok: false, status, why, ...body, again: isPassing(status), after };
};

const post = (one: WebhookPost, timeoutMs: number, world: WebhookDeps): Promise<Try> =>
  withTimeout(timeoutMs, world.signal, (signal) => postOnce(one, world, signal)).catch((error: unknown) => {
    const again = !world.signal.aborted;
    const why = again ? reasonOf(error) : 'stopped';
    return { ok: false, status: null, why, said: '', cut: false, again, after: null };
  });

/**
 * Posts a delivery, up to five times in two minutes: again after a network error, 408, 425, 429 and 5xx, after 1, 2, 4 and
 * 8 s with jitter, or when `Retry-After` says. Each try is signed anew. Never throws.
 */
export const deliverWebhook = async (one: WebhookPost, world: WebhookDeps): Promise<WebhookResult> => {
  const end = world.now() + MOST_TIME;
  for (let tries = 1; ; tries++) {
    const left = Math.max(1, end - world.now());
    const { again, after, ...result } = await post(one, Math.min(one.timeoutMs, left), world);
    if (!again) return { ...result, tries };
    if (tries === MOST_TRIES) return { ...result, tries };
    const backoff = FIRST_WAIT * 2 ** (tries - 1) * (0.5 + world.random() / 2);
    const wait = Math.max(backoff, after ?? 0);
    if (world.now() + wait >= end)
      return { ...result, tries, why: `${result.why}; the next try would be too late` };
    try {
      await world.sleep(wait, world.signal);
    } catch {
      return { ...result, tries, why: `${result.why}; stopped before the next try` };
    }
  }
};
