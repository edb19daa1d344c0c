import { EventEmitter } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { notObserved } from '../../src/wire/icmp/echoes.ts';
import { netPingPinger } from '../../src/wire/icmp/net-ping.ts';

type Callback = (error: (Error & { source?: string }) | null) => void;

/** raw-socket as far as it is used: what is sent waits in a queue, and what has come waits to be read. */
class RawSocket extends EventEmitter {
  readonly queue: (() => void)[] = [];
  readonly arrived: string[] = [];
  readonly buffer = Buffer.alloc(64);
  readonly wrap = Object.assign(new EventEmitter(), {
    recv: (into: Buffer, onPacket: (into: Buffer, length: number, source: string) => void): void => {
      const source = this.arrived.shift();
      if (source === undefined) throw new Error('Resource temporarily unavailable');
      onPacket(into, 8, source);
    },
  });
  setOption = (): void => {};
  onSendReady = (): void => this.queue.shift()?.();
}

/** net-ping as far as it is used; an answer is the address that it comes from. */
class Session extends EventEmitter {
  readonly socket = new RawSocket();
  readonly waiting = new Map<string, Callback>();
  readonly sent: string[] = [];
  /** Packets that the kernel has no room for. */
  refusals = 0;

  constructor() {
    super();
    this.socket.on('message', (_: Buffer, source: string) => this.end(source, null));
  }

  getSocket = (): RawSocket => this.socket;

  pingHost(target: string, callback: Callback): void {
    this.waiting.set(target, callback);
    this.socket.queue.push(() => {
      if (this.refusals-- > 0) this.end(target, new Error('No buffer space available'));
      else this.sent.push(target);
    });
  }

  end(target: string, error: Error | null): void {
    const callback = this.waiting.get(target);
    this.waiting.delete(target);
    callback?.(error);
  }

  close(): void {
    for (const target of this.waiting.keys()) this.end(target, new Error('Socket closed'));
  }
}

let sessions: Session[] = [];
beforeEach(() => {
  sessions = [];
  const createSession = (): Session => {
    const session = new Session();
    sessions.push(session);
    return session;
  };
  vi.doMock('net-ping', () => ({
    default: { createSession, NetworkProtocol: { IPv4: 1, IPv6: 2 } },
  }));
});
afterEach(() => {
  vi.doUnmock('net-ping');
  vi.useRealTimers();
});

const options = { signal: new AbortController().signal, timeoutMs: 5000 };
const pingerHere = () => netPingPinger(process.platform, notObserved);
const hosts = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `10.0.${i >> 8}.${i & 255}`);

describe('echoes through net-ping', () => {
  test('all leave at once, 4,096 at most in flight, and not one for each turn of the event loop', async () => {
    const pinger = await pingerHere();
    for (const host of hosts(5000)) void pinger.echo(host, 4, options);
    await turn();
    const [session] = sessions;
    expect(session?.sent).toHaveLength(4096);
    for (const host of session?.sent.slice(0, 100) ?? []) session?.end(host, null);
    await turn();
    expect(session?.sent).toHaveLength(4196);
    pinger.close();
  });

  test('are answered all at once when the answers wait', async () => {
    const pinger = await pingerHere();
    const echoes = Promise.all(hosts(300).map((host) => pinger.echo(host, 4, options)));
    await turn();
    const socket = sessions[0]?.socket;
    socket?.arrived.push(...hosts(300));
    socket?.wrap.emit('recvReady');
    for (const { kind } of await echoes) expect(kind).toBe('reply');
    pinger.close();
  });

  test('count an answer that came in time, though nobody read it until the wait was over', async () => {
    const pinger = await pingerHere();
    vi.useFakeTimers();
    const echoes = Promise.all(hosts(2).map((host) => pinger.echo(host, 4, options)));
    await vi.advanceTimersByTimeAsync(900);
    sessions[0]?.socket.arrived.push('10.0.0.1');
    await vi.advanceTimersByTimeAsync(200);
    expect((await echoes).map(({ kind }) => kind)).toEqual(['no-reply', 'reply']);
    pinger.close();
  });

  test('are sent again where the kernel had no room, and end when it has none for as long as a wait', async () => {
    const pinger = await pingerHere();
    const first = pinger.echo('10.0.0.1', 4, options);
    await turn();
    const [session] = sessions;
    if (!session) throw new Error('no session');
    session.end('10.0.0.1', null);
    await first;
    vi.useFakeTimers();
    session.refusals = 3;
    const second = pinger.echo('10.0.0.2', 4, options);
    await vi.advanceTimersByTimeAsync(100);
    expect(session.sent).toEqual(['10.0.0.1', '10.0.0.2']);
    session.end('10.0.0.2', null);
    expect((await second).kind).toBe('reply');
    session.refusals = Number.POSITIVE_INFINITY;
    const third = pinger.echo('10.0.0.3', 4, options);
    await vi.advanceTimersByTimeAsync(1100);
    expect(await third).toEqual({
      kind: 'not-observed',
      why: 'this machine did not send the ICMP echo request: No buffer space available',
    });
    pinger.close();
  });
});

describe('a raw socket that breaks', () => {
  test('ends the echoes on it, and the next one gets another', async () => {
    const pinger = await pingerHere();
    const first = pinger.echo('127.0.0.1', 4, options);
    await vi.waitFor(() => expect(sessions[0]?.sent).toHaveLength(1), 15_000);
    sessions[0]?.emit('error', new Error('recv failed'));
    expect(await first).toEqual({ kind: 'not-observed', why: 'the ICMP echo was ended: Socket closed' });
    const second = pinger.echo('127.0.0.1', 4, options);
    await vi.waitFor(() => expect(sessions[1]?.sent).toHaveLength(1), 15_000);
    sessions[1]?.end('127.0.0.1', null);
    const echo = await second;
    expect(echo.kind === 'reply' && echo.rttMs).toBeGreaterThan(0);
    expect(sessions).toHaveLength(2);
    pinger.close();
  });
});
