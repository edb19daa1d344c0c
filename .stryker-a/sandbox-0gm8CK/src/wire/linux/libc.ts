import { constants } from 'node:os';
import { getSystemErrorName } from 'node:util';
import { messageOf } from '../../text/error-message.ts';
import { type Koffi, loadKoffi } from '../koffi.ts';

/** glibc, then musl by its two architectures. */
const NAMES = ['libc.so.6', 'libc.musl-x86_64.so.1', 'libc.musl-aarch64.so.1'];

const open = (koffi: Koffi): ReturnType<Koffi['load']> => {
  const problems: string[] = [];
  for (const name of NAMES) {
    try {
      return koffi.load(name);
    } catch (error) {
      problems.push(messageOf(error));
    }
  }
  throw new Error(`no C library could be loaded (${problems.join('; ')})`);
};

/** A descriptor that the event loop watches. `unref`: the watching alone keeps no process alive. */
export interface Watch {
  ref(): void;
  unref(): void;
  close(): void;
}

/** The calls that the linux and the syn engine make. A negative result is a failure; `errno()` says which. */
export interface Libc {
  socket(family: number, type: number, protocol: number): number;
  connect(fd: number, address: Buffer, length: number): number;
  close(fd: number): number;
  setsockopt(fd: number, level: number, name: number, value: Buffer, length: number): number;
  getsockopt(fd: number, level: number, name: number, value: Buffer, length: Buffer): number;
  getsockname(fd: number, address: Buffer, length: Buffer): number;
  getpeername(fd: number, address: Buffer, length: Buffer): number;
  recvmsg(fd: number, message: Buffer, flags: number): number;
  recv(fd: number, into: Buffer, length: number, flags: number): number;
  send(fd: number, bytes: Uint8Array, length: number, flags: number): number;
  bind(fd: number, address: Buffer, length: number): number;
  /** How many of `count` messages went out; below zero when the first did not. */
  sendmmsg(fd: number, messages: Buffer, count: number, flags: number): number;
  /** How many messages came, of `most`. */
  recvmmsg(fd: number, messages: Buffer, most: number, flags: number, timeout: null): number;
  epollCreate(flags: number): number;
  epollCtl(epoll: number, operation: number, fd: number, event: Buffer): number;
  epollWait(epoll: number, events: Buffer, most: number, timeoutMs: number): number;
  inetPton(family: number, text: string, out: Buffer): number;
  /** Index of a network interface, 0 when there is none of that name. */
  interfaceIndex(name: string): number;
  /** errno of the last failed call. */
  errno(): number;
  /** Address of a buffer, for a struct that points to it. The buffer must outlive the struct. */
  address(buffer: Buffer): bigint;
  /** Calls back from the event loop while the descriptor is readable. */
  watch(fd: number, onReadable: () => void): Watch;
  sendto(
    fd: number,
    bytes: Buffer,
    length: number,
    flags: number,
    address: Buffer,
    addressLength: number,
  ): number;
}

/** libuv's names leave out EINPROGRESS, the C library's constants leave out EHOSTDOWN and ENONET. */
const NAMES_BY_NUMBER = new Map(
  Object.entries(constants.errno)
    .toReversed()
    .map(([name, errno]) => [errno, name]),
);

/** The name of an errno number, as Node and the C headers write it. */
export const errnoName = (errno: number): string => NAMES_BY_NUMBER.get(errno) ?? getSystemErrorName(-errno);

/** Loads libc through koffi, which is loaded only now. Throws one clear Error when either is not to be had. */
export const loadLibc = async (): Promise<Libc> => {
  const koffi = await loadKoffi();
  const lib = open(koffi);
  return {
    socket: lib.func('int socket(int domain, int type, int protocol)'),
    connect: lib.func('int connect(int fd, void *addr, uint32_t len)'),
    close: lib.func('int close(int fd)'),
    setsockopt: lib.func('int setsockopt(int fd, int level, int name, void *value, uint32_t len)'),
    getsockopt: lib.func('int getsockopt(int fd, int level, int name, void *value, void *len)'),
    getsockname: lib.func('int getsockname(int fd, void *addr, void *len)'),
    getpeername: lib.func('int getpeername(int fd, void *addr, void *len)'),
    recvmsg: lib.func('int64_t recvmsg(int fd, void *msg, int flags)'),
    recv: lib.func('int64_t recv(int fd, void *into, uint64_t len, int flags)'),
    send: lib.func('int64_t send(int fd, void *bytes, uint64_t len, int flags)'),
    bind: lib.func('int bind(int fd, void *addr, uint32_t len)'),
    sendmmsg: lib.func('int sendmmsg(int fd, void *messages, unsigned int count, int flags)'),
    recvmmsg: lib.func('int recvmmsg(int fd, void *messages, unsigned int most, int flags, void *timeout)'),
    epollCreate: lib.func('int epoll_create1(int flags)'),
    epollCtl: lib.func('int epoll_ctl(int epfd, int op, int fd, void *event)'),
    epollWait: lib.func('int epoll_wait(int epfd, void *events, int maxevents, int timeout)'),
    inetPton: lib.func('int inet_pton(int family, const char *text, void *out)'),
    interfaceIndex: lib.func('unsigned int if_nametoindex(const char *name)'),
    errno: () => koffi.errno(),
    address: (buffer) => BigInt(koffi.address(buffer)),
    watch: (fd, onReadable) => koffi.node.poll(fd, { readable: true }, onReadable),
    sendto: lib.func(
      'int64_t sendto(int fd, void *bytes, uint64_t len, int flags, void *addr, uint32_t addr_len)',
    ),
  };
};
