import { isMainThread } from 'node:worker_threads';
import type { LocalFault } from '../model/fault.ts';
import type { Reply } from '../model/reply.ts';
import type { Endpoint, Family } from '../model/target.ts';
import type { Talk, Wire, WireProbe } from '../model/wire.ts';
import { Aborts } from './aborts.ts';
import { replyToErrno, replyToIcmp, reportEnd } from './classify-end.ts';
import { Attempt, type Connector, type ConnectRun, runConnects } from './connect-run.ts';
import { converse } from './conversation.ts';
import { DescriptorConnection } from './linux/connection.ts';
import { ErrorQueue } from './linux/error-queue.ts';
import {
  EADDRINUSE,
  EADDRNOTAVAIL,
  ECONNABORTED,
  EINPROGRESS,
  EPOLLERR,
  EPOLLHUP,
  EPOLLOUT,
  LAYOUTS,
  type Layout,
} from './linux/layout.ts';
import { errnoName, type Libc, loadLibc } from './linux/libc.ts';
import { localFault } from './linux/local-fault.ts';
import { Poller, type Watched } from './linux/poller.ts';
import { SockaddrWriter } from './linux/sockaddr.ts';
import { Tcp } from './linux/tcp.ts';
import { whyNoRoute } from './route.ts';
import { SELF_CONNECT } from './unknown-replies.ts';

const unknown = (fault: LocalFault): Reply => ({ kind: 'unknown', fault });

/** Sockets whose connect was refused, kept for further connects: a new one costs five more system calls. */
const MOST_KEPT = 256;

/** Bytes read from a peer at once, by all conversations into one buffer. */
const READ_AT_ONCE = 64 << 10;

/** A socket from its opening to its close. */
class LinuxAttempt extends Attempt implements Watched {
  /** Events of the connection, once it is established. */
  connection: DescriptorConnection | null = null;

  /** `isPlain`: nothing was set on the socket that another connect of its family would not want. */
  constructor(
    run: ConnectRun,
    probe: WireProbe,
    readonly fd: number,
    readonly wire: LinuxConnects,
    readonly isPlain: boolean,
  ) {
    super(run, probe);
  }

  onEvents(events: number): void {
    if (this.connection) this.connection.wake();
    else this.wire.onEvents(this, events);
  }

  release(): void {
    this.wire.close(this.fd);
  }
}

/** Non-blocking connect, epoll and the socket error queue, for any number of runs, connects and conversations at once. */
class LinuxConnects implements Connector {
  readonly runs = new Set<ConnectRun>();
  readonly #libc: Libc;
  readonly #tcp: Tcp;
  readonly #poller: Poller;
  readonly #errors: ErrorQueue;
  readonly #sockaddr: SockaddrWriter;
  readonly #aborts = new Aborts();
  readonly #inbox = Buffer.alloc(READ_AT_ONCE);
  readonly #kept: Readonly<Record<Family, number[]>> = { 4: [], 6: [] };
  /** A system that does not let a socket connect again after a refusal is tried only once. */
  #mayKeep = true;

