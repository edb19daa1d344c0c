import type { IcmpError } from '../../model/reply.ts';
import type { Family } from '../../model/target.ts';
import { parseControl } from '../linux/error-queue.ts';
import {
  AF_INET,
  AF_INET6,
  EAGAIN,
  IOVEC,
  IP_RECVERR,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_RECVERR,
  MSG_DONTWAIT,
  MSG_ERRQUEUE,
  MSGHDR,
  SOCK_CLOEXEC,
  SOCK_NONBLOCK,
  SOCKADDR_IN,
  SOCKADDR_IN6,
  SOL_SOCKET,
} from '../linux/layout.ts';
import type { Libc } from '../linux/libc.ts';
import { SockaddrWriter } from '../linux/sockaddr.ts';

const SOCK_DGRAM = 2;
const SO_SNDBUF = 7;
const SO_RCVBUF = 8;
const SO_SNDBUFFORCE = 32;
const SO_RCVBUFFORCE = 33;
const ENOBUFS = 105;
/**
 * Room for answers, and for requests to hosts on the link that answer no ARP, which the kernel keeps for three seconds. Without
 * CAP_NET_ADMIN it cuts this to `net.core.rmem_max` and `wmem_max`, some 500 packets by default.
 */
const BUFFER_BYTES = 4 << 20;
const BUFFERS = [
  { forced: SO_SNDBUFFORCE, asked: SO_SNDBUF },
  { forced: SO_RCVBUFFORCE, asked: SO_RCVBUF },
];

const FAMILIES = {
  4: { domain: AF_INET, protocol: 1, level: IPPROTO_IP, errors: IP_RECVERR, sockaddr: SOCKADDR_IN.size },
  6: {
    domain: AF_INET6,
    protocol: 58,
    level: IPPROTO_IPV6,
    errors: IPV6_RECVERR,
    sockaddr: SOCKADDR_IN6.size,
  },
} as const;

/** Longer than any answer that counts, so that one which was cut off is too long as well. */
const MESSAGE_BYTES = 128;
const CONTROL_BYTES = 256;
/** Echoes that may be in flight on one socket: two to each of the dead hosts that 16,000 packets a second find, each for a second. */
export const MOST_IN_FLIGHT = 4096;
/** Messages read from each queue at once, at some 4 us each: more than a receive buffer holds, and no end of anybody's flood. */
const MOST_READ = 1024;
/** Every failed try to send takes one error off the socket that belongs to somebody else. */
const MOST_TRIES = 4;

/** Thrown when the kernel gives no such socket; `errno` says why, EACCES where `ping_group_range` does. */
export class NoIcmpSocket extends Error {
  override readonly name = 'NoIcmpSocket';
  constructor(readonly errno: number) {
    super(`no ICMP socket: errno ${errno}`);
  }
}

/** Told of what came, as far as the kernel knows it; the bytes are written over by the next. */
export interface IcmpReader {
  onMessage(bytes: Buffer): void;
  /** An ICMP error, and the start of the request that it quotes. */
  onError(icmp: IcmpError, from: string, quoted: Buffer): void;
}

const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};

/**
 * An ICMP datagram socket (icmp(7), Linux 3.0): sends echo requests without privileges, for the groups in
 * `net.ipv4.ping_group_range`, which applies to IPv6 too. The kernel writes an id of its own into each request and delivers
 * only the answers to it.
 */
export class IcmpSocket {
  readonly fd: number;
  /** The kernel's, in every request. */
  readonly id: number;
  readonly #libc: Libc;
  readonly #sockaddr: SockaddrWriter;
  readonly #data = Buffer.alloc(MESSAGE_BYTES);
  readonly #control = Buffer.alloc(CONTROL_BYTES);
  readonly #iovec = Buffer.alloc(IOVEC.size);
  readonly #message = Buffer.alloc(MSGHDR.size);

  /** Throws NoIcmpSocket. */
  constructor(libc: Libc, family: Family) {
    this.#libc = libc;
    this.#sockaddr = new SockaddrWriter(libc);
    const { domain, protocol, level, errors, sockaddr } = FAMILIES[family];
    this.fd = libc.socket(domain, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
    if (this.fd < 0) throw new NoIcmpSocket(libc.errno());
    const own = Buffer.alloc(sockaddr);
    own.writeUInt16LE(domain, 0);
    if (
      libc.setsockopt(this.fd, level, errors, int(1), 4) < 0 ||
      // An address of zeros and port 0: any address, and an id that is free.
      libc.bind(this.fd, own, sockaddr) < 0 ||
      libc.getsockname(this.fd, own, int(sockaddr)) < 0
    ) {
      const errno = libc.errno();
      libc.close(this.fd);
      throw new NoIcmpSocket(errno);
    }
    this.id = own.readUInt16BE(SOCKADDR_IN.port);
    const size = int(BUFFER_BYTES);
    for (const { forced, asked } of BUFFERS) {
      if (libc.setsockopt(this.fd, SOL_SOCKET, forced, size, 4) < 0) {
        libc.setsockopt(this.fd, SOL_SOCKET, asked, size, 4);
      }
    }
    this.#iovec.writeBigUInt64LE(libc.address(this.#data), IOVEC.base);
    this.#iovec.writeBigUInt64LE(BigInt(MESSAGE_BYTES), IOVEC.len);
    this.#message.writeBigUInt64LE(libc.address(this.#iovec), MSGHDR.iov);
    this.#message.writeBigUInt64LE(1n, MSGHDR.iovlen);
    this.#message.writeBigUInt64LE(libc.address(this.#control), MSGHDR.control);
  }

  /** Sends a request: 0, an errno, `full` when the kernel has no room now, `no-zone` for a zone that is no interface here. */
  send(address: string, family: Family, packet: Buffer, reader: IcmpReader): number | 'full' | 'no-zone' {
    const length = this.#sockaddr.write({ address, family, port: 0 });
    if (length === null) return 'no-zone';
    let errno = 0;
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      if (this.#libc.sendto(this.fd, packet, packet.length, MSG_DONTWAIT, this.#sockaddr.bytes, length) >= 0)
        return 0;
      errno = this.#libc.errno();
      if (errno === EAGAIN || errno === ENOBUFS) return 'full';
      // An ICMP error about another request fails the next call on the socket, once; our own failure fails every try.
      this.#readErrors(reader);
    }
    return errno;
  }

  /** Reads what waits, errors first. */
  read(reader: IcmpReader): void {
    this.#readErrors(reader);
    for (let i = 0; i < MOST_READ; i++) {
      const length = this.#libc.recv(this.fd, this.#data, MESSAGE_BYTES, MSG_DONTWAIT);
      if (length >= 0) reader.onMessage(this.#data.subarray(0, length));
      else if (this.#libc.errno() === EAGAIN) return;
    }
  }

  close(): void {
    this.#libc.close(this.fd);
  }

  #readErrors(reader: IcmpReader): void {
    for (let i = 0; i < MOST_READ; i++) {
      this.#message.writeBigUInt64LE(BigInt(CONTROL_BYTES), MSGHDR.controllen);
      const length = Number(this.#libc.recvmsg(this.fd, this.#message, MSG_ERRQUEUE | MSG_DONTWAIT));
      if (length < 0) return;
      const controlLength = Number(this.#message.readBigUInt64LE(MSGHDR.controllen));
      const error = parseControl(this.#control.subarray(0, controlLength));
      if (error) reader.onError(error.icmp, error.from, this.#data.subarray(0, length));
    }
  }
}
