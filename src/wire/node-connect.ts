import { type LookupFunction, type Socket, connect as tcpConnect } from 'node:net';
import type { Reply } from '../model/reply.ts';
import type { Endpoint } from '../model/target.ts';
import type { Flow, Talk, Wire, WireProbe } from '../model/wire.ts';
import { Aborts } from './aborts.ts';
import { replyToErrno, reportEnd } from './classify-end.ts';
import { Attempt, type Connector, type ConnectRun, runConnects } from './connect-run.ts';
import { converse } from './conversation.ts';
import { whyNoRoute } from './route.ts';
import { discard, SocketConnection } from './socket-connection.ts';
import { SELF_CONNECT } from './unknown-replies.ts';

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
  const reply = replyToErrno(code, platform, endpoint, rttMs);
  // libuv's error on Windows for an ICMP protocol-unreachable, too (WSAENOPROTOOPT has none of its own).
  if (platform === 'win32' && code === 'EINVAL') {
    const rejected: Reply = { kind: 'rejected', rttMs, cause: { errno: 'ENOPROTOOPT' } };
    return routeFaultOr(endpoint, platform, rejected);
  }
  // No local port left, or no local address to send from: the second would never pass.
  const isOfRoute = reply.kind === 'rejected' || code === 'EADDRNOTAVAIL';
  return isOfRoute ? routeFaultOr(endpoint, platform, reply) : reply;
};

/** A socket whose peer has gone has no remote address any more, and was not connected to itself. */
const isSelfConnect = ({ localAddress, localPort, remoteAddress, remotePort }: Socket): boolean =>
  remotePort !== undefined && localPort === remotePort && localAddress === remoteAddress;

/** In place of a name look-up: an endpoint is an address by contract, and a name would go out to a name server. */
const noLookup: LookupFunction = (host) => {
  throw new TypeError(`not an address: ${host}`);
};

const noteLocalPort = (socket: Socket, flow: Flow): void => {
  flow.sourcePort = socket.localPort ?? flow.sourcePort;
};

/** A socket from its opening to its close. */
class NodeAttempt extends Attempt {
  socket: Socket | null = null;

  release(): void {
    const { socket } = this;
    this.socket = null;
    if (socket) discard(socket);
  }
}

/** Sockets of Node's, for any number of runs, connects and conversations at once. */
class NodeConnects implements Connector {
  readonly #platform: NodeJS.Platform;
  readonly #aborts = new Aborts();

  constructor(platform: NodeJS.Platform) {
    this.#platform = platform;
  }

  start(probe: WireProbe, run: ConnectRun): null {
    const { address: host, port, family, flow } = probe;
    const attempt = new NodeAttempt(run, probe);
    attempt.startedAt = performance.now();
    // Bound, even to a port of the kernel's choice, libuv lets another socket have the same local port (SO_REUSEADDR).
    const from = flow && {
      localAddress: family === 4 ? '0.0.0.0' : '::',
      localPort: flow.sourcePort ?? 0,
    };
    const socket = tcpConnect({ host, port, lookup: noLookup, ...from });
    attempt.socket = socket;
    run.packets++;
    run.wait(attempt);
    socket.on('connect', () => this.#onConnect(attempt));
    // Stays after the reply: an error of a socket that is being closed concerns nobody.
    socket.on('error', (error: NodeJS.ErrnoException) => this.#onError(attempt, error.code ?? 'UNKNOWN'));
    // Node binds in the next tick, which comes before this one.
    if (flow) process.nextTick(noteLocalPort, socket, flow);
    return null;
  }

  /** Node has delivered every reply by the time a turn begins. */
  poll(): boolean {
    return true;
  }

  #onConnect(attempt: NodeAttempt): void {
    const { run, probe, socket } = attempt;
    if (!socket) return;
    const rttMs = performance.now() - attempt.startedAt;
    run.answered(attempt);
    const isSelf = isSelfConnect(socket);
    if (probe.talk && !isSelf) run.replyLater(probe, this.#converse(attempt, socket, probe.talk, rttMs));
    else {
      attempt.release();
      run.report(probe, isSelf ? SELF_CONNECT : { kind: 'accepted', rttMs });
    }
  }

  async #converse(attempt: NodeAttempt, socket: Socket, talk: Talk, rttMs: number): Promise<Reply> {
    try {
      await converse(new SocketConnection(socket), talk, attempt.run.signal, this.#aborts);
      return { kind: 'accepted', rttMs };
    } finally {
      attempt.release();
    }
  }

  #onError(attempt: NodeAttempt, code: string): void {
    const { run, probe, socket } = attempt;
    // After the reply, or while a conversation goes on, which gets it itself.
    if (!socket || attempt.slot < 0) return;
    const rttMs = performance.now() - attempt.startedAt;
    run.answered(attempt);
    attempt.release();
    const { flow } = probe;
    if (flow?.sourcePort && (code === 'EADDRINUSE' || code === 'EADDRNOTAVAIL')) {
      // Somebody else has the port by now.
      flow.sourcePort = null;
      run.packets--;
      this.start(probe, run);
      return;
    }
    const reply = replyToError(code, probe, rttMs, this.#platform);
    if (!('kind' in reply)) run.replyLater(probe, reply);
    else reportEnd(run, probe, reply);
  }
}

/**
 * The wire that runs everywhere and needs nothing: `node:net`. It cannot see who sent a rejection, takes an ICMP
 * port-unreachable for a refusal, and cannot trace.
 */
export const nodeWire = (platform: NodeJS.Platform): Wire => {
  const connects = new NodeConnects(platform);
  return {
    name: 'node',
    capabilities: {
      icmp: false,
      ttl: false,
      minTtl: false,
      seesTtl: false,
      talksApart: false,
      minTimeoutMs: platform === 'win32' ? WINDOWS_MIN_TIMEOUT_MS : 0,
    },
    run: (probes, options) => runConnects(connects, probes, options),
    close: async () => {},
  };
};