  constructor(libc: Libc, layout: Layout) {
    this.#libc = libc;
    this.#tcp = new Tcp(libc);
    this.#errors = new ErrorQueue(libc);
    this.#sockaddr = new SockaddrWriter(libc);
    this.#poller = new Poller(libc, layout, () => {
      for (const run of this.runs) run.schedule();
    });
  }

  start(probe: WireProbe, run: ConnectRun): Reply | null {
    const { family, flow } = probe;
    const length = this.#sockaddr.write(probe);
    if (length === null) {
      const text = `this machine has no network interface for ${probe.address}`;
      return unknown({ kind: 'no-route', code: 'ENODEV', text });
    }
    const isPlain = this.#isPlain(probe);
    const kept = isPlain ? this.#kept[family].pop() : undefined;
    if (kept !== undefined) {
      const attempt = new LinuxAttempt(run, probe, kept, this, isPlain);
      if (this.#connectAgain(attempt, length)) return null;
    }
    const fd = this.#tcp.open(family, probe, this.#sockaddr.isMapped);
    if (fd < 0) return unknown(localFault(-fd, probe));
    let errno = flow?.sourcePort ? this.#tcp.bind(fd, family, flow.sourcePort) : 0;
    const attempt = new LinuxAttempt(run, probe, fd, this, isPlain);
    attempt.startedAt = performance.now();
    if (errno === 0) errno = this.#connect(fd, length);
    if (errno !== 0 && errno !== EINPROGRESS) {
      this.#libc.close(fd);
      if (flow?.sourcePort && (errno === EADDRINUSE || errno === EADDRNOTAVAIL)) {
        // Somebody else has the port by now.
        flow.sourcePort = null;
        return this.start(probe, run);
      }
      return this.#whyNotSent(errno, probe, run);
    }
    run.packets++;
    if (flow) flow.sourcePort = this.#tcp.localPort(fd);
    errno = this.#poller.add(fd, attempt);
    if (errno !== 0) {
      this.#libc.close(fd);
      return unknown(localFault(errno, probe));
    }
    run.wait(attempt);
    return null;
  }

  /** Begins a connect to the address that was written last; 0 or the errno. */
  #connect(fd: number, length: number): number {
    return this.#libc.connect(fd, this.#sockaddr.bytes, length) < 0 ? this.#libc.errno() : 0;
  }

  /** Whether nothing about the socket of a probe differs from others of its family. */
  #isPlain({ ttl, minTtl, flow }: WireProbe): boolean {
    return ttl === undefined && minTtl === undefined && !flow?.sourcePort && !this.#sockaddr.isMapped;
  }

  /** Connects a socket again that was refused; false when it cannot, and then it is closed. */
  #connectAgain(attempt: LinuxAttempt, length: number): boolean {
    const { fd, run } = attempt;
    const { flow } = attempt.probe;
    attempt.startedAt = performance.now();
    // The first call reports on Linux that the last connect failed, and resets the socket.
    const errno = this.#connect(fd, length) === ECONNABORTED ? this.#connect(fd, length) : -1;
    if (errno !== EINPROGRESS && errno !== 0) {
      // A new socket reports what is wrong with this target.
      if (errno < 0) this.#mayKeep = false;
      this.#libc.close(fd);
      return false;
    }
    run.packets++;
    if (flow) flow.sourcePort = this.#tcp.localPort(fd);
    this.#poller.take(fd, attempt);
    run.wait(attempt);
    return true;
  }

  /** Keeps the socket of a refused connect for another one, or closes it. */
  #keep({ fd, probe, isPlain }: LinuxAttempt): void {
    const kept = this.#kept[probe.family];
    if (!isPlain || !this.#mayKeep || kept.length >= MOST_KEPT || this.#poller.isClosing) this.close(fd);
    else {
      this.#poller.leave(fd);
      kept.push(fd);
    }
  }

  poll(): boolean {
    return this.#poller.poll();
  }

  /** Closes the socket of a connect. */
  close(fd: number): void {
    this.#poller.leave(fd);
    this.#libc.close(fd);
  }

  /** Releases the epoll, at once or when the last socket is closed. */
  rest(): void {
    for (const kept of [this.#kept[4], this.#kept[6]]) for (const fd of kept.splice(0)) this.#libc.close(fd);
    this.#poller.close();
  }

  /** Something happened to a socket that connects. */
  onEvents(attempt: LinuxAttempt, events: number): void {
    const { fd } = attempt;
    const errno = this.#connectErrno(fd, events);
    if (errno === null) return;
    const { run, probe } = attempt;
    const rttMs = performance.now() - attempt.startedAt;
    run.answered(attempt);
    if (errno === 0 && !this.#tcp.isSelfConnected(fd, probe.port)) {
      this.#tcp.resetOnClose(fd);
      if (probe.talk) run.replyLater(probe, this.#converse(attempt, probe.talk, rttMs));
      else {
        this.close(fd);
        run.report(probe, { kind: 'accepted', rttMs });
      }
      return;
    }
    const reply = errno === 0 ? SELF_CONNECT : this.#failure(fd, errno, probe, rttMs);
    if (reply.kind === 'refused') this.#keep(attempt);
    else this.close(fd);
    reportEnd(run, probe, reply);
  }

  /** How the connect ended: 0, an errno, or null while it is under way. */
  #connectErrno(fd: number, events: number): number | null {
    // Linux reports a socket as writable only once it is connected or has failed; a failure is also an error or a hang-up.
    if ((events & (EPOLLERR | EPOLLHUP)) === 0) return (events & EPOLLOUT) === 0 ? null : 0;
    const errno = this.#tcp.settled(fd);
    // An error that did not end the connect is taken off its queue, which is for the one that does.
    if (errno === null) this.#errors.take(fd);
    return errno;
  }

  async #converse(attempt: LinuxAttempt, talk: Talk, rttMs: number): Promise<Reply> {
    const connection = new DescriptorConnection(this.#libc, attempt.fd, this.#inbox);
    attempt.connection = connection;
    try {
      await converse(connection, talk, attempt.run.signal, this.#aborts);
      return { kind: 'accepted', rttMs };
    } finally {
      attempt.release();
    }
  }

  /** EADDRNOTAVAIL means that no port is left, which passes, or that there is no address to send from, which does not. */
  #whyNotSent(errno: number, probe: WireProbe, run: ConnectRun): Reply | null {
    const fault = localFault(errno, probe);
    if (fault.kind !== 'local-ports') return unknown(fault);
    run.replyLater(
      probe,
      whyNoRoute(probe, 'linux').then((why) => unknown(why ?? fault)),
    );
    return null;
  }

  /** What a connect that failed while under way means. */
  #failure(fd: number, errno: number, endpoint: Endpoint, rttMs: number): Reply {
    // After the error that ends a connect nothing more is queued, so it is the last one.
    const queued = this.#errors.take(fd).findLast((error) => error.errno === errno);
    const code = errnoName(errno);
    return queued
      ? replyToIcmp(queued, code, this.#tcp.ownAddress(fd), endpoint, rttMs)
      : replyToErrno(code, 'linux', endpoint, rttMs);
  }
}

/**
 * The wire for Linux without privileges: sees ICMP errors with type, code and sender through the socket error queue, and
 * limits the TTL of a connect and of its answers. `arch` as Node names it. Throws one clear Error where it cannot run.
 */
export const linuxWire = async (platform: NodeJS.Platform, arch: string): Promise<Wire> => {
  const layout = LAYOUTS[arch];
  if (platform !== 'linux' || !layout) {
    throw new Error(`it runs on Linux x64 and arm64, and this is ${platform} ${arch}`);
  }
  // A thread that ends while koffi watches a descriptor takes the whole process with it (koffi 3.3, Node 20 and 22).
  if (!isMainThread) throw new Error('it runs in the main thread only');
  const connects = new LinuxConnects(await loadLibc(), layout);
  return {
    name: 'linux',
    capabilities: { icmp: true, ttl: true, minTtl: true, seesTtl: false, talksApart: false, minTimeoutMs: 0 },
    run: (probes, options) => runConnects(connects, probes, options, connects.runs),
    close: async () => connects.rest(),
  };
};
