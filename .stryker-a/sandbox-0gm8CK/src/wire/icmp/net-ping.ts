/// <reference path="../net-ping.d.ts" />
import pLimit from 'p-limit';
import type { Family } from '../../model/target.ts';
import type { Echo, Pinger } from '../../model/wire.ts';
import { messageOf } from '../../text/error-message.ts';
import { Aborts } from '../aborts.ts';
import { notObserved, unreachableBy } from './echoes.ts';
import { MOST_IN_FLIGHT } from './socket.ts';

type NetPing = typeof import('net-ping').default;
type Session = ReturnType<NetPing['createSession']>;
type RawSocket = ReturnType<Session['getSocket']>;

/** The longest wait for an answer, milliseconds. net-ping takes one for all echoes of a session; a shorter one ends here. */
const LONGEST_WAIT_MS = 1000;
/** How soon a request that the kernel had no room for is tried again, milliseconds. */
const ROOM_MS = 20;
/** EAGAIN and ENOBUFS, of which raw-socket keeps the text of the C library only. */
const NO_ROOM = /Resource temporarily unavailable|No buffer space available/;
/** Answers read at once: more than a receive buffer holds, and no end of anybody's flood. */
const MOST_READ = 1024;

/**
 * A raw ICMP socket gets all ICMP of the machine, and the answers to a trace would crowd out the echoes. Linux can leave
 * them out: ICMP_FILTER (raw(7)) blocks the types whose bits are set, ICMP6_FILTER (RFC 3542 section 3.2) likewise. Kept are
 * echo replies, and for IPv4 the destination unreachable that net-ping can match.
 */
const FILTERS: Readonly<
  Record<Family, { level: number; option: number; passed: readonly number[]; words: number }>
> = {
  4: { level: 255, option: 1, passed: [0, 3], words: 1 },
  6: { level: 58, option: 1, passed: [129], words: 8 },
};

const SOL_SOCKET = 1;
/** `SO_SNDBUFFORCE` and `SO_RCVBUFFORCE`: 4 MiB as for datagram sockets, where CAP_NET_ADMIN allows it. */
const FORCED_BUFFERS = [32, 33];
const BUFFER_BYTES = 4 << 20;

const enlargeBuffers = (socket: RawSocket): void => {
  const size = Buffer.alloc(4);
  size.writeInt32LE(BUFFER_BYTES);
  try {
    for (const option of FORCED_BUFFERS) socket.setOption(SOL_SOCKET, option, size, size.length);
  } catch {
    // CAP_NET_RAW alone: the buffers stay as the system gives them, some 270 answers.
  }
};

const filterOut = (socket: RawSocket, family: Family): void => {
  const { level, option, passed, words } = FILTERS[family];
  const mask = Buffer.alloc(4 * words, 0xff);
  // Words are in the byte order of the machine; both that Linux runs Node on have the low bit in the first byte.
  for (const type of passed) mask[type >> 3] = (mask[type >> 3] ?? 0) & ~(1 << (type & 7));
  socket.setOption(level, option, mask, mask.length);
};

const UNREACHED: ReadonlySet<string> = new Set(['DestinationUnreachableError', 'TimeExceededError']);
/** What keeps net-ping from a raw socket here, and from being loaded. */
const reasonOf = (error: unknown, platform: NodeJS.Platform): string => {
  const text = messageOf(error);
  if (/not permitted|EPERM|EACCES/i.test(text)) {
    return platform === 'linux' ? 'raw ICMP needs root or CAP_NET_RAW' : 'raw ICMP needs root';
  }
  if (/Cannot find (package|module) 'net-ping'/.test(text)) {
    return 'the optional package net-ping is not installed (npm install net-ping)';
  }
  if (/No native build was found|Cannot find module|MODULE_NOT_FOUND/.test(text)) {
    return 'raw-socket, the native part of net-ping, was not built for this platform and version of Node.js (npm rebuild raw-socket)';
  }
  return `net-ping cannot be used here: ${text.split('\n')[0]}`;
};

/** Why an echo came to nothing on a socket that could be opened. */
const failureOf = ({ name, message }: Error): string =>
  name === 'Error' && !/closed$/.test(message)
    ? `this machine did not send the ICMP echo request: ${message}`
    : `the ICMP echo was ended: ${message}`;

/**
 * Reads all that waits. raw-socket reads, or sends, one packet for each turn of the event loop, and an audit at full rate
 * has a hundred turns a second.
 */
const readAll = (socket: RawSocket): void => {
  try {
    for (let i = 0; i < MOST_READ; i++) {
      socket.wrap.recv(socket.buffer, (bytes, length, source) => {
        socket.emit('message', bytes.subarray(0, length), source);
      });
    }
  } catch {
    // Nothing is left. Any other failure is met again by raw-socket's own reading, which reports it.
  }
};

/**
 * ICMP echo through net-ping. One session per family for all hosts: its raw socket gets every echo reply of the machine,
 * and a session per host would multiply that.
 */
