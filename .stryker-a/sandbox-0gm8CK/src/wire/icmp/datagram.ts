import { randomInt } from 'node:crypto';
import pLimit from 'p-limit';
import type { IcmpError } from '../../model/reply.ts';
import type { Family } from '../../model/target.ts';
import type { Echo, Pinger } from '../../model/wire.ts';
import { Aborts } from '../aborts.ts';
import { EPOLL_CLOEXEC, EPOLL_CTL_ADD, EPOLLIN } from '../linux/layout.ts';
import { errnoName, type Libc, type Watch } from '../linux/libc.ts';
import { localFault } from '../linux/local-fault.ts';
import { notObserved, unreachableBy } from './echoes.ts';
import { echoRequest, isPayloadOf, quotedSequence, replySequence } from './packet.ts';
import { type IcmpReader, IcmpSocket, MOST_IN_FLIGHT, NoIcmpSocket } from './socket.ts';

/** Requests sent before answers are read: the kernel keeps a few hundred for us. */
const SENT_AT_ONCE = 64;
/** How soon a request that the kernel had no room for is tried again, milliseconds. */
const ROOM_MS = 20;

/** Destination unreachable and time exceeded (RFC 792; RFC 4443 sections 3.1 and 3.3). */
const UNREACHED: Readonly<Record<4 | 6, readonly number[]>> = { 4: [3, 11], 6: [1, 3] };

interface Waiting {
  readonly request: Buffer;
  sentAt: number;
  readonly finish: (echo: Echo) => void;
}

/** The socket of a family with what waits on it, by sequence number. */
class Lane implements IcmpReader {
  readonly socket: IcmpSocket;
  readonly waiting = new Map<number, Waiting>();
  readonly #family: Family;

  /** Throws NoIcmpSocket. */
  constructor(libc: Libc, family: Family) {
    this.#family = family;
    this.socket = new IcmpSocket(libc, family);
  }

  /** One of 65,536 that nobody waits for: soon found, and not to be guessed. */
  freeSequence(): number {
    for (;;) {
      const sequence = randomInt(0x10000);
      if (!this.waiting.has(sequence)) return sequence;
    }
  }

  onMessage(bytes: Buffer): void {
    const waiting = this.#asked(replySequence(bytes, this.#family, this.socket.id), bytes);
    waiting?.finish({ kind: 'reply', rttMs: performance.now() - waiting.sentAt });
  }

  onError({ version, type }: IcmpError, from: string, quoted: Buffer): void {
    if (!UNREACHED[version].includes(type)) return;
    this.#asked(quotedSequence(quoted, this.#family, this.socket.id), quoted)?.finish(unreachableBy(from));
  }

  /** Who waits for that; nobody when the payload is not what we sent. */
  #asked(sequence: number | null, bytes: Buffer): Waiting | null {
    const waiting = sequence === null ? undefined : this.waiting.get(sequence);
    return waiting && isPayloadOf(bytes, waiting.request) ? waiting : null;
  }
}

/** ICMP echo through the datagram sockets of Linux, one per family for all hosts, both watched by the event loop. */
class DatagramPinger implements Pinger {
  readonly #libc: Libc;
  readonly #turn = pLimit(MOST_IN_FLIGHT);
  readonly #aborts = new Aborts();
  readonly #lanes = new Map<Family, Lane>();
  readonly #epoll: number;
  readonly #watch: Watch;
  #isReading = false;
  #isClosed = false;
  #sent = 0;

