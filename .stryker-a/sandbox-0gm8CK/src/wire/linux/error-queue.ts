import type { IcmpError } from '../../model/reply.ts';
import {
  CMSGHDR,
  EXTENDED_ERR,
  IOVEC,
  IP_RECVERR,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPV6_RECVERR,
  MSG_DONTWAIT,
  MSG_ERRQUEUE,
  MSGHDR,
  SO_EE_ORIGIN_ICMP,
  SO_EE_ORIGIN_ICMP6,
} from './layout.ts';
import type { Libc } from './libc.ts';
import { addressIn } from './sockaddr.ts';

/** An ICMP error that the kernel queued for a socket, the errno number it became, and who sent it. */
export interface QueuedError {
  readonly errno: number;
  readonly icmp: IcmpError;
  readonly from: string;
}

const CONTROL_BYTES = 512n;
const DATA_BYTES = 256;
/** A connect gets one error, or a few soft ones; more is a peer's game. */
const MOST_ERRORS = 16;

/** An extended error (linux/errqueue.h) with its offender behind it; null when no ICMP error is in it. */
const parseExtended = (bytes: Buffer): QueuedError | null => {
  if (bytes.length < EXTENDED_ERR.size) return null;
  const origin = bytes.readUInt8(EXTENDED_ERR.origin);
  const version = origin === SO_EE_ORIGIN_ICMP ? 4 : origin === SO_EE_ORIGIN_ICMP6 ? 6 : null;
  const from = addressIn(bytes, EXTENDED_ERR.size);
  if (version === null || from === null) return null;
  return {
    errno: bytes.readUInt32LE(EXTENDED_ERR.errno),
    icmp: { version, type: bytes.readUInt8(EXTENDED_ERR.type), code: bytes.readUInt8(EXTENDED_ERR.code) },
    from,
  };
};

/** Reads one control message area (cmsg(3)): every message is walked, foreign ones are skipped, a cut one ends it. */
export const parseControl = (control: Buffer): QueuedError | null => {
  for (let at = 0; at + CMSGHDR.size <= control.length; ) {
    const length = Number(control.readBigUInt64LE(at + CMSGHDR.len));
    if (length < CMSGHDR.size || at + length > control.length) return null;
    const level = control.readInt32LE(at + CMSGHDR.level);
    const type = control.readInt32LE(at + CMSGHDR.type);
    if ((level === IPPROTO_IP && type === IP_RECVERR) || (level === IPPROTO_IPV6 && type === IPV6_RECVERR)) {
      const error = parseExtended(control.subarray(at + CMSGHDR.size, at + length));
      if (error) return error;
    }
    at += Math.ceil(length / CMSGHDR.align) * CMSGHDR.align;
  }
  return null;
};

/** Reads the error queue of sockets, with buffers made once. */
export class ErrorQueue {
  readonly #libc: Libc;
  readonly #control = Buffer.alloc(Number(CONTROL_BYTES));
  readonly #data = Buffer.alloc(DATA_BYTES);
  readonly #iovec = Buffer.alloc(IOVEC.size);
  readonly #message = Buffer.alloc(MSGHDR.size);

  constructor(libc: Libc) {
    this.#libc = libc;
    this.#iovec.writeBigUInt64LE(libc.address(this.#data), IOVEC.base);
    this.#iovec.writeBigUInt64LE(BigInt(DATA_BYTES), IOVEC.len);
    this.#message.writeBigUInt64LE(libc.address(this.#iovec), MSGHDR.iov);
    this.#message.writeBigUInt64LE(1n, MSGHDR.iovlen);
    this.#message.writeBigUInt64LE(libc.address(this.#control), MSGHDR.control);
  }

  /** Takes what is queued on the socket, oldest first (`IP_RECVERR`, ip(7)). */
  take(fd: number): QueuedError[] {
    const errors: QueuedError[] = [];
    for (let i = 0; i < MOST_ERRORS; i++) {
      this.#message.writeBigUInt64LE(CONTROL_BYTES, MSGHDR.controllen);
      if (this.#libc.recvmsg(fd, this.#message, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) break;
      const length = Number(this.#message.readBigUInt64LE(MSGHDR.controllen));
      const error = parseControl(this.#control.subarray(0, length));
      if (error) errors.push(error);
    }
    return errors;
  }
}
