import { Socket } from 'node:net';
import type { LocalFault } from '../model/fault.ts';
import type { Reply } from '../model/reply.ts';
import type { Endpoint } from '../model/target.ts';
import type { ConnectOptions, Wire } from '../model/wire.ts';
import { converse } from './conversation.ts';
import { meaningOf } from './errno.ts';
import { addressIn, portIn, sockaddrOf } from './linux/address.ts';
import { ErrorQueue, type QueuedError } from './linux/error-queue.ts';
import {
  AF_INET,
  AF_INET6,
  IP_RECVERR,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_RECVERR,
  IPV6_UNICAST_HOPS,
  LAYOUTS,
  SO_ERROR,
  SO_LINGER,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOCKADDR_IN6,
  SOL_SOCKET,
} from './linux/layout.ts';
import { errnoName, type Libc, loadLibc } from './linux/libc.ts';
import { Poller } from './linux/poller.ts';
import { ABORTED, isLoopback, SELF_CONNECT } from './replies.ts';

const unknown = (fault: LocalFault): Reply => ({ kind: 'unknown', fault });

const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};

/** Errors before a packet left: the route look-up's, so whatever they are called they are this machine's. */
const localFault = (code: string, endpoint: Endpoint): LocalFault => {
  const meaning = meaningOf(code, 'linux', endpoint.family);
  if (meaning.kind === 'fault') return meaning.fault;
  return { kind: 'no-route', code, text: `this machine has no route to ${endpoint.address}` };
};

/**
 * Non-blocking connect, epoll and the socket error queue. One instance serves any number of connects at once; a
 * descriptor has one owner at a time: this class until the accept is handed to a conversation, then that socket.
 */
class LinuxWire implements Wire {
  readonly name = 'linux';
  readonly capabilities = { icmp: true, ttl: true, minTimeoutMs: 0 };
  readonly #libc: Libc;
  readonly #poller: Poller;
  readonly #errors: ErrorQueue;
  readonly #one = int(1);
  readonly #value = Buffer.alloc(4);
  readonly #length = int(4);
  readonly #name = Buffer.alloc(SOCKADDR_IN6.size);
  /** struct linger {1, 0}: close() resets, so that no TIME_WAIT piles up here and no session stays there. */
  readonly #linger = Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]);

  constructor(libc: Libc, poller: Poller) {
    this.#libc = libc;
    this.#poller = poller;
    this.#errors = new ErrorQueue(libc);
  }

