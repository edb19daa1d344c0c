import { type Koffi, loadLibrary } from '../koffi.ts';
import { WSADATA_SIZE } from './layout.ts';

/** A socket that the event loop watches. Callbacks come again and again while the state lasts (level-triggered). */
export interface SocketWatch {
  start(what: SocketStates, onState: () => void): void;
  stop(): void;
  close(): void;
}

/** What of a socket is waited for. A connect that fails counts as writable. */
export interface SocketStates {
  readonly readable?: boolean;
  readonly writable?: boolean;
}

/**
 * The doorway to Winsock: the calls that the wire makes, as ws2_32.dll has them. A result other than 0 (of `recv` and `send`, one
 * below 0; of `socket`, -1) is a failure; `lastError` says which.
 */
export interface Ws2 {
  socket(family: number, type: number, protocol: number, info: null, group: number, flags: number): number;
  ioctl(s: number, command: number, value: Buffer): number;
  wsaIoctl(
    s: number,
    code: number,
    input: Buffer,
    inputSize: number,
    output: null,
    outputSize: number,
    returned: Buffer,
    overlapped: null,
    done: null,
  ): number;
  setsockopt(s: number, level: number, name: number, value: Buffer, size: number): number;
  getsockopt(s: number, level: number, name: number, value: Buffer, size: Buffer): number;
  getsockname(s: number, address: Buffer, size: Buffer): number;
  getpeername(s: number, address: Buffer, size: Buffer): number;
  bind(s: number, address: Buffer, size: number): number;
  connect(s: number, address: Buffer, size: number): number;
  recv(s: number, into: Buffer, size: number, flags: number): number;
  send(s: number, bytes: Uint8Array, size: number, flags: number): number;
  close(s: number): number;
  lastError(): number;
  inetPton(family: number, text: string, out: Buffer): number;
  /** Index of a network interface, 0 when there is none of that name. */
  interfaceIndex(name: string): number;
  /** Asks AFD through libuv (uv_poll), so that no thread waits. Throws when the system has no room for another. */
  watch(s: number, what: SocketStates, onState: () => void): SocketWatch;
}

const STARTED = 0x0202;

/**
 * Winsock through koffi. Throws one clear Error where a library or a function of it is missing. A SOCKET is a handle as wide as a
 * pointer, and INVALID_SOCKET is -1 of that.
 */
export const winsockApi = (koffi: Koffi): Ws2 => {
  const [ws2, helper] = [loadLibrary(koffi, 'ws2_32.dll'), loadLibrary(koffi, 'iphlpapi.dll')];
  const startup = ws2.func('int __stdcall WSAStartup(uint16_t version, void *data)');
  // libuv has done so already: calls are counted, and a second costs nothing.
  const failed = startup(STARTED, Buffer.alloc(WSADATA_SIZE));
  if (failed !== 0) throw new Error(`Winsock could not be started (${failed})`);
  return {
    socket: ws2.func(
      'intptr_t __stdcall WSASocketW(int family, int type, int protocol, void *info, uint32_t group, uint32_t flags)',
    ),
    ioctl: ws2.func('int __stdcall ioctlsocket(intptr_t s, uint32_t command, void *value)'),
    wsaIoctl: ws2.func(
      'int __stdcall WSAIoctl(intptr_t s, uint32_t code, void *in, uint32_t inSize, void *out, uint32_t outSize, void *returned, void *overlapped, void *done)',
    ),
    setsockopt: ws2.func('int __stdcall setsockopt(intptr_t s, int level, int name, void *value, int size)'),
    getsockopt: ws2.func(
      'int __stdcall getsockopt(intptr_t s, int level, int name, void *value, void *size)',
    ),
    getsockname: ws2.func('int __stdcall getsockname(intptr_t s, void *address, void *size)'),
    getpeername: ws2.func('int __stdcall getpeername(intptr_t s, void *address, void *size)'),
    bind: ws2.func('int __stdcall bind(intptr_t s, void *address, int size)'),
    connect: ws2.func('int __stdcall connect(intptr_t s, void *address, int size)'),
    recv: ws2.func('int __stdcall recv(intptr_t s, void *into, int size, int flags)'),
    send: ws2.func('int __stdcall send(intptr_t s, void *bytes, int size, int flags)'),
    close: ws2.func('int __stdcall closesocket(intptr_t s)'),
    // koffi keeps the last error of the thread from one call to the next, so it is still there when it is read.
    lastError: ws2.func('int __stdcall WSAGetLastError()'),
    inetPton: ws2.func('int __stdcall inet_pton(int family, const char *text, void *out)'),
    interfaceIndex: helper.func('uint32_t __stdcall if_nametoindex(const char *name)'),
    watch: (s, what, onState) => koffi.node.poll(s, what, onState),
  };
};
