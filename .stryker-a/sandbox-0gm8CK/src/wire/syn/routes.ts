import { isLoopback } from '../../ip/ip.ts';
import { isPassing, type LocalFault } from '../../model/fault.ts';
import type { Endpoint, Family } from '../../model/target.ts';
import { ENETUNREACH, IPPROTO_IPV6, IPV6_V6ONLY, SOCKADDR_IN, SOCKADDR_IN6 } from '../linux/layout.ts';
import type { Libc } from '../linux/libc.ts';
import { localFault } from '../linux/local-fault.ts';
import { SockaddrWriter } from '../linux/sockaddr.ts';
import { addressSum, type Destination } from './destination.ts';
import { AF_UNSPEC, SOCK_DGRAM } from './layout.ts';
import { Errno, int, openSocket } from './open-socket.ts';

/** How long a route is kept, milliseconds, and how many are. */
const KNOWN_MS = 2000;
const MOST_KNOWN = 1 << 16;

const ANY_PORT = 9;
const NO_ADDRESS = 'this machine has no address to send from to there';

/** Neither TCP nor a scan has any business there, and only TCP sockets would refuse it. */
const isMulticast = (family: Family, to: Int32Array): boolean => {
  const first = (to[0] ?? 0) & 0xff;
  return family === 4 ? first >= 224 && first < 240 : first === 0xff;
};

/** The address in a struct sockaddr. */
const wordsOf = (sockaddr: Buffer, family: Family): Int32Array => {
  const words = new Int32Array(4);
  const at = family === 4 ? SOCKADDR_IN.address : SOCKADDR_IN6.address;
  for (let i = 0; i < (family === 4 ? 1 : 4); i++) words[i] = sockaddr.readInt32LE(at + 4 * i);
  return words;
};

/**
 * Asks the kernel where packets to an address come from: a datagram socket is connected, which looks up the route and sends
 * nothing. Exact for every address, since two neighbours may have different routes; remembered for two seconds.
 */
export class Routes {
  readonly #libc: Libc;
  readonly #sockaddr: SockaddrWriter;
  readonly #nobody = Buffer.alloc(SOCKADDR_IN.size);
  readonly #own = Buffer.alloc(SOCKADDR_IN6.size);
  readonly #length = int(0);
  readonly #known = new Map<string, Destination | LocalFault>();
  readonly #sockets = new Map<Family, number>();
  #knownUntil = 0;

  constructor(libc: Libc) {
    this.#libc = libc;
    this.#sockaddr = new SockaddrWriter(libc);
    this.#nobody.writeUInt16LE(AF_UNSPEC, 0);
  }

  /** The way to an endpoint's address, or why there is none from here. Throws TypeError for what is no address. */
  find(endpoint: Endpoint, now: number): Destination | LocalFault {
    if (now > this.#knownUntil || this.#known.size >= MOST_KNOWN) {
      this.#known.clear();
      this.#knownUntil = now + KNOWN_MS;
    }
    const known = this.#known.get(endpoint.address);
    if (known) return known;
    const found = this.#ask(endpoint);
    if (!('kind' in found && isPassing(found))) this.#known.set(endpoint.address, found);
    return found;
  }

  close(): void {
    for (const fd of this.#sockets.values()) this.#libc.close(fd);
    this.#sockets.clear();
    this.#known.clear();
  }

  #ask(endpoint: Endpoint): Destination | LocalFault {
    const { address, family } = endpoint;
    const length = this.#sockaddr.write({ address, family, port: ANY_PORT });
    if (length === null) {
      const text = `this machine has no network interface for ${address}`;
      return { kind: 'no-route', code: 'ENODEV', text };
    }
    try {
      const fd = this.#socket(family);
      // Connected once, a datagram socket keeps its own address; taking leave frees it.
      this.#libc.connect(fd, this.#nobody, this.#nobody.length);
      if (this.#libc.connect(fd, this.#sockaddr.bytes, length) < 0) throw new Errno(this.#libc.errno());
      const from = this.#end(this.#libc.getsockname, fd, family);
      let to = wordsOf(this.#sockaddr.bytes, family);
      // To the unspecified address the kernel connects itself, and names whom it connected.
      if (to.every((word) => word === 0)) to = this.#end(this.#libc.getpeername, fd, family);
      if (isMulticast(family, to)) throw new Errno(ENETUNREACH);
      const scope = family === 6 ? this.#sockaddr.bytes.readUInt32LE(SOCKADDR_IN6.scope) : 0;
      return { family, to, from, scope, isLoopback: isLoopback(address), sum: addressSum(to, from) };
    } catch (error) {
      if (!(error instanceof Errno)) throw error;
      const fault = localFault(error.errno, endpoint);
      // No port was requested, so what is missing is an address.
      return fault.code === 'EADDRNOTAVAIL' ? { ...fault, kind: 'no-route', text: NO_ADDRESS } : fault;
    }
  }

  #socket(family: Family): number {
    const open = this.#sockets.get(family);
    if (open !== undefined) return open;
    const fd = openSocket(this.#libc, family, SOCK_DGRAM, 0);
    this.#sockets.set(family, fd);
    // An IPv4-mapped address would go out as IPv4.
    if (family === 6) this.#libc.setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, int(1), 4);
    return fd;
  }

  #end(call: Libc['getsockname'], fd: number, family: Family): Int32Array {
    this.#length.writeInt32LE(this.#own.length);
    if (call(fd, this.#own, this.#length) < 0) throw new Errno(this.#libc.errno());
    return wordsOf(this.#own, family);
  }
}
