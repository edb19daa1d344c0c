import pLimit from 'p-limit';
import type { Family } from '../../model/target.ts';
import type { Echo, Pinger } from '../../model/wire.ts';
import { Aborts } from '../aborts.ts';
import { addressText, SockaddrWriter } from '../linux/sockaddr.ts';
import { EchoSlots } from '../windows/echo-slots.ts';
import type { IcmpApi } from '../windows/icmp-api.ts';
import {
  AF_INET6,
  ERROR_IO_PENDING,
  ICMP_ECHO_REPLY,
  ICMPV6_ECHO_REPLY,
  INVALID_HANDLE_VALUE,
  IP_STATUS,
  SOCKADDR_IN,
  SOCKADDR_IN6,
} from '../windows/layout.ts';
import { notObserved, unreachableBy } from './echoes.ts';

/** Echoes in flight: each has an event and a buffer of its own. */
const MOST_IN_FLIGHT = 512;
/** What is sent; as long as the system's own ping sends. It stays where it is for as long as the system may read it. */
const DATA = Buffer.from('ra-preflight ICMP echo request..');

/** Statuses that somebody on the way, or the target, sent; those of IPv6 share the numbers. */
const SENT_BACK: ReadonlySet<number> = new Set([
  IP_STATUS.DEST_NET_UNREACHABLE,
  IP_STATUS.DEST_HOST_UNREACHABLE,
  IP_STATUS.DEST_PROT_UNREACHABLE,
  IP_STATUS.DEST_PORT_UNREACHABLE,
  IP_STATUS.TTL_EXPIRED_TRANSIT,
  IP_STATUS.TTL_EXPIRED_REASSEM,
  IP_STATUS.DEST_UNREACHABLE,
  IP_STATUS.TIME_EXCEEDED,
]);

/** Errors of Windows itself, by number (winerror.h, ipexport.h). */
const OWN: ReadonlyMap<number, string> = new Map([
  [5, 'a policy or security product of this machine forbids it'],
  [8, 'this machine has no memory left for it'],
  [1231, 'this machine has no route there'],
  [1232, 'this machine has no route there'],
  [IP_STATUS.DEST_NET_UNREACHABLE, 'this machine has no route there'],
  [IP_STATUS.DEST_HOST_UNREACHABLE, 'nobody on the link has the address, or this machine has no route there'],
  [IP_STATUS.GENERAL_FAILURE, 'no route there, or a firewall of this machine forbids it'],
]);

const notSent = (status: number): Echo =>
  notObserved(
    `this machine did not send the ICMP echo request: ${OWN.get(status) ?? `Windows error ${status}`}`,
  );

/** What a finished request says. `startedAt`: when it was sent (`performance.now()`). */
const echoOf = (reply: Buffer, family: Family, startedAt: number): Echo => {
  const at = family === 4 ? ICMP_ECHO_REPLY : ICMPV6_ECHO_REPLY;
  const waitedMs = performance.now() - startedAt;
  const status = reply.readUInt32LE(at.status);
  // Whole milliseconds from the system, cut; a look and a turn of the event loop too many from here.
  if (status === IP_STATUS.SUCCESS) {
    return { kind: 'reply', rttMs: Math.min(waitedMs, reply.readUInt32LE(at.rtt) + 1) };
  }
  if (status === IP_STATUS.REQ_TIMED_OUT) return { kind: 'no-reply', waitedMs: Math.round(waitedMs) };
  const from = reply.subarray(at.address, at.address + (family === 4 ? 4 : 16));
  // The system's own refusals come without a sender.
  return SENT_BACK.has(status) && from.some((octet) => octet !== 0)
    ? unreachableBy(addressText(from))
    : notSent(status);
};