  /** Throws NoIcmpSocket where the kernel gives none for IPv4, the sign that it gives none at all. */
  constructor(libc: Libc) {
    this.#libc = libc;
    // The event loop cannot watch the sockets themselves: an error in their queue would end the watching (uv_poll, EPOLLERR).
    this.#epoll = libc.epollCreate(EPOLL_CLOEXEC);
    if (this.#epoll < 0) throw new NoIcmpSocket(libc.errno());
    try {
      this.#open(4);
    } catch (error) {
      libc.close(this.#epoll);
      throw error;
    }
    this.#watch = libc.watch(this.#epoll, this.#onReadable);
    // The clock of each echo keeps the process.
    this.#watch.unref();
  }

  echo(address: string, family: Family, options: { signal: AbortSignal; timeoutMs: number }): Promise<Echo> {
    return this.#turn(() => this.#ask(address, family, options));
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#watch.close();
    this.#libc.close(this.#epoll);
    for (const { socket, waiting } of this.#lanes.values()) {
      for (const { finish } of waiting.values()) finish(notObserved('stopped'));
      socket.close();
    }
    this.#lanes.clear();
  }

  async #ask(
    address: string,
    family: Family,
    { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number },
  ): Promise<Echo> {
    if (signal.aborted || this.#isClosed) return notObserved('stopped');
    let lane: Lane;
    try {
      lane = this.#lanes.get(family) ?? this.#open(family);
    } catch (error) {
      if (!(error instanceof NoIcmpSocket)) throw error;
      return notObserved(localReason(error.errno, address, family));
    }
    return new Promise((resolve) => {
      const sequence = lane.freeSequence();
      const begunAt = performance.now();
      let timer: NodeJS.Timeout | undefined;
      const finish = (echo: Echo): void => {
        clearTimeout(timer);
        lane.waiting.delete(sequence);
        this.#aborts.remove(signal, stop);
        resolve(echo);
      };
      const stop = (): void => finish(notObserved('stopped'));
      const waiting: Waiting = { request: echoRequest(family, sequence), sentAt: begunAt, finish };
      const expire = (): void => {
        // A late event loop may not have looked yet: what came by now counts.
        lane.socket.read(lane);
        if (lane.waiting.get(sequence) !== waiting) return;
        finish({ kind: 'no-reply', waitedMs: Math.round(performance.now() - waiting.sentAt) });
      };
      const send = (): void => {
        waiting.sentAt = performance.now();
        const sent = lane.socket.send(address, family, waiting.request, lane);
        if (sent === 0) timer = setTimeout(expire, timeoutMs);
        else if (sent === 'full' && waiting.sentAt - begunAt < timeoutMs) timer = setTimeout(send, ROOM_MS);
        else finish(notObserved(notSent(sent, address, family)));
      };
      lane.waiting.set(sequence, waiting);
      this.#aborts.add(signal, stop);
      send();
      if (++this.#sent % SENT_AT_ONCE === 0) lane.socket.read(lane);
    });
  }

  /** Throws NoIcmpSocket. */
  #open(family: Family): Lane {
    const lane = new Lane(this.#libc, family);
    // struct epoll_event begins with the events; what lies behind is of no interest, and no longer than this.
    const event = Buffer.alloc(16);
    event.writeUInt32LE(EPOLLIN, 0);
    if (this.#libc.epollCtl(this.#epoll, EPOLL_CTL_ADD, lane.socket.fd, event) < 0) {
      const errno = this.#libc.errno();
      lane.socket.close();
      throw new NoIcmpSocket(errno);
    }
    this.#lanes.set(family, lane);
    return lane;
  }

  /** koffi calls this outside of Node's bookkeeping: promises settled here would not be run, those of an immediate are. */
  readonly #onReadable = (): void => {
    if (this.#isReading) return;
    this.#isReading = true;
    setImmediate(() => {
      this.#isReading = false;
      for (const lane of this.#lanes.values()) lane.socket.read(lane);
    });
  };
}

const localReason = (errno: number, address: string, family: Family): string => {
  const { kind, text } = localFault(errno, { address, family });
  const why = kind === 'blocked-locally' ? 'a firewall or a route of this machine forbids it' : text;
  return `this machine did not send the ICMP echo request: ${why}`;
};

const notSent = (sent: number | 'full' | 'no-zone', address: string, family: Family): string => {
  if (typeof sent === 'number') return localReason(sent, address, family);
  return sent === 'full'
    ? 'this machine did not send the ICMP echo request: hosts on the link that do not exist fill its neighbour table or send buffer (a lower --rate helps)'
    : `this machine has no network interface for ${address}`;
};

/** A pinger on ICMP datagram sockets, or why there can be none here. Linux and the main thread only. */
export const datagramPinger = (libc: Libc): Pinger | string => {
  try {
    return new DatagramPinger(libc);
  } catch (error) {
    if (!(error instanceof NoIcmpSocket)) throw error;
    const code = errnoName(error.errno);
    return code === 'EACCES'
      ? 'ping_group_range forbids it to this user'
      : `the kernel gives no ICMP datagram socket (${code})`;
  }
};
