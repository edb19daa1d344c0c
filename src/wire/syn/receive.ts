import type { Family } from '../../model/target.ts';
import { IOVEC, IPPROTO_IPV6, MSG_DONTWAIT, MSGHDR, SOCKADDR_IN6, SOL_SOCKET } from '../linux/layout.ts';
import type { Libc } from '../linux/libc.ts';
import { answersOnly, errorsOnly, type LocalPorts } from './bpf-filter.ts';
import {
  IPPROTO_ICMP,
  IPPROTO_ICMPV6,
  IPPROTO_TCP,
  IPV6_RECVHOPLIMIT,
  MMSGHDR,
  MSGNAME,
  SK_MEMINFO_DROPS,
  SK_MEMINFO_VARS,
  SO_ATTACH_FILTER,
  SO_MEMINFO,
  SO_RCVBUF,
  SO_RCVBUFFORCE,
  SOCK_FILTER,
  SOCK_FPROG,
} from './layout.ts';
import { Errno, int, openRaw, setBufferSize } from './open-socket.ts';
import {
  emptyReply,
  type ParsedReply,
  readHopLimit,
  readIcmp4,
  readIcmp6,
  readSender6,
  readTcp4,
  readTcp6,
} from './packet-parse.ts';

/** Packets read with one system call. */
const BATCH = 128;
/** The longest headers, twice, and the start of TCP: what lies behind is of no interest. */
const PACKET_BYTES = 192;
const NAME_BYTES = 32;
const CONTROL_BYTES = 64;

const PROTOCOLS = {
  tcp: { 4: IPPROTO_TCP, 6: IPPROTO_TCP },
  icmp: { 4: IPPROTO_ICMP, 6: IPPROTO_ICMPV6 },
} as const;

/** Attaches a filter, or closes the socket and throws an `Errno`. The filter lies behind its own description, so that both live equally long. */
const attach = (libc: Libc, fd: number, filter: Buffer): void => {
  const bytes = Buffer.concat([Buffer.alloc(SOCK_FPROG.size), filter]);
  bytes.writeUInt16LE(filter.length / SOCK_FILTER.size, SOCK_FPROG.len);
  bytes.writeBigUInt64LE(libc.address(bytes) + BigInt(SOCK_FPROG.size), SOCK_FPROG.filter);
  if (libc.setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, bytes, SOCK_FPROG.size) === 0) return;
  const errno = libc.errno();
  libc.close(fd);
  throw new Errno(errno);
};

/** A raw socket that hears answers (`tcp`) or errors (`icmp`) of one family, and the buffers that it is read into. */
export class Receiver {
  readonly fd: number;
  readonly #libc: Libc;
  readonly #family: Family;
  readonly #kind: 'tcp' | 'icmp';
  readonly #packets = Buffer.alloc(BATCH * PACKET_BYTES);
  readonly #names = Buffer.alloc(BATCH * NAME_BYTES);
  readonly #controls = Buffer.alloc(BATCH * CONTROL_BYTES);
  readonly #iovecs = Buffer.alloc(BATCH * IOVEC.size);
  readonly #messages = Buffer.alloc(BATCH * MMSGHDR.size);
  readonly #memory = Buffer.alloc(4 * SK_MEMINFO_VARS);
  readonly #length = int(0);
  readonly #lostBefore: number = 0;

  /** Throws an `Errno` when the kernel gives no such socket. `bytes`: how much may wait to be read. */
  constructor(libc: Libc, family: Family, kind: 'tcp' | 'icmp', ports: LocalPorts, bytes: number) {
    this.#libc = libc;
    this.#family = family;
    this.#kind = kind;
    this.fd = openRaw(libc, family, PROTOCOLS[kind][family]);
    attach(libc, this.fd, kind === 'tcp' ? answersOnly(family, ports) : errorsOnly(family, ports));
    setBufferSize(libc, this.fd, [SO_RCVBUFFORCE, SO_RCVBUF], bytes);
    if (family === 6) libc.setsockopt(this.fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, int(1), 4);
    this.#point();
    // Before the filter stood, everybody's packets came in, or found no room.
    while (!this.drain(emptyReply(), () => {}));
    this.#lostBefore = this.lost();
  }

