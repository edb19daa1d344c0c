import { constants } from 'node:os';
import { ErrorQueue, type QueuedError } from '../../src/wire/linux/error-queue.ts';
import * as linux from '../../src/wire/linux/layout.ts';
import { type Libc, loadLibc } from '../../src/wire/linux/libc.ts';
import * as windows from '../../src/wire/windows/layout.ts';
import type { SocketStates, Ws2 } from '../../src/wire/windows/ws2.ts';

type Koffi = typeof import('koffi').default;

/** Which of the newer calls the played Windows knows. */
export interface Played {
  /** SIO_TCP_INITIAL_RTO. */
  readonly oneSyn: boolean;
  /** TCP_FAIL_CONNECT_ON_ICMP_ERROR and TCP_ICMP_ERROR_INFO. Without them a connect takes no notice of ICMP errors. */
  readonly icmp: boolean;
}

const { WSA } = windows;
const TCP_SYNCNT = 7;
const NAMES = Object.entries(WSA).map(([name, number]) => [name, number] as const);
const BY_ERRNO = new Map(
  NAMES.flatMap(([name, number]) => {
    const errno = (constants.errno as Record<string, number>)[name];
    return errno === undefined ? [] : [[errno, number] as const];
  }),
);
const wsaOf = (errno: number): number =>
  errno === linux.EINPROGRESS ? WSA.EWOULDBLOCK : (BY_ERRNO.get(errno) ?? WSA.EINVAL);

/** What was found out about a socket's end: reading it empties it on Linux, on Windows it stays. */
interface Ended {
  readonly error: number;
  readonly icmp: QueuedError | null;
}

/**
 * Winsock played by Linux at the doorway of its calls: families, options, structures and errors are those of Windows, sizes that
 * Windows would refuse are refused, and the packets are real. So the wire meets real filters and routers without Windows.
 */
export class PlayedWs2 implements Ws2 {
  readonly #libc: Libc;
  readonly #watch: Koffi['node']['poll'];
  readonly #played: Played;
  readonly #queue: ErrorQueue;
  readonly #ended = new Map<number, Ended>();
  readonly #failsOnIcmp = new Set<number>();
  readonly #nonBlocking = new Set<number>();
  readonly #address = Buffer.alloc(windows.SOCKADDR_IN6.size);
  #error = 0;

  private constructor(libc: Libc, watch: Koffi['node']['poll'], played: Played) {
    this.#libc = libc;
    this.#watch = watch;
    this.#played = played;
    this.#queue = new ErrorQueue(libc);
  }

  static async load(played: Played): Promise<PlayedWs2> {
    const { default: koffi } = await import('koffi');
    return new PlayedWs2(await loadLibc(), koffi.node.poll, played);
  }

  socket = (
    family: number,
    type: number,
    protocol: number,
    _info: null,
    _group: number,
    flags: number,
  ): number => {
    const isKnown = family === windows.AF_INET || family === windows.AF_INET6;
    if (!isKnown || type !== 1 || protocol !== 6 || flags !== 0x81) return this.#fail(WSA.EINVAL);
    const is4 = family === windows.AF_INET;
    const how = linux.SOCK_STREAM | linux.SOCK_NONBLOCK | linux.SOCK_CLOEXEC;
    const s = this.#libc.socket(is4 ? linux.AF_INET : linux.AF_INET6, how, 0);
    if (s < 0) return this.#last();
    const [level, name] = is4
      ? [linux.IPPROTO_IP, linux.IP_RECVERR]
      : [linux.IPPROTO_IPV6, linux.IPV6_RECVERR];
    this.#option(s, level, name, 1);
    return s;
  };

  ioctl = (s: number, command: number, value: Buffer): number => {
    if (command !== windows.FIONBIO || value.readUInt32LE() !== 1) return this.#fail(WSA.EINVAL);
    this.#nonBlocking.add(s);
    return 0;
  };

