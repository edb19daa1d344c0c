import type { IcmpError } from '../../model/reply.ts';
import type { Family } from '../../model/target.ts';
import { addressIn } from '../linux/sockaddr.ts';
import {
  AF_INET,
  AF_INET6,
  FIONBIO,
  ICMP_ERROR_INFO,
  INITIAL_RTO,
  IP_TTL,
  IPPROTO_IP,
  IPPROTO_IPV6,
  IPPROTO_TCP,
  IPV6_UNICAST_HOPS,
  LINGER,
  NO_SYN_RETRANSMISSIONS,
  SIO_TCP_INITIAL_RTO,
  SO_ERROR,
  SO_LINGER,
  SO_REUSEADDR,
  SOCK_STREAM,
  SOCKADDR_IN,
  SOCKADDR_IN6,
  SOL_SOCKET,
  TCP_FAIL_CONNECT_ON_ICMP_ERROR,
  TCP_ICMP_ERROR_INFO,
  UNSPECIFIED_RTT,
  WSA,
  WSA_FLAG_NO_HANDLE_INHERIT,
  WSA_FLAG_OVERLAPPED,
} from './layout.ts';
import type { Ws2 } from './ws2.ts';

/**
 * Round trips that the system may take for its first wait, milliseconds: it gives up on its one SYN after three of them (nmap
 * issue 2113), and nmap asks for no more than 1000. Where that is refused, the system takes its own.
 */
const FIRST_RTTS_MS = [1000, UNSPECIFIED_RTT];

const int = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};
const ON = int(1);
/** struct linger {1, 0}: closing resets, so that no TIME_WAIT eats up the 16,384 dynamic ports. */
const NO_LINGER = Buffer.alloc(LINGER.size);
NO_LINGER.writeUInt16LE(1, 0);

const NAMES = new Map<number, string>(Object.entries(WSA).map(([name, number]) => [number, name]));

/** The name of a Winsock error as Node has it (`ECONNREFUSED`), `WSA10004` for one that this wire does not know. */
export const wsaName = (error: number): string => NAMES.get(error) ?? `WSA${error}`;

/** What this Windows can, found by asking. */
export interface Features {
  /** One SYN a connect: a refusal is known after one round trip (Windows 10 1709). */
  readonly oneSyn: boolean;
  /** ICMP errors end a connect and can be read (Windows 10 2004). */
  readonly icmp: boolean;
}

/** What of a probe its socket must know before the connect. */
interface SocketOptions {
  readonly ttl?: number;
  /** Another socket may have the same local port. */
  readonly sharesPort: boolean;
}

/** The calls on TCP sockets that this wire makes, with buffers made once. Errors are Winsock's numbers. */
export class Winsock {
  readonly features: Features;
  readonly #ws2: Ws2;
  readonly #value = Buffer.alloc(4);
  readonly #length = Buffer.alloc(4);
  readonly #rto = Buffer.alloc(INITIAL_RTO.size);
  readonly #info = Buffer.alloc(ICMP_ERROR_INFO.size);
  readonly #own = Buffer.alloc(SOCKADDR_IN6.size);
  readonly #peer = Buffer.alloc(SOCKADDR_IN6.size);

  constructor(ws2: Ws2) {
    this.#ws2 = ws2;
    this.#rto.writeUInt8(NO_SYN_RETRANSMISSIONS, INITIAL_RTO.retransmissions);
    this.features = this.#findFeatures();
  }

