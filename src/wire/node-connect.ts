import { type LookupFunction, type Socket, connect as tcpConnect } from 'node:net';
import type { Reply } from '../model/reply.ts';
import type { Endpoint } from '../model/target.ts';
import type { ConnectOptions, Wire } from '../model/wire.ts';
import { Aborts } from './aborts.ts';
import { converse, converseWithNobody } from './conversation.ts';
import { meaningOf } from './errno.ts';
import { ABORTED, isLoopback, SELF_CONNECT } from './replies.ts';
import { whyNoRoute } from './route.ts';
import { discard, SocketLine } from './socket-line.ts';

/**
 * Windows answers a reset by sending the SYN again, for about two seconds, before it reports the refusal (libuv
 * src/win/tcp.c; nmap issue 2113): anything shorter would call closed ports filtered.
 */
const WINDOWS_MIN_TIMEOUT_MS = 3500;

/** The reply, unless this machine has no way to the endpoint. */
const routeFaultOr = async (endpoint: Endpoint, platform: NodeJS.Platform, reply: Reply): Promise<Reply> => {
  const fault = await whyNoRoute(endpoint, platform);
  return fault ? { kind: 'unknown', fault } : reply;
};

const replyToError = (
  code: string,
  endpoint: Endpoint,
  rttMs: number,
  platform: NodeJS.Platform,
): Reply | Promise<Reply> => {
  const meaning = meaningOf(code, platform, endpoint.family);
  switch (meaning.kind) {
    case 'refused':
      return { kind: 'refused', rttMs, by: isLoopback(endpoint.address) ? 'target' : 'unknown' };
    case 'hung-up':
      return { kind: 'accepted', rttMs };
    case 'silent':
      return { kind: 'silent', waitedMs: Math.round(rttMs), attempts: 1 };
    case 'fault': {
      const reply: Reply = { kind: 'unknown', fault: meaning.fault };
      // No local port left, or no local address to send from: the second would never pass.
      return code === 'EADDRNOTAVAIL' ? routeFaultOr(endpoint, platform, reply) : reply;
    }
    case 'rejected':
      return routeFaultOr(endpoint, platform, { kind: 'rejected', rttMs, cause: { errno: code } });
  }
};

/** How a connect ended; any other word is the code of the error it ended with. */
type Outcome = 'accepted' | 'silent' | 'aborted' | (string & {});

/** Waits for what comes first: an accept, an error, the end of patience, an abort. */
const outcome = (socket: Socket, { signal, timeoutMs }: ConnectOptions, aborts: Aborts): Promise<Outcome> =>
  new Promise((resolve) => {
    const done = (result: Outcome): void => {
      clearTimeout(timer);
      aborts.remove(signal, onAbort);
      resolve(result);
    };
    const onAbort = (): void => done('aborted');
    // A late event loop runs timers before it looks at the network: an answer that came in time must still count.
    const timer = setTimeout(() => setImmediate(done, 'silent'), timeoutMs);
    aborts.add(signal, onAbort);
    socket.on('connect', () => done('accepted'));
    // Stays after the outcome: an error of a socket that is being closed concerns nobody.
    socket.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? 'UNKNOWN'));
  });

/** A socket whose peer has gone by now has no remote address any more, and met somebody else. */
const isSelfConnect = ({ localAddress, localPort, remoteAddress, remotePort }: Socket): boolean =>
  remotePort !== undefined && localPort === remotePort && localAddress === remoteAddress;

/** In place of a name look-up: an endpoint is an address by contract, and a name would go out to a name server. */
const noLookup: LookupFunction = (host) => {
  throw new TypeError(`not an address: ${host}`);
};

const connect = async (
  endpoint: Endpoint,
  options: ConnectOptions,
  platform: NodeJS.Platform,
  aborts: Aborts,
): Promise<Reply> => {
  if (options.signal.aborted) return ABORTED;
  const started = performance.now();
  const socket = tcpConnect({ host: endpoint.address, port: endpoint.port, lookup: noLookup });
  try {
    const result = await outcome(socket, options, aborts);
    const rttMs = performance.now() - started;
    if (result === 'aborted') return ABORTED;
    if (result === 'silent') return { kind: 'silent', waitedMs: Math.round(rttMs), attempts: 1 };
    if (result !== 'accepted') {
      const reply = replyToError(result, endpoint, rttMs, platform);
      if ('kind' in reply && reply.kind === 'accepted' && options.talk)
        await converseWithNobody(options.talk);
      return reply;
    }
    if (isSelfConnect(socket)) return SELF_CONNECT;
    if (options.talk) await converse(new SocketLine(socket), options.talk, options.signal, aborts);
    return options.signal.aborted ? ABORTED : { kind: 'accepted', rttMs };
  } finally {
    discard(socket);
  }
};

/**
 * The wire that runs everywhere and needs nothing: `node:net`. It cannot see who sent a rejection, takes an ICMP
 * port-unreachable for a refusal, and cannot trace.
 */
export const nodeWire = (platform: NodeJS.Platform): Wire => {
  const aborts = new Aborts();
  return {
    name: 'node',
    capabilities: {
      icmp: false,
      ttl: false,
      minTimeoutMs: platform === 'win32' ? WINDOWS_MIN_TIMEOUT_MS : 0,
    },
    connect: (endpoint, options) => connect(endpoint, options, platform, aborts),
    close: async () => {},
  };
};
