import { isMainThread } from 'node:worker_threads';
import type { LocalFault } from '../model/fault.ts';
import type { IcmpError, Reply } from '../model/reply.ts';
import type { Endpoint } from '../model/target.ts';
import type { ConnectOptions, Wire } from '../model/wire.ts';
import { Aborts } from './aborts.ts';
import { converse, converseWithNobody } from './conversation.ts';
import { meaningOf } from './errno.ts';
import { SockaddrWriter } from './linux/address.ts';
import { ErrorQueue } from './linux/error-queue.ts';
import { EINPROGRESS, LAYOUTS, type Layout } from './linux/layout.ts';
import { errnoName, type Libc, loadLibc } from './linux/libc.ts';
import { DescriptorLine } from './linux/line.ts';
import { isHostUnreachable, localFault } from './linux/local-fault.ts';
import { Poller } from './linux/poller.ts';
import { Tcp } from './linux/tcp.ts';
import { Turns } from './linux/turns.ts';
import { ABORTED, isLoopback, SELF_CONNECT } from './replies.ts';
import { whyNoRoute } from './route.ts';

const unknown = (fault: LocalFault): Reply => ({ kind: 'unknown', fault });

/** Bytes read from a peer at once, by all conversations into one buffer. */
const READ_AT_ONCE = 64 << 10;

/**
 * Non-blocking connect, epoll and the socket error queue. One instance serves any number of connects at once, and the
 * conversations on them; `connect` owns the descriptor from its opening to its close.
 */
class LinuxWire implements Wire {
  readonly name = 'linux';
  readonly capabilities = { icmp: true, ttl: true, minTimeoutMs: 0 };
  readonly #libc: Libc;
  readonly #tcp: Tcp;
  readonly #poller: Poller;
  readonly #errors: ErrorQueue;
  readonly #sockaddr: SockaddrWriter;
  readonly #turns = new Turns();
  readonly #aborts = new Aborts();
  readonly #inbox = Buffer.alloc(READ_AT_ONCE);

  constructor(libc: Libc, layout: Layout) {
    this.#libc = libc;
    this.#tcp = new Tcp(libc);
    this.#errors = new ErrorQueue(libc);
    this.#sockaddr = new SockaddrWriter(libc);
    this.#poller = new Poller(libc, layout, (fd) => this.#settled(fd));
  }

  async connect(endpoint: Endpoint, options: ConnectOptions): Promise<Reply> {
    if (!this.#turns.take()) await this.#turns.wait();
    if (options.signal.aborted) return ABORTED;
    const fd = this.#tcp.open(endpoint.family, options.ttl);
    if (fd < 0) return unknown(localFault(-fd, endpoint));
    try {
      const length = this.#sockaddr.write(endpoint);
      if (length === null) {
        const text = `this machine has no network interface for ${endpoint.address}`;
        return unknown({ kind: 'no-route', code: 'ENODEV', text });
      }
      const started = performance.now();
      if (this.#libc.connect(fd, this.#sockaddr.bytes, length) < 0) {
        const errno = this.#libc.errno();
        if (errno !== EINPROGRESS) return unknown(await this.#whyNotSent(errno, endpoint));
      }
      const line = options.talk ? new DescriptorLine(this.#libc, fd, this.#inbox) : null;
      const outcome = await this.#poller.wait(fd, options, line);
      const rttMs = performance.now() - started;
      if (outcome === 'aborted') return ABORTED;
      if (outcome === 'silent') return { kind: 'silent', waitedMs: Math.round(rttMs), attempts: 1 };
      if (outcome !== 0) {
        const reply = this.#failure(fd, outcome, endpoint, rttMs);
        if (reply.kind === 'accepted' && options.talk) await converseWithNobody(options.talk);
        return reply;
      }
      if (this.#tcp.isSelfConnected(fd, endpoint.port)) return SELF_CONNECT;
      this.#tcp.resetOnClose(fd);
      if (options.talk && line) await converse(line, options.talk, options.signal, this.#aborts);
      return options.signal.aborted ? ABORTED : { kind: 'accepted', rttMs };
    } finally {
      this.#poller.unwatch(fd);
      this.#libc.close(fd);
    }
  }

  async close(): Promise<void> {
    this.#poller.close();
  }

  /** EADDRNOTAVAIL is said of no port left, which passes, and of no address to send from, which does not. */
  async #whyNotSent(errno: number, endpoint: Endpoint): Promise<LocalFault> {
    const fault = localFault(errno, endpoint);
    return fault.kind === 'local-ports' ? ((await whyNoRoute(endpoint, 'linux')) ?? fault) : fault;
  }

  /** As Tcp.settled. An error that did not end the connect is taken off its queue, which is for the one that does. */
  #settled(fd: number): number | null {
    const outcome = this.#tcp.settled(fd);
    if (outcome === null) this.#errors.take(fd);
    return outcome;
  }

  /** What a connect that failed while under way means. */
  #failure(fd: number, errno: number, endpoint: Endpoint, rttMs: number): Reply {
    // After the error that ends a connect nothing more is queued, so it is the last one.
    const queued = this.#errors.take(fd).findLast((error) => error.errno === errno);
    const code = errnoName(errno);
    if (queued) return this.#rejection(fd, queued, code, endpoint, rttMs);
    const meaning = meaningOf(code, 'linux', endpoint.family);
    switch (meaning.kind) {
      case 'refused':
        return { kind: 'refused', rttMs, by: isLoopback(endpoint.address) ? 'target' : 'unknown' };
      case 'hung-up':
        return { kind: 'accepted', rttMs };
      case 'silent':
        return { kind: 'silent', waitedMs: Math.round(rttMs), attempts: 1 };
      case 'fault':
        return unknown(meaning.fault);
      case 'rejected':
        return { kind: 'rejected', rttMs, cause: { errno: code } };
    }
  }

  #rejection(
    fd: number,
    { icmp, from }: { icmp: IcmpError; from: string },
    code: string,
    { address }: Endpoint,
    rttMs: number,
  ): Reply {
    if (from === address || from !== this.#tcp.ownAddress(fd)) {
      return { kind: 'rejected', rttMs, cause: { icmp, from } };
    }
    // Our own kernel wrote it. A neighbour that answers no ARP or neighbour discovery is a fact about the target, known
    // after about three seconds; nobody on the way said it. Everything else is a firewall on this machine.
    if (isHostUnreachable(icmp)) return { kind: 'rejected', rttMs, cause: { errno: code } };
    const text = 'a firewall on this machine rejects the connection';
    return unknown({ kind: 'blocked-locally', code, text });
  }
}

/**
 * The wire for Linux without privileges: sees ICMP errors with type, code and sender through the socket error queue, and
 * limits the TTL of a connect. `arch` as Node names it. Throws one clear Error where it cannot run.
 */
export const linuxWire = async (platform: NodeJS.Platform, arch: string): Promise<Wire> => {
  const layout = LAYOUTS[arch];
  if (platform !== 'linux' || !layout) {
    throw new Error(`it runs on Linux x64 and arm64, and this is ${platform} ${arch}`);
  }
  // A thread that ends while koffi watches a descriptor takes the whole process with it (koffi 3.3, Node 20 and 22).
  if (!isMainThread) throw new Error('it runs in the main thread only');
  return new LinuxWire(await loadLibc(), layout);
};
