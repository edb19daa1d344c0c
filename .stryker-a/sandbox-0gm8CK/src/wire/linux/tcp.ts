import type { Family } from '../../model/target.ts';
import type { WireProbe } from '../../model/wire.ts';
import {
  AF_INET,
  AF_INET6,
  IP_MINTTL,
  IP_RECVERR,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_MINHOPCOUNT,
  IPV6_RECVERR,
  IPV6_UNICAST_HOPS,
  IPV6_V6ONLY,
  SO_ERROR,
  SO_LINGER,
  SO_REUSEADDR,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCK_STREAM,
  SOCKADDR_IN,
  SOCKADDR_IN6,
  SOL_SOCKET,
} from './layout.ts';
import type { Libc } from './libc.ts';
import { addressIn } from './sockaddr.ts';

const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};

const ON = int(1);
/** struct linger {1, 0}: close() resets, so that no TIME_WAIT piles up here and no session stays there. */
const NO_LINGER = Buffer.concat([ON, int(0)]);

/** What of a probe its socket must know before the connect. */
type SocketOptions = Pick<WireProbe, 'ttl' | 'minTtl' | 'flow'>;

/** The calls on TCP sockets that this wire makes, with buffers made once. */
export class Tcp {
  readonly #libc: Libc;
  readonly #value = Buffer.alloc(4);
  readonly #length = Buffer.alloc(4);
  readonly #own = Buffer.alloc(SOCKADDR_IN6.size);
  readonly #peer = Buffer.alloc(SOCKADDR_IN6.size);

  constructor(libc: Libc) {
    this.#libc = libc;
  }

  /**
   * A new socket whose ICMP errors are queued. `isMapped`: of an IPv4-mapped address, which would go out as IPv4 and its errors
   * come back where nobody looks. The descriptor, or minus the errno.
   */
  open(family: Family, { ttl, minTtl, flow }: SocketOptions, isMapped: boolean): number {
    const libc = this.#libc;
    const is4 = family === 4;
    const fd = libc.socket(is4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) return -libc.errno();
    const level = is4 ? IPPROTO_IP : IPPROTO_IPV6;
    if (
      libc.setsockopt(fd, level, is4 ? IP_RECVERR : IPV6_RECVERR, ON, 4) === 0 &&
      (!isMapped || libc.setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, ON, 4) === 0) &&
      (ttl === undefined || this.#set(fd, level, is4 ? IP_TTL : IPV6_UNICAST_HOPS, ttl)) &&
      (minTtl === undefined || this.#set(fd, level, is4 ? IP_MINTTL : IPV6_MINHOPCOUNT, minTtl)) &&
      // Else a second socket could not be bound to the port while this one has it.
      (flow === undefined || libc.setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, ON, 4) === 0)
    ) {
      return fd;
    }
    const errno = libc.errno();
    libc.close(fd);
    return -errno;
  }

  /** Lets the socket leave from a local port of any address. 0 or the errno. */
  bind(fd: number, family: Family, port: number): number {
    const { size } = family === 4 ? SOCKADDR_IN : SOCKADDR_IN6;
    this.#own.fill(0);
    this.#own.writeUInt16LE(family === 4 ? AF_INET : AF_INET6, 0);
    this.#own.writeUInt16BE(port, SOCKADDR_IN.port);
    return this.#libc.bind(fd, this.#own, size) === 0 ? 0 : this.#libc.errno();
  }

  /** The local port of a socket, null when it has none. */
  localPort(fd: number): number | null {
    return this.#read(this.#libc.getsockname, fd, this.#own)
      ? this.#own.readUInt16BE(SOCKADDR_IN.port) || null
      : null;
  }

  /** How a non-blocking connect ended: 0, an errno, or null while it is under way. Takes the errno off the socket. */
  settled(fd: number): number | null {
    this.#length.writeInt32LE(4);
    this.#libc.getsockopt(fd, SOL_SOCKET, SO_ERROR, this.#value, this.#length);
    const errno = this.#value.readInt32LE();
    if (errno !== 0) return errno;
    return this.#read(this.#libc.getpeername, fd, this.#peer) ? 0 : null;
  }

  /** Whether a socket that is connected to `port` is connected to itself: the kernel had picked that port as the local one. */
  isSelfConnected(fd: number, port: number): boolean {
    return (
      this.#read(this.#libc.getsockname, fd, this.#own) &&
      this.#own.readUInt16BE(SOCKADDR_IN.port) === port &&
      this.#read(this.#libc.getpeername, fd, this.#peer) &&
      this.#own.equals(this.#peer)
    );
  }

  /** The address that this machine used for the socket. */
  ownAddress(fd: number): string | null {
    return this.#read(this.#libc.getsockname, fd, this.#own) ? addressIn(this.#own, 0) : null;
  }

  /** Makes the coming close a reset. */
  resetOnClose(fd: number): void {
    this.#libc.setsockopt(fd, SOL_SOCKET, SO_LINGER, NO_LINGER, NO_LINGER.length);
  }

  #set(fd: number, level: number, name: number, value: number): boolean {
    this.#value.writeInt32LE(value);
    return this.#libc.setsockopt(fd, level, name, this.#value, 4) === 0;
  }

  #read(call: Libc['getsockname'], fd: number, into: Buffer): boolean {
    this.#length.writeInt32LE(into.length);
    return call(fd, into, this.#length) === 0;
  }
}