  /**
   * Reads one batch of what waits and shows each answer; `parsed` is written over by the next. True when nothing is left.
   */
  drain(parsed: ParsedReply, onReply: () => void): boolean {
    if (this.#family === 6) {
      for (let i = 0; i < BATCH; i++) {
        this.#messages.writeUInt32LE(CONTROL_BYTES, i * MMSGHDR.size + MSGHDR.controllen);
      }
    }
    const count = this.#libc.recvmmsg(this.fd, this.#messages, BATCH, MSG_DONTWAIT, null);
    for (let i = 0; i < count; i++) if (this.#read(i, parsed)) onReply();
    return count < BATCH;
  }

  /** How many packets were lost since the socket is ready, because nobody read them in time. */
  lost(): number {
    this.#length.writeInt32LE(this.#memory.length);
    this.#libc.getsockopt(this.fd, SOL_SOCKET, SO_MEMINFO, this.#memory, this.#length);
    return this.#memory.readUInt32LE(4 * SK_MEMINFO_DROPS) - this.#lostBefore;
  }

  close(): void {
    this.#libc.close(this.fd);
  }

  #read(i: number, parsed: ParsedReply): boolean {
    const message = i * MMSGHDR.size;
    const at = i * PACKET_BYTES;
    const end = at + Math.min(PACKET_BYTES, this.#messages.readUInt32LE(message + MMSGHDR.len));
    if (this.#family === 4)
      return (this.#kind === 'tcp' ? readTcp4 : readIcmp4)(this.#packets, at, end, parsed);
    const name = i * NAME_BYTES;
    const nameEnd = name + Math.min(NAME_BYTES, this.#messages.readUInt32LE(message + MSGNAME.namelen));
    const sender = this.#kind === 'tcp' ? parsed.address : parsed.sender;
    const read = this.#kind === 'tcp' ? readTcp6 : readIcmp6;
    if (!read(this.#packets, at, end, parsed) || !readSender6(this.#names, name, nameEnd, sender))
      return false;
    const control = i * CONTROL_BYTES;
    const length = Math.min(CONTROL_BYTES, this.#messages.readUInt32LE(message + MSGHDR.controllen));
    parsed.ttl = readHopLimit(this.#controls, control, control + length);
    return true;
  }

  /** Lets every message point at its own stretch of the buffers. */
  #point(): void {
    const address = (buffer: Buffer): bigint => this.#libc.address(buffer);
    const [packets, names, controls, iovecs] = [
      address(this.#packets),
      address(this.#names),
      address(this.#controls),
      address(this.#iovecs),
    ];
    for (let i = 0; i < BATCH; i++) {
      const n = BigInt(i);
      const iovec = i * IOVEC.size;
      const message = i * MMSGHDR.size;
      this.#iovecs.writeBigUInt64LE(packets + n * BigInt(PACKET_BYTES), iovec + IOVEC.base);
      this.#iovecs.writeBigUInt64LE(BigInt(PACKET_BYTES), iovec + IOVEC.len);
      this.#messages.writeBigUInt64LE(iovecs + n * BigInt(IOVEC.size), message + MSGHDR.iov);
      this.#messages.writeBigUInt64LE(1n, message + MSGHDR.iovlen);
      // The IPv4 header holds all of it.
      if (this.#family === 4) continue;
      this.#messages.writeBigUInt64LE(names + n * BigInt(NAME_BYTES), message + MSGNAME.name);
      this.#messages.writeUInt32LE(SOCKADDR_IN6.size, message + MSGNAME.namelen);
      this.#messages.writeBigUInt64LE(controls + n * BigInt(CONTROL_BYTES), message + MSGHDR.control);
    }
  }
}
