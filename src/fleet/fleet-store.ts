import type { Redis } from 'ioredis';
import type { StandaloneConnector } from 'ioredis/built/connectors/index.js';
import { UsageError } from '../model/fault.ts';
import { escapeControls, quoted } from '../text/quoted.ts';
import { BEYOND_LIMITS, limitedConnector } from './limited-connector.ts';

/** How long the first connection may take, milliseconds. */
const CONNECT_MS = 10_000;
/** Longest wait for a reply of a store that had one coming, milliseconds: past it the connection is taken for dead. */
const SILENCE_MS = 30_000;
/** Waits between attempts to connect again, milliseconds: doubled each time. */
const RECONNECT_MS = { least: 250, most: 5000 } as const;

/** The queue engine and its client, loaded. */
export type QueueEngine = typeof import('bullmq');

/** For queues and workers of the engine: it would print what the store says of its version and eviction as it is. Doctor looks at both. */
export const QUIET = { skipVersionCheck: true } as const;

/** A connection to the store, and the engine that works on it. */
export interface FleetStore {
  readonly client: Redis;
  readonly engine: QueueEngine;
  /** The store without its password, for messages. */
  readonly name: string;
  /** Ends the connection at once; what waits for an answer fails. */
  close(): void;
}

const SCHEMES: ReadonlySet<string> = new Set(['redis:', 'rediss:']);

const EXPECTED = 'expected redis://HOST:6379 or rediss://USER:PASSWORD@HOST:6379';

/** Reads the URL of a store. Throws UsageError, which never repeats a password. */
export const readStoreUrl = (text: string): URL => {
  const url = /^[a-z]+:\/\/./i.test(text) && URL.canParse(text) ? new URL(text) : null;
  if (url === null) throw new UsageError(`--redis: is not a URL, ${EXPECTED}`);
  if (url.protocol === 'postgres:' || url.protocol === 'postgresql:')
    throw new UsageError(
      '--redis: a fleet needs Redis or Valkey; PostgreSQL cannot hold the leases of its rates',
    );
  if (!SCHEMES.has(url.protocol))
    throw new UsageError(`--redis ${quoted(`${url.protocol}//`)}: expected redis:// or rediss:// (TLS)`);
  if (url.hostname === '') throw new UsageError(`--redis: names no host, ${EXPECTED}`);
  // The client would take a query for options of its own. What stands there may be the rest of a password.
  if (url.search === '' && url.hash === '' && /^(\/\d{0,5})?$/.test(url.pathname)) return url;
  throw new UsageError(
    '--redis: has more after the host than a port and the number of a database; in a password, write / as %2F, ? as %3F and # as %23',
  );
};

interface Packages {
  readonly engine: QueueEngine;
  readonly Client: typeof Redis;
  readonly Connector: typeof StandaloneConnector;
}

const load = async (): Promise<Packages> => {
  const missing: string[] = [];
  const engine = await import('bullmq').catch(() => missing.push('bullmq'));
  const client = await import('ioredis').catch(() => missing.push('ioredis'));
  const connectors = await import('ioredis/built/connectors/index.js').catch(() => missing.push('ioredis'));
  if (typeof engine === 'number' || typeof client === 'number' || typeof connectors === 'number')
    throw new UsageError(
      `a fleet needs the optional packages bullmq and ioredis, of which ${[...new Set(missing)].join(' and ')} cannot be loaded; npm install bullmq@6 ioredis@6`,
    );
  return { engine, Client: client.Redis, Connector: connectors.StandaloneConnector };
};

/** What a failed connection means, in words. */
const meaning = (error: Error, url: URL): string => {
  const { message } = error;
  const code = 'code' in error ? String(error.code) : '';
  if (code === BEYOND_LIMITS) return `is no store of a fleet: ${escapeControls(message)}`;
  if (/WRONGPASS|NOAUTH|invalid password|called without any password/i.test(message))
    return 'refuses the user or the password';
  if (/NOPERM/i.test(message))
    return `does not permit what a fleet needs (${escapeControls(message).slice(0, 200)})`;
  if (/DB index/i.test(message)) return `has no database ${url.pathname.slice(1)}`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `has a name that cannot be resolved (${code})`;
  if (/CERT|SELF_SIGNED|ALTNAME|UNABLE_TO_VERIFY|self-signed/i.test(`${code} ${message}`))
    return `has a certificate that is not trusted (${code || escapeControls(message)}); NODE_EXTRA_CA_CERTS=FILE names its authority`;
  if (/SSL|EPROTO|packet length/i.test(`${code} ${message}`))
    return 'does not speak TLS; rediss:// is for a port with TLS, redis:// for one without';
  if (url.protocol === 'rediss:' && code === 'ETIMEDOUT')
    return 'does not answer (ETIMEDOUT); rediss:// is for a port with TLS, redis:// for one without';
  if (
    url.protocol === 'redis:' &&
    /Connection is closed|ECONNRESET|parser|Protocol/i.test(`${code} ${message}`)
  )
    return `ends the connection (${code || escapeControls(message).slice(0, 100)}); is it a port with TLS? then rediss://`;
  return `cannot be reached (${code || escapeControls(message).slice(0, 100)})`;
};

/** A store without user and password. */
const nameOf = ({ protocol, host, pathname }: URL): string =>
  escapeControls(`${protocol}//${host}${pathname}`);

/**
 * Connects to a store, once: throws UsageError with one line when that fails. Afterwards a lost connection is made again for
 * ever, and commands wait for it; so is one on which nothing came for `silenceMs` although something was to come. The packages are
 * loaded only now. `connectMs`: how long the first answer may take, milliseconds.
 */
export const openStore = async (
  text: string,
  connectMs = CONNECT_MS,
  silenceMs = SILENCE_MS,
): Promise<FleetStore> => {
  const url = readStoreUrl(text);
  const database = Number(url.pathname.slice(1));
  const { engine, Client, Connector } = await load();
  let isOpen = false;
  let failure: Error | null = null;
  const client = new Client(text, {
    lazyConnect: true,
    Connector: limitedConnector(Connector, silenceMs),
    // A worker of BullMQ must wait for its store however long that takes.
    maxRetriesPerRequest: null,
    connectTimeout: connectMs,
    socketTimeout: silenceMs,
    retryStrategy: (times) =>
      isOpen ? Math.min(RECONNECT_MS.most, RECONNECT_MS.least * 2 ** Math.min(times, 10)) : null,
  });
  // Without a listener an error would end the process.
  client.on('error', (error: Error) => {
    failure ??= error;
  });
  const name = nameOf(url);
  // Something else may listen there, and accept, and say nothing, or one byte a second.
  const late = setTimeout(() => {
    failure ??= Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' });
    client.disconnect();
  }, connectMs);
  try {
    await client.connect();
    await client.ping();
    // The client itself goes on with database 0.
    if (database > 0) await client.select(database);
  } catch (error) {
    client.disconnect();
    const reason = failure ?? (error instanceof Error ? error : new Error(String(error)));
    throw new UsageError(`--redis ${name}: ${meaning(reason, url)}`);
  } finally {
    clearTimeout(late);
  }
  isOpen = true;
  return { client, engine, name, close: () => client.disconnect() };
};

/** Whether an error says that the store does not permit something, which waiting does not mend. */
export const isForbidden = (error: unknown): error is Error =>
  error instanceof Error && /NOPERM|NOAUTH|WRONGPASS/.test(error.message);

/** The texts of a hash by their names; what a store sends in the place of a hash or of a text is left out. */
export const textsOf = (hash: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(hash ?? {}).filter(([, text]) => typeof text === 'string'));
