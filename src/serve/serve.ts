import { createServer, type Server } from 'node:http';
import { isLoopbackHost } from '../ip/ip.ts';
import { UsageError } from '../model/fault.ts';
import { authenticatorFor, SHORTEST_TOKEN } from './auth.ts';
import { boundConnections } from './connections.ts';
import type { Dashboard, Theme } from './dashboard.ts';
import { handlerOf } from './handler.ts';
import { hostCheck, isWildcard, urlOf } from './host-header.ts';
import { liveProgress } from './live-progress.ts';

/** Against clients that are slow on purpose: bytes of a header, ms for it, for the whole request, of silence after it. */
const MOST_HEADER = 8192;
const HEADER_MS = 5_000;
const REQUEST_MS = 10_000;
const IDLE_MS = 5_000;
const CHECK_MS = 1_000;
const MOST_HEADERS = 64;

/** What is still being sent at the end has this long, ms. */
const GRACE_MS = 1_000;

/** Where and how to serve. */
export interface ServeOptions {
  /** `127.0.0.1` unless the user says otherwise; an address or a name of this machine. */
  readonly host: string;
  /** 0 for any that is free. */
  readonly port: number;
  /** Needed unless `host` is loopback; null: anybody on this machine may read. At least 16 characters that print. */
  readonly token: string | null;
  /** More names by which browsers may call this server: of this machine, or of a proxy before it. */
  readonly names: readonly string[];
  readonly look: Theme;
  /** The time, milliseconds since 1970. */
  now(): number;
  /** One line for the operator of the server: warnings, and failures of the history. Not cleaned. */
  log(line: string): void;
}

/** A server that runs. */
export interface Serving {
  readonly url: string;
  /** Ends the open connections and resolves when the port is free. Can be called again. */
  close(): Promise<void>;
}

const checkOptions = ({ host, token }: ServeOptions): void => {
  if (token === null && !isLoopbackHost(host)) {
    throw new UsageError(
      `${JSON.stringify(host)} can be reached from other machines, so the dashboard needs a token there; expected a token, or a loopback address like 127.0.0.1`,
    );
  }
  if (token !== null && !/^[\x21-\x7e]*$/.test(token)) {
    throw new UsageError(
      'the token holds blanks or characters outside ASCII; a browser or a header would change it',
    );
  }
  if (token !== null && token.length < SHORTEST_TOKEN) {
    throw new UsageError(
      `the token has ${token.length} characters, expected ${SHORTEST_TOKEN} or more, drawn at random`,
    );
  }
};

const CAUSES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something listens there already; expected a free port',
  EACCES: 'this user may not listen there; expected a port of 1024 or higher',
  EADDRNOTAVAIL: 'this machine has no such address',
  ENOTFOUND: 'no such name',
};

const listening = (server: Server, host: string, port: number): Promise<{ address: string; port: number }> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const code = error.code ?? '';
      reject(
        new UsageError(
          `cannot serve on ${JSON.stringify(host)} port ${port}: ${CAUSES[code] ?? error.message}`,
        ),
      );
    });
    server.listen({ host, port, exclusive: true }, () => {
      const bound = server.address();
      if (bound !== null && typeof bound === 'object') resolve(bound);
      else reject(new Error('a server without an address'));
    });
  });

const closing = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    const grace = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    server.close(() => {
      clearTimeout(grace);
      resolve();
    });
    server.closeIdleConnections();
  });

/**
 * Serves a read-only dashboard over HTTP until it is closed. Throws UsageError when the token is missing where others can
 * connect, or when nothing can listen at that address.
 */
export const serveDashboard = async (dashboard: Dashboard, options: ServeOptions): Promise<Serving> => {
  checkOptions(options);
  const { host, token, names, look, now, log } = options;
  const live = liveProgress(() => dashboard.running(), look.durationWords, log);
  const server = createServer({
    maxHeaderSize: MOST_HEADER,
    headersTimeout: HEADER_MS,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: IDLE_MS,
    connectionsCheckingInterval: CHECK_MS,
  });
  boundConnections(server);
  server.maxHeadersCount = MOST_HEADERS;
  const bound = await listening(server, host, options.port);
  // A name like localhost is what the resolver makes of it.
  if (token === null && !isLoopbackHost(bound.address)) {
    await closing(server);
    throw new UsageError(
      `${JSON.stringify(host)} is ${bound.address}, which is not loopback; the dashboard needs a token there`,
    );
  }
  const handle = handlerOf({
    dashboard,
    look,
    live,
    // Browsers share cookies between the ports of a host.
    guard: token === null ? null : authenticatorFor(token, `ra-preflight-${bound.port}`, now),
    isOurName: hostCheck(host, names),
    log,
  });
  server.on('request', (request, response) => void handle(request, response));
  if (!isLoopbackHost(bound.address)) {
    const where = isWildcard(host) ? 'all addresses of this machine' : host;
    log(
      `the dashboard listens on ${where}: anyone with the token can read the history. HTTP is not encrypted: on a network that you do not trust, put a TLS proxy in front of it.`,
    );
  }
  let closed: Promise<void> | null = null;
  return {
    url: urlOf(host, bound.port),
    close: () => {
      live.close();
      closed ??= closing(server);
      return closed;
    },
  };
};
