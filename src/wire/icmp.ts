import type { Family } from '../model/target.ts';
import type { Echo, Pinger } from '../model/wire.ts';

type NetPing = typeof import('net-ping').default;
type Session = ReturnType<NetPing['createSession']>;

/** net-ping takes one wait for all echoes of a session, milliseconds; a shorter wish ends the waiting here. */
const SESSION_WAIT_MS = 1000;

const notObserved = (why: string): Echo => ({ kind: 'not-observed', why });

const reasonOf = (error: unknown): string => {
  const text = error instanceof Error ? error.message : String(error);
  if (/not permitted|EPERM|EACCES/i.test(text)) return 'an ICMP echo needs root or CAP_NET_RAW here';
  if (/Cannot find (package|module)/.test(text)) return 'the optional package net-ping is not installed';
  return `net-ping cannot be used here: ${text.split('\n')[0]}`;
};

/**
 * ICMP echo through net-ping. One session per family for all hosts: its raw socket gets every echo reply of the machine,
 * and a session per host would multiply that. Fallback everywhere is `not-observed` with the reason.
 */
class NetPinger implements Pinger {
  readonly #netPing: NetPing;
  readonly #sessions = new Map<Family, Session | string>();

  constructor(netPing: NetPing) {
    this.#netPing = netPing;
  }

  echo(
    address: string,
    family: Family,
    { signal, timeoutMs }: { signal: AbortSignal; timeoutMs: number },
  ): Promise<Echo> {
    if (address.includes('%'))
      return Promise.resolve(notObserved('net-ping cannot ask an address with a zone'));
    const session = this.#session(family);
    if (typeof session === 'string') return Promise.resolve(notObserved(session));
    return new Promise((resolve) => {
      const done = (echo: Echo): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', stop);
        resolve(echo);
      };
      const stop = (): void => done(notObserved('stopped'));
      if (signal.aborted) return resolve(notObserved('stopped'));
      const timer = setTimeout(() => done({ kind: 'no-reply', waitedMs: timeoutMs }), timeoutMs);
      signal.addEventListener('abort', stop, { once: true });
      const sentAt = performance.now();
      session.pingHost(address, (error) => {
        const rttMs = performance.now() - sentAt;
        if (!error) return done({ kind: 'reply', rttMs });
        if (error.name === 'RequestTimedOutError')
          return done({ kind: 'no-reply', waitedMs: Math.round(rttMs) });
        // net-ping keeps who sent the error, not its code.
        if (error.source) return done({ kind: 'unreachable', from: error.source });
        done(notObserved(reasonOf(error)));
      });
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
        timeout: SESSION_WAIT_MS,
        retries: 0,
        // net-ping's default is the process id, which two machines behind one address can share.
        sessionId: 1 + Math.floor(Math.random() * 65_534),
      });
      // The socket broke: net-ping ends the echoes in flight with this error, each answered above.
      session.on('error', () => this.#sessions.set(family, 'the ICMP socket failed'));
      return session;
    } catch (error) {
      return reasonOf(error);
    }
  }
}

/** Loads net-ping when it is there; without it every echo is `not-observed`. Never throws. */
export const loadPinger = async (): Promise<Pinger> => {
  try {
    const { default: netPing } = await import('net-ping');
    return new NetPinger(netPing);
  } catch (error) {
    const why = reasonOf(error);
    return { echo: async () => notObserved(why), close: () => {} };
  }
};
