import { type Koffi, loadLibrary } from '../koffi.ts';

/**
 * The doorway to ICMP echo: the calls that the pinger makes, as iphlpapi.dll and kernel32.dll have them. A send that goes on gives
 * 0 with the last error ERROR_IO_PENDING; then the system writes into `reply` until it sets the event.
 */
export interface IcmpApi {
  /** A handle to send from, INVALID_HANDLE_VALUE when there is none. */
  createFile(): number;
  createFile6(): number;
  closeHandle(handle: number): number;
  /** `from` and `to`: the four numbers of an address as they lie in memory. */
  sendEcho(
    handle: number,
    event: number,
    apc: null,
    context: null,
    from: number,
    to: number,
    data: Buffer,
    size: number,
    options: null,
    reply: Buffer,
    replySize: number,
    timeoutMs: number,
  ): number;
  /** `from` and `to`: struct sockaddr_in6. */
  sendEcho6(
    handle: number,
    event: number,
    apc: null,
    context: null,
    from: Buffer,
    to: Buffer,
    data: Buffer,
    size: number,
    options: null,
    reply: Buffer,
    replySize: number,
    timeoutMs: number,
  ): number;
  /** A handle, 0 when there is none. */
  createEvent(security: null, isManual: number, isSet: number, name: null): number;
  /** Which of `count` handles (8 bytes each) is set; its event is not set any more. `count` or more when none is. */
  waitForAny(count: number, handles: Buffer, all: number, timeoutMs: number): number;
  lastError(): number;
  inetPton(family: number, text: string, out: Buffer): number;
  /** Index of a network interface, 0 when there is none of that name. */
  interfaceIndex(name: string): number;
}

const TAIL =
  'void *data, uint16_t size, void *options, void *reply, uint32_t replySize, uint32_t timeoutMs)' as const;
const HEAD = 'intptr_t handle, intptr_t event, void *apc, void *context' as const;

/** ICMP echo through koffi. Throws where a library or a function of it is missing. */
export const icmpApi = (koffi: Koffi): IcmpApi => {
  const ip = loadLibrary(koffi, 'iphlpapi.dll');
  const kernel = loadLibrary(koffi, 'kernel32.dll');
  const ws2 = loadLibrary(koffi, 'ws2_32.dll');
  return {
    createFile: ip.func('intptr_t __stdcall IcmpCreateFile()'),
    createFile6: ip.func('intptr_t __stdcall Icmp6CreateFile()'),
    closeHandle: ip.func('int __stdcall IcmpCloseHandle(intptr_t handle)'),
    sendEcho: ip.func(`uint32_t __stdcall IcmpSendEcho2Ex(${HEAD}, uint32_t from, uint32_t to, ${TAIL}`),
    sendEcho6: ip.func(`uint32_t __stdcall Icmp6SendEcho2(${HEAD}, void *from, void *to, ${TAIL}`),
    createEvent: kernel.func(
      'intptr_t __stdcall CreateEventW(void *security, int isManual, int isSet, void *name)',
    ),
    waitForAny: kernel.func(
      'uint32_t __stdcall WaitForMultipleObjects(uint32_t count, void *handles, int all, uint32_t timeoutMs)',
    ),
    // koffi keeps the last error of the thread from one call to the next.
    lastError: kernel.func('uint32_t __stdcall GetLastError()'),
    inetPton: ws2.func('int __stdcall inet_pton(int family, const char *text, void *out)'),
    interfaceIndex: ip.func('uint32_t __stdcall if_nametoindex(const char *name)'),
  };
};