/** ICMP echo by Windows itself: no raw socket, no privileges. One handle per family for all hosts. */
class WindowsPinger implements Pinger {
  readonly #api: IcmpApi;
  readonly #turn = pLimit(MOST_IN_FLIGHT);
  readonly #aborts = new Aborts();
  readonly #slots: EchoSlots;
  readonly #sockaddr: SockaddrWriter;
  readonly #anywhere = Buffer.alloc(SOCKADDR_IN6.size);
  /** Handle, or the error that came instead of one. */
  readonly #handles = new Map<Family, { readonly handle: number; readonly error: number }>();
  #isClosed = false;

  constructor(api: IcmpApi) {
    this.#api = api;
    this.#slots = new EchoSlots(api);
    this.#sockaddr = new SockaddrWriter(api, AF_INET6);
    this.#anywhere.writeUInt16LE(AF_INET6, 0);
  }

  echo(address: string, family: Family, options: { signal: AbortSignal; timeoutMs: number }): Promise<Echo> {
    return this.#turn(() => this.#ask(address, family, options));
  }

  /** Closing a handle ends its requests, which still own their buffers: handles go when nothing is under way any more. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#slots.whenIdle(() => {
      for (const { handle } of this.#handles.values()) {
        if (handle !== INVALID_HANDLE_VALUE) this.#api.closeHandle(handle);
      }
    });
  }

  async #ask(
    address: string,
    family: Family,
    { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number },
  ): Promise<Echo> {
    if (signal.aborted || this.#isClosed) return notObserved('stopped');
    const { handle, error } = this.#handle(family);
    if (handle === INVALID_HANDLE_VALUE) {
      return notObserved(
        `no ping could be sent: this machine has no ICMPv${family} (Windows error ${error})`,
      );
    }
    if (this.#sockaddr.write({ address, family, port: 0 }) === null) {
      return notObserved(`this machine has no network interface for ${address}`);
    }
    return new Promise((resolve) => {
      const finish = (echo: Echo): void => {
        this.#aborts.remove(signal, stop);
        resolve(echo);
      };
      // The system goes on with it; its slot is free when that is over.
      const stop = (): void => finish(notObserved('stopped'));
      this.#aborts.add(signal, stop);
      const startedAt = performance.now();
      let failure = 0;
      const isUnderWay = this.#slots.use(
        ({ event, reply }) => {
          reply.fill(0);
          failure = this.#send(handle, family, event, reply, timeoutMs);
          return failure === ERROR_IO_PENDING;
        },
        ({ reply }) => finish(echoOf(reply, family, startedAt)),
      );
      if (isUnderWay === null) finish(notObserved('no ping could be sent: this machine has no event left'));
      else if (!isUnderWay) finish(notSent(failure));
    });
  }

  /** ERROR_IO_PENDING when it is under way, or why it was not sent. */
  #send(handle: number, family: Family, event: number, reply: Buffer, timeoutMs: number): number {
    const { bytes } = this.#sockaddr;
    const wait = Math.ceil(timeoutMs);
    const sent =
      family === 4
        ? this.#api.sendEcho(
            ...([handle, event, null, null, 0, bytes.readUInt32LE(SOCKADDR_IN.address)] as const),
            ...([DATA, DATA.length, null, reply, reply.length, wait] as const),
          )
        : this.#api.sendEcho6(
            ...([handle, event, null, null, this.#anywhere, bytes] as const),
            ...([DATA, DATA.length, null, reply, reply.length, wait] as const),
          );
    // Replies that are there at once set the event all the same.
    return sent > 0 ? ERROR_IO_PENDING : this.#api.lastError();
  }

  #handle(family: Family): { readonly handle: number; readonly error: number } {
    const known = this.#handles.get(family);
    if (known) return known;
    const handle = family === 4 ? this.#api.createFile() : this.#api.createFile6();
    const opened = { handle, error: handle === INVALID_HANDLE_VALUE ? this.#api.lastError() : 0 };
    this.#handles.set(family, opened);
    return opened;
  }
}

/** A pinger on what Windows offers. Main thread only, as koffi wants it. */
export const windowsPinger = (api: IcmpApi): Pinger => new WindowsPinger(api);
