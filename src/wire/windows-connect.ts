import { isMainThread } from 'node:worker_threads';
import type { Reply } from '../model/reply.ts';
import type { Talk, Wire, WireProbe } from '../model/wire.ts';
import { Aborts } from './aborts.ts';
import { faultBeforePacket, replyToErrno, replyToIcmp, reportEnd } from './classify-end.ts';
import { Attempt, type Connector, type ConnectRun, runConnects } from './connect-run.ts';
import { converse } from './conversation.ts';
import { loadKoffi } from './koffi.ts';
import { SockaddrWriter } from './linux/sockaddr.ts';
import { whyNoRoute } from './route.ts';
import { SELF_CONNECT } from './unknown-replies.ts';
import { WinsockConnection } from './windows/connection.ts';
import { AF_INET6, WSA } from './windows/layout.ts';
import { Winsock, wsaName } from './windows/winsock.ts';
import { type SocketStates, type SocketWatch, type Ws2, winsockApi } from './windows/ws2.ts';

/** Without `oneSyn` a refusal is known only after the system has repeated the SYN, some two seconds later. Milliseconds. */
const OLDER_MIN_TIMEOUT_MS = 3500;
/** Sockets looked at in one turn of the event loop. */
const MOST_LOOKS = 256;
/** Bytes read from a peer at once, by all conversations into one buffer. */
const READ_AT_ONCE = 64 << 10;

/** A socket from its opening to its close. */
class WindowsAttempt extends Attempt {
  /** Called once it is connected. */
  connection: WinsockConnection | null = null;
  watch: SocketWatch | null = null;
  isClosed = false;

  constructor(
    run: ConnectRun,
    probe: WireProbe,
    readonly s: number,
    readonly wire: WindowsConnects,
  ) {
    super(run, probe);
  }

  release(): void {
    this.wire.close(this);
  }
}

/** Non-blocking connects on Winsock, for any number of runs, connects and conversations at once. */
class WindowsConnects implements Connector {
  readonly winsock: Winsock;
  readonly #ws2: Ws2;
  readonly #sockaddr: SockaddrWriter;
  readonly #aborts = new Aborts();
  readonly #inbox = Buffer.alloc(READ_AT_ONCE);
  /** Sockets for which the event loop has reported something. */
  readonly #signalled: WindowsAttempt[] = [];

  constructor(ws2: Ws2) {
    this.#ws2 = ws2;
    this.winsock = new Winsock(ws2);
    this.#sockaddr = new SockaddrWriter(ws2, AF_INET6);
  }

  start(probe: WireProbe, run: ConnectRun): Reply | null {
    const { family, flow, ttl } = probe;
    const length = this.#sockaddr.write(probe);
    if (length === null) {
      const text = `this machine has no network interface for ${probe.address}`;
      return { kind: 'unknown', fault: { kind: 'no-route', code: 'ENODEV', text } };
    }
    const sharesPort = flow !== undefined;
    const s = this.winsock.open(family, ttl === undefined ? { sharesPort } : { ttl, sharesPort });
    if (s < 0) return this.#notSent(-s, probe);
    const attempt = new WindowsAttempt(run, probe, s, this);
    let error = flow?.sourcePort ? this.winsock.bind(s, family, flow.sourcePort) : 0;
    attempt.startedAt = performance.now();
    if (error === 0) error = this.winsock.connect(s, this.#sockaddr.bytes, length);
    if (error !== 0 && error !== WSA.EWOULDBLOCK) {
      this.close(attempt);
      if (flow?.sourcePort && (error === WSA.EADDRINUSE || error === WSA.EADDRNOTAVAIL)) {
        // Somebody else has the port by now.
        flow.sourcePort = null;
        return this.start(probe, run);
      }
      if (error === WSA.EADDRNOTAVAIL) return this.#whyNoAddress(probe, run);
      return this.#notSent(error, probe);
    }
    run.packets++;
    if (flow) flow.sourcePort = this.winsock.localPort(s);
    if (!this.#await(attempt, { writable: true })) {
      this.close(attempt);
      return this.#notSent(WSA.ENOBUFS, probe);
    }
    run.wait(attempt);
    return null;
  }

  poll(): boolean {
    const told = this.#signalled.splice(0, MOST_LOOKS);
    for (const attempt of told) {
      if (attempt.isClosed) continue;
      if (attempt.connection) attempt.connection.wake();
      else this.#look(attempt);
    }
    return this.#signalled.length === 0;
  }

  /** Closes the socket of a connect; does nothing for one that is closed. */
  close(attempt: WindowsAttempt): void {
    if (attempt.isClosed) return;
    attempt.isClosed = true;
    // Before the socket: libuv cancels its request on it.
    attempt.watch?.close();
    this.#ws2.close(attempt.s);
  }

  /** Has the socket watched once. False when the system has no room for another watch. */
  #await(attempt: WindowsAttempt, what: SocketStates): boolean {
    // Called outside of Node's bookkeeping, and again and again: it may only stop and schedule.
    const onState = (): void => {
      attempt.watch?.stop();
      this.#signalled.push(attempt);
      attempt.run.schedule();
    };
    try {
      if (attempt.watch) attempt.watch.start(what, onState);
      else attempt.watch = this.#ws2.watch(attempt.s, what, onState);
      return true;
    } catch {
      return false;
    }
  }

