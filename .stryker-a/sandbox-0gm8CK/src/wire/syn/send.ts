import type { Family } from '../../model/target.ts';
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
  MSGHDR,
  SOCKADDR_IN,
  SOCKADDR_IN6,
} from '../linux/layout.ts';
import type { Libc } from '../linux/libc.ts';
import {
  ENOBUFS,
  IP_HDRINCL,
  IPPROTO_RAW,
  IPV6_HDRINCL,
  MMSGHDR,
  MSGNAME,
  SO_SNDBUF,
  SO_SNDBUFFORCE,
} from './layout.ts';
import { int, openRaw, setBufferSize } from './open-socket.ts';
import { prepareSyn, SYN_BYTES, type Syn, writeSyn } from './packet-build.ts';

/** Packets sent with one system call: small enough that on loopback, where answers come within it, none is lost. */
export const SEND_BATCH = 128;

/** Called with what became of a SYN. */
export interface SendEvents<T extends Syn> {
  /** The packet is handed to the kernel now (`performance.now()`). Called again when the kernel had no room. */
  onSending(syn: T, now: number): void;
  /** The kernel refused this packet, and will again. */
  onRefused(syn: T, errno: number): void;
}

/** A raw socket that SYNs of one family leave by, a batch at a time, from buffers made once. */
export class Sender<T extends Syn> {
  readonly #libc: Libc;
  readonly #fd: number;
  readonly #family: Family;
  readonly #names: Buffer;
  readonly #messages: Buffer;
  readonly #iovecs: Buffer;
  readonly #packets: Buffer;
  readonly #views: DataView[] = [];
  readonly #syns: T[] = [];
  #next = 0;
  /** Packets that the kernel took, in all. */
  sent = 0;

  /** Throws an `Errno` when the kernel gives no such socket. `bytes`: how much may wait to leave. */
  constructor(libc: Libc, family: Family, bytes: number) {
    this.#libc = libc;
    this.#family = family;
    const name = family === 4 ? SOCKADDR_IN : SOCKADDR_IN6;
    this.#names = Buffer.alloc(SEND_BATCH * name.size);
    this.#messages = Buffer.alloc(SEND_BATCH * MMSGHDR.size);
    this.#iovecs = Buffer.alloc(SEND_BATCH * IOVEC.size);
    this.#packets = Buffer.alloc(SEND_BATCH * SYN_BYTES[family]);
    this.#fd = openRaw(libc, family, IPPROTO_RAW);
    const [level, ownHeader, errors] =
      family === 4 ? [IPPROTO_IP, IP_HDRINCL, IP_RECVERR] : [IPPROTO_IPV6, IPV6_HDRINCL, IPV6_RECVERR];
    libc.setsockopt(this.#fd, level, ownHeader, int(1), 4);
    // Only then does the kernel report that an interface had no room for a packet.
    libc.setsockopt(this.#fd, level, errors, int(1), 4);
    setBufferSize(libc, this.#fd, [SO_SNDBUFFORCE, SO_SNDBUF], bytes);
    this.#point();
  }

  /** Whether there is no room for another SYN. */
  get isFull(): boolean {
    return this.#syns.length === SEND_BATCH;
  }

  get isEmpty(): boolean {
    return this.#syns.length === 0;
  }

  /** Puts a SYN into the batch, which must neither be full nor left half sent by `flush`. */
  add(syn: T): void {
    const i = this.#syns.length;
    const view = this.#views[i];
    if (!view) throw new RangeError('the batch is full');
    writeSyn(view, syn);
    if (this.#family === 4) {
      this.#names.writeInt32LE(syn.to.to[0] ?? 0, i * SOCKADDR_IN.size + SOCKADDR_IN.address);
    } else {
      const at = i * SOCKADDR_IN6.size;
      for (let n = 0; n < 4; n++) {
        this.#names.writeInt32LE(syn.to.to[n] ?? 0, at + SOCKADDR_IN6.address + 4 * n);
      }
      this.#names.writeUInt32LE(syn.to.scope, at + SOCKADDR_IN6.scope);
    }
    this.#syns.push(syn);
  }

  /** Sends the batch. False when there is no room in the kernel: what is left stays, and wants another flush later. */
  flush({ onSending, onRefused }: SendEvents<T>): boolean {
    const count = this.#syns.length;
    while (this.#next < count) {
      const now = performance.now();
      for (let i = this.#next; i < count; i++) onSending(this.#syns[i] as T, now);
      const sent = this.#libc.sendmmsg(
        this.#fd,
        this.#next === 0 ? this.#messages : this.#messages.subarray(this.#next * MMSGHDR.size),
        count - this.#next,
        MSG_DONTWAIT,
      );
      if (sent > 0) {
        this.#next += sent;
        this.sent += sent;
        continue;
      }
      const errno = this.#libc.errno();
      if (errno === EAGAIN || errno === ENOBUFS) return false;
      onRefused(this.#syns[this.#next] as T, errno);
      this.#next++;
    }
    this.#next = 0;
    this.#syns.length = 0;
    return true;
  }

  close(): void {
    this.#libc.close(this.#fd);
  }

  /** Lets every message point at its own packet and address. */
  #point(): void {
    const size = SYN_BYTES[this.#family];
    const name = this.#family === 4 ? SOCKADDR_IN.size : SOCKADDR_IN6.size;
    const [names, iovecs, packets] = [this.#names, this.#iovecs, this.#packets].map((buffer) =>
      this.#libc.address(buffer),
    ) as [bigint, bigint, bigint];
    for (let i = 0; i < SEND_BATCH; i++) {
      const n = BigInt(i);
      const view = new DataView(this.#packets.buffer, this.#packets.byteOffset + i * size, size);
      prepareSyn(this.#family, view);
      this.#views.push(view);
      this.#names.writeUInt16LE(this.#family === 4 ? AF_INET : AF_INET6, i * name);
      this.#iovecs.writeBigUInt64LE(packets + n * BigInt(size), i * IOVEC.size + IOVEC.base);
      this.#iovecs.writeBigUInt64LE(BigInt(size), i * IOVEC.size + IOVEC.len);
      const message = i * MMSGHDR.size;
      this.#messages.writeBigUInt64LE(names + n * BigInt(name), message + MSGNAME.name);
      this.#messages.writeUInt32LE(name, message + MSGNAME.namelen);
      this.#messages.writeBigUInt64LE(iovecs + n * BigInt(IOVEC.size), message + MSGHDR.iov);
      this.#messages.writeBigUInt64LE(1n, message + MSGHDR.iovlen);
    }
  }
}