  async connect(endpoint: Endpoint, options: ConnectOptions): Promise<Reply> {
    if (options.signal.aborted) return ABORTED;
    const { family } = endpoint;
    const fd = this.#libc.socket(
      family === 4 ? AF_INET : AF_INET6,
      SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
      0,
    );
    if (fd < 0) return unknown(localFault(this.#libc.errno(), endpoint));
    let isOurs = true;
    try {
      this.#prepare(fd, family, options.ttl);
      const address = sockaddrOf(endpoint, this.#libc);
      const started = performance.now();
      if (this.#libc.connect(fd, address, address.length) < 0) {
        const code = this.#libc.errno();
        if (code !== 'EINPROGRESS') return this.#failure(fd, code, endpoint, 0, true);
        const outcome = await this.#poller.wait(fd, options, () => this.#settled(fd));
        const rttMs = performance.now() - started;
        if (outcome === 'aborted') return ABORTED;
        if (outcome === 'silent') return { kind: 'silent', waitedMs: Math.round(rttMs), attempts: 1 };
        if (outcome !== 0) return this.#failure(fd, errnoName(outcome), endpoint, rttMs, false);
      }
      const rttMs = performance.now() - started;
      if (this.#isSelfConnect(fd, endpoint)) return SELF_CONNECT;
      if (options.talk) {
        isOurs = false;
        await this.#converse(fd, options);
      } else this.#libc.setsockopt(fd, SOL_SOCKET, SO_LINGER, this.#linger, this.#linger.length);
      return { kind: 'accepted', rttMs };
    } finally {
      if (isOurs) this.#libc.close(fd);
    }
  }

  async close(): Promise<void> {
    this.#poller.close();
  }

  #prepare(fd: number, family: 4 | 6, ttl: number | undefined): void {
    const [level, errors, hops] =
      family === 4 ? [IPPROTO_IP, IP_RECVERR, IP_TTL] : [IPPROTO_IPV6, IPV6_RECVERR, IPV6_UNICAST_HOPS];
    this.#libc.setsockopt(fd, level, errors, this.#one, 4);
    if (ttl !== undefined) this.#libc.setsockopt(fd, level, hops, int(ttl), 4);
  }

  /** SO_ERROR of a socket that epoll reported: 0 connected, an errno failed, null still under way (a soft error woke us). */
  #settled(fd: number): number | null {
    this.#libc.getsockopt(fd, SOL_SOCKET, SO_ERROR, this.#value, this.#length);
    const errno = this.#value.readInt32LE();
    if (errno !== 0) return errno;
    // Connected sockets have a peer; a socket still connecting only had something put into its error queue.
    this.#length.writeInt32LE(this.#name.length);
    const connected = this.#libc.getpeername(fd, this.#name, this.#length) === 0;
    this.#length.writeInt32LE(4);
    if (!connected) this.#errors.take(fd);
    return connected ? 0 : null;
  }

  /** What a failed connect means. `early`: connect() itself said so. */
  #failure(fd: number, code: string, endpoint: Endpoint, rttMs: number, early: boolean): Reply {
    const queued = this.#errors.take(fd).findLast((error) => error.errno === code);
    if (queued && queued.from !== this.#ownAddress(fd)) return this.#rejection(queued, rttMs);
    const meaning = meaningOf(code, 'linux', endpoint.family);
    if (meaning.kind === 'refused') {
      return { kind: 'refused', rttMs, by: isLoopback(endpoint.address) ? 'target' : 'unknown' };
    }
    if (meaning.kind === 'silent') return { kind: 'silent', waitedMs: Math.round(rttMs), attempts: 1 };
    if (early || meaning.kind === 'fault') return unknown(localFault(code, endpoint));
    // Our own kernel says it: the neighbour on this link did not answer ARP or neighbour discovery, after about 3 s.
    return { kind: 'rejected', rttMs, cause: { errno: code } };
  }

  #rejection({ icmp, from }: QueuedError, rttMs: number): Reply {
    return { kind: 'rejected', rttMs, cause: { icmp, from } };
  }

  #ownAddress(fd: number): string | null {
    this.#length.writeInt32LE(this.#name.length);
    const failed = this.#libc.getsockname(fd, this.#name, this.#length) < 0;
    this.#length.writeInt32LE(4);
    return failed ? null : addressIn(this.#name, 0);
  }

  #isSelfConnect(fd: number, { address, port }: Endpoint): boolean {
    return this.#ownAddress(fd) === address.replace(/%.*$/, '') && portIn(this.#name) === port;
  }

  async #converse(fd: number, { talk, signal }: ConnectOptions): Promise<void> {
    const socket = new Socket({ fd, readable: true, writable: true });
    // An error of a socket that is being closed concerns nobody; converse() hears those that matter.
    socket.on('error', () => {});
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    try {
      if (talk) await converse(socket, talk, signal);
    } finally {
      socket.resetAndDestroy();
      await closed;
    }
  }
}

/**
 * The wire for Linux without privileges: sees ICMP errors with type, code and sender through the socket error queue, and
 * limits the TTL of a connect. `arch` as Node names it. Throws one clear Error where it cannot run.
 */
export const linuxWire = async (platform: NodeJS.Platform, arch: string): Promise<Wire> => {
  const layout = LAYOUTS[arch];
  if (platform !== 'linux' || !layout)
    throw new Error(`it runs on Linux x64 and arm64, and this is ${platform} ${arch}`);
  const libc = await loadLibc();
  return new LinuxWire(libc, new Poller(libc, layout));
};