class NetPinger implements Pinger {
  readonly #netPing: NetPing;
  readonly #platform: NodeJS.Platform;
  readonly #noPing: (why: string) => Echo;
  readonly #turn = pLimit(MOST_IN_FLIGHT);
  readonly #sessions = new Map<Family, Session | string>();
  readonly #aborts = new Aborts();

  constructor(netPing: NetPing, platform: NodeJS.Platform, noPing: (why: string) => Echo) {
    this.#netPing = netPing;
    this.#platform = platform;
    this.#noPing = noPing;
  }

  echo(address: string, family: Family, options: { signal: AbortSignal; timeoutMs: number }): Promise<Echo> {
    return this.#turn(() => this.#ask(address, family, options));
  }

  #ask(
    address: string,
    family: Family,
    { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number },
  ): Promise<Echo> {
    if (signal.aborted) return Promise.resolve(notObserved('stopped'));
    if (address.includes('%')) {
      return Promise.resolve(this.#noPing('net-ping cannot ask an address with a zone'));
    }
    const session = this.#session(family);
    if (typeof session === 'string') return Promise.resolve(this.#noPing(session));
    const waitMs = Math.min(timeoutMs, LONGEST_WAIT_MS);
    const socket = session.getSocket();
    const isOpen = (): boolean => this.#sessions.get(family) === session;
    return new Promise((resolve) => {
      const begunAt = performance.now();
      let sentAt = begunAt;
      let isOver = false;
      const done = (echo: Echo): void => {
        isOver = true;
        clearTimeout(timer);
        this.#aborts.remove(signal, stop);
        resolve(echo);
      };
      const stop = (): void => done(notObserved('stopped'));
      const expire = (): void => {
        // A late event loop may not have looked yet: what came by now counts.
        if (isOpen()) readAll(socket);
        if (!isOver) done({ kind: 'no-reply', waitedMs: Math.round(performance.now() - sentAt) });
      };
      let timer: NodeJS.Timeout | undefined;
      const wait = (next: () => void, ms: number): void => {
        clearTimeout(timer);
        timer = setTimeout(next, ms);
      };
      const send = (): void => {
        // A closed session would open another socket.
        if (!isOpen()) {
          done(notObserved(failureOf(new Error('Socket closed'))));
          return;
        }
        sentAt = performance.now();
        wait(expire, waitMs);
        session.pingHost(address, (error) => {
          if (isOver) return;
          const now = performance.now();
          if (!error) return done({ kind: 'reply', rttMs: now - sentAt });
          if (NO_ROOM.test(error.message) && now - begunAt < waitMs) return wait(send, ROOM_MS);
          // net-ping keeps who sent the error, not its code.
          const from = UNREACHED.has(error.name) ? error.source : undefined;
          done(from === undefined ? notObserved(failureOf(error)) : unreachableBy(from));
        });
        // net-ping leaves the packet in a queue, of which one leaves with each turn of the event loop: this one leaves now.
        socket.onSendReady();
      };
      this.#aborts.add(signal, stop);
      send();
    });
  }

  close(): void {
    for (const session of this.#sessions.values()) {
      if (typeof session !== 'string') session.close();
    }
    this.#sessions.clear();
  }

  #session(family: Family): Session | string {
    const known = this.#sessions.get(family);
    if (known !== undefined) return known;
    const opened = this.#open(family);
    this.#sessions.set(family, opened);
    return opened;
  }

  #open(family: Family): Session | string {
    try {
      const session = this.#netPing.createSession({
        networkProtocol:
          family === 4 ? this.#netPing.NetworkProtocol.IPv4 : this.#netPing.NetworkProtocol.IPv6,
        // Ours comes first, and looks once more.
        timeout: 2 * LONGEST_WAIT_MS,
        retries: 0,
        // net-ping's default is the process id, which two machines behind one address can share.
        sessionId: 1 + Math.floor(Math.random() * 65_534),
      });
      const socket = session.getSocket();
      if (this.#platform === 'linux') {
        filterOut(socket, family);
        enlargeBuffers(socket);
      }
      // Behind raw-socket's own, which reads the first, and closes a socket that failed: reading would open it again.
      socket.wrap.on('recvReady', () => {
        if (this.#sessions.get(family) === session) readAll(socket);
      });
      // Closing ends the echoes in flight, each answered above; the next echo tries a new socket.
      session.on('error', () => {
        session.close();
        this.#sessions.delete(family);
      });
      return session;
    } catch (error) {
      return reasonOf(error, this.#platform);
    }
  }
}

/**
 * A pinger through net-ping, loaded only now; where that cannot be, every echo is `noPing` with the reason. Main thread only:
 * elsewhere raw-socket's addon either refuses to load or takes the whole process down with it. Never throws.
 */
export const netPingPinger = async (
  platform: NodeJS.Platform,
  noPing: (why: string) => Echo,
): Promise<Pinger> => {
  try {
    const { default: netPing } = await import('net-ping');
    return new NetPinger(netPing, platform, noPing);
  } catch (error) {
    const echo = noPing(reasonOf(error, platform));
    return { echo: async () => echo, close: () => {} };
  }
};
