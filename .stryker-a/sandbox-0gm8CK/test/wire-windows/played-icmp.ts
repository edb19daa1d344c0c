import { isIPv4 } from 'node:net';
import type { IcmpApi } from '../../src/wire/windows/icmp-api.ts';
import {
  ERROR_IO_PENDING,
  ICMP_ECHO_REPLY,
  ICMPV6_ECHO_REPLY,
  INVALID_HANDLE_VALUE,
  IP_STATUS,
} from '../../src/wire/windows/layout.ts';

/** How a host is answered: the status and sender that Windows writes into a reply, after so many looks at its event. */
export interface Answered {
  readonly status: number;
  readonly from?: string;
  readonly rttMs?: number;
  readonly afterLooks?: number;
}

interface Pending {
  readonly event: number;
  looks: number;
  readonly write: () => void;
}

const octetsOf = (address: string): number[] => {
  if (isIPv4(address)) return address.split('.').map(Number);
  const [head = '', tail = ''] = address.split('::');
  const words = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((word) => parseInt(word, 16));
  const [first, last] = [words(head), words(tail)];
  return [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last].flatMap((word) => [
    word >> 8,
    word & 255,
  ]);
};

/**
 * ICMP echo of Windows at the doorway of its calls: takes what the real ones take, writes replies as they lie in memory while an
 * event waits for its look, and counts what is opened and closed.
 */
export class PlayedIcmp implements IcmpApi {
  readonly #answers: ReadonlyMap<string, Answered>;
  readonly #pending = new Map<number, Pending>();
  #lastHandle = 0x100;
  #error = 0;
  /** Whether the machine has no IPv6. */
  lacks6 = false;
  /** Events that can still be made. */
  eventsLeft = Number.POSITIVE_INFINITY;
  readonly open = new Set<number>();
  events = 0;
  mostUnderWay = 0;

  constructor(answers: Readonly<Record<string, Answered>>) {
    this.#answers = new Map(
      Object.entries(answers).map(([address, said]) => [String(octetsOf(address)), said]),
    );
  }

  createFile = (): number => this.#handle();
  createFile6 = (): number => {
    if (!this.lacks6) return this.#handle();
    this.#error = 120;
    return INVALID_HANDLE_VALUE;
  };
  closeHandle = (handle: number): number => {
    if (this.#pending.size > 0) throw new Error('a handle was closed while requests were under way');
    return Number(this.open.delete(handle));
  };

  sendEcho: IcmpApi['sendEcho'] = (
    handle,
    event,
    _apc,
    _context,
    from,
    to,
    data,
    size,
    _options,
    reply,
    replySize,
  ) => {
    const octets = [0, 8, 16, 24].map((shift) => (to >>> shift) & 255);
    if (from !== 0 || size !== data.length) return this.#fail(87);
    return this.#send(handle, event, octets, reply, replySize, ICMP_ECHO_REPLY);
  };

  sendEcho6: IcmpApi['sendEcho6'] = (
    handle,
    event,
    _apc,
    _context,
    from,
    to,
    data,
    size,
    _options,
    reply,
    replySize,
  ) => {
    const isRight = [from, to].every((one) => one.length === 28 && one.readUInt16LE(0) === 23);
    if (!isRight || size !== data.length) return this.#fail(87);
    return this.#send(handle, event, [...to.subarray(8, 24)], reply, replySize, ICMPV6_ECHO_REPLY);
  };

  createEvent = (): number => {
    if (this.events >= this.eventsLeft) return this.#fail(8);
    this.events++;
    return this.#handle();
  };

  waitForAny = (count: number, handles: Buffer): number => {
    for (let i = 0; i < count; i++) {
      const event = Number(handles.readBigInt64LE(8 * i));
      const pending = this.#pending.get(event);
      if (!pending || pending.looks-- > 0) continue;
      this.#pending.delete(event);
      pending.write();
      return i;
    }
    return 258;
  };

  lastError = (): number => this.#error;
  inetPton = (_family: number, text: string, out: Buffer): number => {
    Buffer.from(octetsOf(text)).copy(out);
    return 1;
  };
  interfaceIndex = (name: string): number => (name === 'Ethernet' ? 7 : 0);

  #send(
    handle: number,
    event: number,
    octets: readonly number[],
    reply: Buffer,
    replySize: number,
    at: typeof ICMP_ECHO_REPLY | typeof ICMPV6_ECHO_REPLY,
  ): number {
    if (!this.open.has(handle) || !this.open.has(event)) throw new Error('not a handle');
    if (this.#pending.has(event)) throw new Error('an event was used for two requests at once');
    if (replySize !== reply.length || replySize < at.size + 64) return this.#fail(122);
    const said = this.#answers.get(String(octets)) ?? { status: IP_STATUS.REQ_TIMED_OUT };
    // What Windows finds out before anything leaves is below its own base.
    if (said.status !== IP_STATUS.SUCCESS && said.status < IP_STATUS.STATUS_BASE)
      return this.#fail(said.status);
    const write = (): void => {
      if (said.from) Buffer.from(octetsOf(said.from)).copy(reply, at.address);
      reply.writeUInt32LE(said.status, at.status);
      reply.writeUInt32LE(said.rttMs ?? 0, at.rtt);
    };
    this.#pending.set(event, { event, looks: said.afterLooks ?? 0, write });
    this.mostUnderWay = Math.max(this.mostUnderWay, this.#pending.size);
    return this.#fail(ERROR_IO_PENDING);
  }

  #handle(): number {
    this.#lastHandle += 4;
    this.open.add(this.#lastHandle);
    return this.#lastHandle;
  }

  #fail(error: number): 0 {
    this.#error = error;
    return 0;
  }
}