  /** Something happened to a socket that connects. */
  #look(attempt: WindowsAttempt): void {
    const { run, probe, s } = attempt;
    const wsaError = this.winsock.settled(s);
    if (wsaError === null) {
      this.#await(attempt, { writable: true });
      return;
    }
    const rttMs = performance.now() - attempt.startedAt;
    run.answered(attempt);
    if (wsaError === 0 && !this.winsock.isSelfConnected(s, probe.port)) {
      this.winsock.resetOnClose(s);
      if (probe.talk) run.replyLater(probe, this.#converse(attempt, probe.talk, rttMs));
      else {
        this.close(attempt);
        run.report(probe, { kind: 'accepted', rttMs });
      }
      return;
    }
    const reply = wsaError === 0 ? SELF_CONNECT : this.#failure(attempt, wsaError, rttMs);
    this.close(attempt);
    reportEnd(run, probe, reply);
  }

  async #converse(attempt: WindowsAttempt, talk: Talk, rttMs: number): Promise<Reply> {
    const connection = new WinsockConnection(this.#ws2, attempt.s, this.#inbox, (isSending) => {
      this.#await(attempt, { readable: true, writable: isSending });
    });
    attempt.connection = connection;
    try {
      await converse(connection, talk, attempt.run.signal, this.#aborts);
      return { kind: 'accepted', rttMs };
    } finally {
      attempt.release();
    }
  }

  /** What a connect that failed while under way means. With one SYN the system may give up before our own wait is over. */
  #failure({ s, probe }: WindowsAttempt, error: number, rttMs: number): Reply {
    const code = wsaName(error);
    const seen = error === WSA.ECONNREFUSED || error === WSA.ETIMEDOUT ? null : this.winsock.icmpError(s);
    if (seen) return replyToIcmp(seen, code, this.winsock.ownAddress(s), probe, rttMs);
    // A reset in answer to a SYN is WSAECONNREFUSED: this connection stood, and ended before we looked.
    if (error === WSA.ECONNRESET || error === WSA.ECONNABORTED) return { kind: 'accepted', rttMs };
    return replyToErrno(code, 'win32', probe, rttMs);
  }

  #notSent(error: number, probe: WireProbe): Reply {
    return { kind: 'unknown', fault: faultBeforePacket(wsaName(error), 'win32', probe) };
  }

  /** WSAEADDRNOTAVAIL means that no port is left, which passes, or that there is no address to send from, which does not. */
  #whyNoAddress(probe: WireProbe, run: ConnectRun): null {
    const reply = this.#notSent(WSA.EADDRNOTAVAIL, probe);
    run.replyLater(
      probe,
      whyNoRoute(probe, 'win32').then((fault) => (fault ? { kind: 'unknown', fault } : reply)),
    );
    return null;
  }
}

/** The wire over what `ws2` offers, in the main thread. */
export const winsockWire = (ws2: Ws2): Wire => {
  const connects = new WindowsConnects(ws2);
  const { oneSyn, icmp } = connects.winsock.features;
  return {
    name: 'windows',
    capabilities: {
      icmp,
      // A hop at which a packet expired can be named only where ICMP errors can be read.
      ttl: icmp,
      minTtl: false,
      seesTtl: false,
      talksApart: false,
      minTimeoutMs: oneSyn ? 0 : OLDER_MIN_TIMEOUT_MS,
    },
    run: (probes, options) => runConnects(connects, probes, options),
    close: async () => {},
  };
};

/**
 * The wire for Windows without privileges. From Windows 10 2004 on it sees ICMP errors with type, code and sender, and limits the
 * TTL of a connect; on an older Windows less is used, and `capabilities` says so. Throws one clear Error where it cannot run.
 */
export const windowsWire = async (platform: NodeJS.Platform): Promise<Wire> => {
  if (platform !== 'win32') throw new Error(`it runs on Windows, and this is ${platform}`);
  // A thread that ends while koffi watches a descriptor takes the whole process with it.
  if (!isMainThread) throw new Error('it runs in the main thread only');
  return winsockWire(winsockApi(await loadKoffi()));
};
