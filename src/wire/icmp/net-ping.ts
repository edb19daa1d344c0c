/// <reference path="../net-ping.d.ts" />
import pLimit from 'p-limit';
import type { Family } from '../../model/target.ts';
import type { Echo, Pinger } from '../../model/wire.ts';
import { messageOf } from '../../text/error-message.ts';
import { Aborts } from '../aborts.ts';
import { notObserved, unreachableBy } from './echoes.ts';

type NetPing = typeof import('net-ping').default;
type Session = ReturnType<NetPing['createSession']>;

/** net-ping takes one wait for all echoes of a session, milliseconds; a shorter wait is ended here. */
const SESSION_WAIT_MS = 1000;

/**
 * Echoes in flight. net-ping's socket sends and delivers one packet for each turn of the event loop, so on a busy
 * machine a queue of them makes answers late. How long an echo waits to be sent shows it: past `LATE_MS` half as many
 * are in flight, else one more with each that ends.
 */
const FLIGHT = { first: 128, least: 8, most: 2048 } as const;
const LATE_MS = 100;
/** Dates are cut to whole milliseconds, so their difference may be one too large. */
const DATE_ERROR_MS = 1;
/** Echoes that were queued together are late together; they count once. Milliseconds. */
const SAME_LATENESS_MS = 200;

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

const filterOut = (session: Session, family: Family): void => {
  const { level, option, passed, words } = FILTERS[family];
  const mask = Buffer.alloc(4 * words, 0xff);
  // Words are in the byte order of the machine; both that Linux runs Node on have the low bit in the first byte.
  for (const type of passed) mask[type >> 3] = (mask[type >> 3] ?? 0) & ~(1 << (type & 7));
  session.getSocket().setOption(level, option, mask, mask.length);
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
 * ICMP echo through net-ping. One session per family for all hosts: its raw socket gets every echo reply of the machine,
 * and a session per host would multiply that.
 */
class NetPinger implements Pinger {
  readonly #netPing: NetPing;
  readonly #platform: NodeJS.Platform;
  readonly #noPing: (why: string) => Echo;
  readonly #turn = pLimit(FLIGHT.first);
  #slowedAt = Number.NEGATIVE_INFINITY;
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
    return new Promise((resolve) => {
      const done = (echo: Echo): void => {
        clearTimeout(timer);
        this.#aborts.remove(signal, stop);
        resolve(echo);
      };
      const stop = (): void => done(notObserved('stopped'));
      // net-ping's own wait begins when the packet has left, which on a busy machine is later than now.
      const timer =
        timeoutMs < SESSION_WAIT_MS
          ? setTimeout(() => done({ kind: 'no-reply', waitedMs: timeoutMs }), timeoutMs)
          : undefined;
      this.#aborts.add(signal, stop);
      const queuedAt = performance.now();
      const queuedOn = Date.now();
      session.pingHost(address, (error, _, sent) => {
        const lateMs = sent ? Math.max(0, sent.getTime() - queuedOn - DATE_ERROR_MS) : 0;
        this.#adapt(lateMs);
        const rttMs = Math.max(0, performance.now() - queuedAt - lateMs);
        if (!error) return done({ kind: 'reply', rttMs });
        if (error.name === 'RequestTimedOutError')
          return done({ kind: 'no-reply', waitedMs: Math.round(rttMs) });
        // net-ping keeps who sent the error, not its code.
        const from = UNREACHED.has(error.name) ? error.source : undefined;
        if (from === undefined) return done(notObserved(failureOf(error)));
        done(unreachableBy(from));
      });
    });
  }

  /** Takes how long one echo waited to be sent, milliseconds. */
  #adapt(lateMs: number): void {
    const now = performance.now();
    if (lateMs <= LATE_MS) this.#turn.concurrency = Math.min(FLIGHT.most, this.#turn.concurrency + 1);
    else if (now - this.#slowedAt > SAME_LATENESS_MS) {
      this.#slowedAt = now;
      this.#turn.concurrency = Math.max(FLIGHT.least, Math.floor(this.#turn.concurrency / 2));
    }
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
        timeout: SESSION_WAIT_MS,
        retries: 0,
        // net-ping's default is the process id, which two machines behind one address can share.
        sessionId: 1 + Math.floor(Math.random() * 65_534),
      });
      if (this.#platform === 'linux') filterOut(session, family);
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