  wsaIoctl: Ws2['wsaIoctl'] = (s, code, input, inputSize, _output, outputSize, returned) => {
    if (!this.#played.oneSyn) return this.#fail(WSA.EOPNOTSUPP);
    const isRight =
      code === windows.SIO_TCP_INITIAL_RTO && inputSize === 4 && outputSize === 0 && returned.length === 4;
    if (!isRight || input.readUInt16LE(0) === 0 || input.readUInt8(2) !== 254) return this.#fail(WSA.EINVAL);
    // As near as Linux comes to none.
    return this.#option(s, 6, TCP_SYNCNT, 1);
  };

  setsockopt: Ws2['setsockopt'] = (s, level, name, value, size) => {
    if (level === windows.SOL_SOCKET && name === windows.SO_LINGER) {
      if (size !== windows.LINGER.size) return this.#fail(WSA.EINVAL);
      const linger = Buffer.alloc(8);
      linger.writeInt32LE(value.readUInt16LE(0), 0);
      linger.writeInt32LE(value.readUInt16LE(2), 4);
      return this.#done(this.#libc.setsockopt(s, linux.SOL_SOCKET, linux.SO_LINGER, linger, 8));
    }
    if (size !== 4) return this.#fail(WSA.EINVAL);
    const number = value.readInt32LE();
    if (level === windows.SOL_SOCKET && name === windows.SO_REUSEADDR) {
      return this.#option(s, linux.SOL_SOCKET, linux.SO_REUSEADDR, number);
    }
    if (level === windows.IPPROTO_TCP && name === windows.TCP_FAIL_CONNECT_ON_ICMP_ERROR) {
      if (!this.#played.icmp) return this.#fail(WSA.ENOPROTOOPT);
      this.#failsOnIcmp.add(s);
      return 0;
    }
    if (level === windows.IPPROTO_IP && name === windows.IP_TTL)
      return this.#option(s, linux.IPPROTO_IP, linux.IP_TTL, number);
    if (level === windows.IPPROTO_IPV6 && name === windows.IPV6_UNICAST_HOPS)
      return this.#option(s, linux.IPPROTO_IPV6, linux.IPV6_UNICAST_HOPS, number);
    return this.#fail(WSA.ENOPROTOOPT);
  };

  getsockopt: Ws2['getsockopt'] = (s, level, name, value, size) => {
    if (level === windows.SOL_SOCKET && name === windows.SO_ERROR) {
      value.writeInt32LE(this.#endOf(s)?.error ?? 0);
      return 0;
    }
    if (level !== windows.IPPROTO_TCP || name !== windows.TCP_ICMP_ERROR_INFO || !this.#played.icmp)
      return this.#fail(WSA.ENOPROTOOPT);
    if (!this.#failsOnIcmp.has(s) || size.readInt32LE() < windows.ICMP_ERROR_INFO.size)
      return this.#fail(WSA.EINVAL);
    const icmp = this.#ended.get(s)?.icmp;
    size.writeInt32LE(icmp ? windows.ICMP_ERROR_INFO.size : 0);
    if (icmp) this.#writeInfo(icmp, value);
    return 0;
  };

  getsockname: Ws2['getsockname'] = (s, address, size) =>
    this.#name(this.#libc.getsockname, s, address, size);
  getpeername: Ws2['getpeername'] = (s, address, size) =>
    this.#name(this.#libc.getpeername, s, address, size);

  bind: Ws2['bind'] = (s, address, size) =>
    this.#done(this.#libc.bind(s, this.#forLinux(address, size), size));

  connect: Ws2['connect'] = (s, address, size) => {
    if (!this.#nonBlocking.has(s)) throw new Error('this connect would block the process');
    return this.#done(this.#libc.connect(s, this.#forLinux(address, size), size));
  };

  recv: Ws2['recv'] = (s, into, size, flags) => this.#size(this.#libc.recv(s, into, size, flags));
  send: Ws2['send'] = (s, bytes, size) => this.#size(this.#libc.send(s, bytes, size, linux.MSG_NOSIGNAL));

  close = (s: number): number => {
    this.#ended.delete(s);
    this.#failsOnIcmp.delete(s);
    this.#nonBlocking.delete(s);
    return this.#done(this.#libc.close(s));
  };

  lastError = (): number => this.#error;
  inetPton: Ws2['inetPton'] = (family, text, out) =>
    this.#libc.inetPton(family === windows.AF_INET6 ? linux.AF_INET6 : linux.AF_INET, text, out);
  interfaceIndex = (name: string): number => this.#libc.interfaceIndex(name);
  watch = (s: number, what: SocketStates, onState: () => void) => this.#watch(s, what, onState);

  /** How the socket's connect ended. A Windows that is not asked for ICMP errors goes on in spite of them. */
  #endOf(s: number): Ended | null {
    const known = this.#ended.get(s);
    if (known) return known;
    const [value, size] = [Buffer.alloc(4), Buffer.from([4, 0, 0, 0])];
    this.#libc.getsockopt(s, linux.SOL_SOCKET, linux.SO_ERROR, value, size);
    const errno = value.readInt32LE();
    if (errno === 0) return null;
    const icmp = this.#queue.take(s).findLast((queued) => queued.errno === errno) ?? null;
    const error = icmp ? (this.#failsOnIcmp.has(s) ? WSA.EHOSTUNREACH : WSA.ETIMEDOUT) : wsaOf(errno);
    const ended = { error, icmp };
    this.#ended.set(s, ended);
    return ended;
  }

  #writeInfo({ icmp: { version, type, code }, from }: QueuedError, into: Buffer): void {
    into.fill(0);
    into.writeUInt16LE(version === 4 ? windows.AF_INET : windows.AF_INET6, 0);
    if (version === 4) Buffer.from(from.split('.').map(Number)).copy(into, windows.SOCKADDR_IN.address);
    else this.#libc.inetPton(linux.AF_INET6, from, into.subarray(windows.SOCKADDR_IN6.address));
    into.writeInt32LE(version === 4 ? 1 : 58, windows.ICMP_ERROR_INFO.protocol);
    into.writeUInt8(type, windows.ICMP_ERROR_INFO.type);
    into.writeUInt8(code, windows.ICMP_ERROR_INFO.code);
  }

  #forLinux(address: Buffer, size: number): Buffer {
    address.copy(this.#address);
    const is4 = address.readUInt16LE(0) === windows.AF_INET;
    const wanted = is4 ? windows.SOCKADDR_IN.size : windows.SOCKADDR_IN6.size;
    if (size !== wanted) throw new Error(`a sockaddr of ${size} bytes, Windows wants ${wanted}`);
    this.#address.writeUInt16LE(is4 ? linux.AF_INET : linux.AF_INET6, 0);
    return this.#address;
  }

  #name(call: Libc['getsockname'], s: number, address: Buffer, size: Buffer): number {
    const result = this.#done(call(s, address, size));
    if (result === 0 && address.readUInt16LE(0) === linux.AF_INET6)
      address.writeUInt16LE(windows.AF_INET6, 0);
    return result;
  }

  #option(s: number, level: number, name: number, value: number): number {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    return this.#done(this.#libc.setsockopt(s, level, name, bytes, 4));
  }

  readonly #done = (result: number): number => (result === 0 ? 0 : this.#last());
  readonly #size = (size: number): number => (size < 0 ? this.#last() : size);

  #last(): number {
    const errno = this.#libc.errno();
    return this.#fail(errno === linux.EAGAIN ? WSA.EWOULDBLOCK : wsaOf(errno));
  }

  #fail(error: number): number {
    this.#error = error;
    return -1;
  }
}