  /** A new socket that does not block, or minus the error. */
  open(family: Family, { ttl, sharesPort }: SocketOptions): number {
    const ws2 = this.#ws2;
    const s = this.#create(family);
    if (s < 0) return -ws2.lastError();
    const [level, name] = family === 4 ? [IPPROTO_IP, IP_TTL] : [IPPROTO_IPV6, IPV6_UNICAST_HOPS];
    if (
      ws2.ioctl(s, FIONBIO, ON) === 0 &&
      (ttl === undefined || this.#set(s, level, name, ttl)) &&
      (!sharesPort || ws2.setsockopt(s, SOL_SOCKET, SO_REUSEADDR, ON, 4) === 0)
    ) {
      if (this.features.oneSyn) this.#oneSyn(s);
      if (this.features.icmp) this.#failOnIcmp(s);
      return s;
    }
    const error = ws2.lastError();
    ws2.close(s);
    return -error;
  }

  /** Lets the socket leave from a local port of any address. 0 or the error. */
  bind(s: number, family: Family, port: number): number {
    this.#own.fill(0);
    this.#own.writeUInt16LE(family === 4 ? AF_INET : AF_INET6, 0);
    this.#own.writeUInt16BE(port, SOCKADDR_IN.port);
    const { size } = family === 4 ? SOCKADDR_IN : SOCKADDR_IN6;
    return this.#ws2.bind(s, this.#own, size) === 0 ? 0 : this.#ws2.lastError();
  }

  /** 0, EWOULDBLOCK when it is under way, or why no packet left. */
  connect(s: number, address: Buffer, length: number): number {
    return this.#ws2.connect(s, address, length) === 0 ? 0 : this.#ws2.lastError();
  }

  /** The local port of a socket, null when it has none. */
  localPort(s: number): number | null {
    return this.#read(this.#ws2.getsockname, s, this.#own)
      ? this.#own.readUInt16BE(SOCKADDR_IN.port) || null
      : null;
  }

  /** The address that this machine used for the socket. */
  ownAddress(s: number): string | null {
    return this.#read(this.#ws2.getsockname, s, this.#own) ? addressIn(this.#own, 0, AF_INET6) : null;
  }

  /** How a connect ended: 0, an error, or null while it is under way. */
  settled(s: number): number | null {
    this.#length.writeInt32LE(4);
    if (this.#ws2.getsockopt(s, SOL_SOCKET, SO_ERROR, this.#value, this.#length) !== 0) {
      return this.#ws2.lastError();
    }
    const error = this.#value.readInt32LE();
    if (error !== 0) return error;
    return this.#read(this.#ws2.getpeername, s, this.#peer) ? 0 : null;
  }

  /** Whether a socket that is connected to `port` is connected to itself: the kernel had picked that port as the local one. */
  isSelfConnected(s: number, port: number): boolean {
    return (
      this.localPort(s) === port &&
      this.#read(this.#ws2.getpeername, s, this.#peer) &&
      this.#own.equals(this.#peer)
    );
  }

  /** The ICMP error that ended the connect, with its sender; null when none did, or this Windows does not report it. */
  icmpError(s: number): { readonly icmp: IcmpError; readonly from: string } | null {
    if (!this.features.icmp) return null;
    this.#length.writeInt32LE(ICMP_ERROR_INFO.size);
    // WSAGetIcmpErrorInfo is an inline function around just this, and no export.
    const failed = this.#ws2.getsockopt(s, IPPROTO_TCP, TCP_ICMP_ERROR_INFO, this.#info, this.#length);
    if (failed !== 0 || this.#length.readInt32LE() <= ICMP_ERROR_INFO.code) return null;
    const from = addressIn(this.#info, ICMP_ERROR_INFO.source, AF_INET6);
    if (from === null) return null;
    const version = this.#info.readUInt16LE(ICMP_ERROR_INFO.source) === AF_INET6 ? 6 : 4;
    const type = this.#info.readUInt8(ICMP_ERROR_INFO.type);
    return { icmp: { version, type, code: this.#info.readUInt8(ICMP_ERROR_INFO.code) }, from };
  }

  /** Makes the coming close a reset. */
  resetOnClose(s: number): void {
    this.#ws2.setsockopt(s, SOL_SOCKET, SO_LINGER, NO_LINGER, NO_LINGER.length);
  }

  #create(family: Family): number {
    const flags = WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT;
    return this.#ws2.socket(family === 4 ? AF_INET : AF_INET6, SOCK_STREAM, IPPROTO_TCP, null, 0, flags);
  }

  #findFeatures(): Features {
    const s = this.#create(4);
    if (s < 0) return { oneSyn: false, icmp: false };
    const oneSyn = FIRST_RTTS_MS.some((rtt) => {
      this.#rto.writeUInt16LE(rtt, INITIAL_RTO.rtt);
      return this.#oneSyn(s);
    });
    const icmp = this.#failOnIcmp(s);
    this.#ws2.close(s);
    return { oneSyn, icmp };
  }

  #oneSyn(s: number): boolean {
    return (
      this.#ws2.wsaIoctl(
        s,
        SIO_TCP_INITIAL_RTO,
        this.#rto,
        INITIAL_RTO.size,
        null,
        0,
        this.#length,
        null,
        null,
      ) === 0
    );
  }

  #failOnIcmp(s: number): boolean {
    return this.#ws2.setsockopt(s, IPPROTO_TCP, TCP_FAIL_CONNECT_ON_ICMP_ERROR, ON, 4) === 0;
  }

  #set(s: number, level: number, name: number, value: number): boolean {
    this.#value.writeInt32LE(value);
    return this.#ws2.setsockopt(s, level, name, this.#value, 4) === 0;
  }

  #read(call: Ws2['getsockname'], s: number, into: Buffer): boolean {
    into.fill(0);
    this.#length.writeInt32LE(into.length);
    return call(s, into, this.#length) === 0;
  }
}
