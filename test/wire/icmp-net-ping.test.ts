import { EventEmitter } from 'node:events';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { notObserved } from '../../src/wire/icmp/echoes.ts';
import { netPingPinger } from '../../src/wire/icmp/net-ping.ts';

const quiet = () => new AbortController().signal;

describe('a raw socket that breaks', () => {
  afterEach(() => {
    vi.doUnmock('net-ping');
  });

  test('ends the echoes on it, and the next one gets another', async () => {
    class Session extends EventEmitter {
      readonly callbacks: ((error: Error | null) => void)[] = [];
      getSocket = () => ({ setOption: () => {} });
      pingHost(_: string, callback: (error: Error | null) => void): void {
        this.callbacks.push(callback);
      }
      close(): void {
        for (const callback of this.callbacks.splice(0)) callback(new Error('Socket closed'));
      }
    }
    const sessions: Session[] = [];
    const createSession = (): Session => {
      const session = new Session();
      sessions.push(session);
      return session;
    };
    vi.doMock('net-ping', () => ({
      default: { createSession, NetworkProtocol: { IPv4: 1, IPv6: 2 } },
    }));
    const pinger = await netPingPinger(process.platform, notObserved);
    const options = { signal: quiet(), timeoutMs: 5000 };
    const first = pinger.echo('127.0.0.1', 4, options);
    await vi.waitFor(() => expect(sessions[0]?.callbacks).toHaveLength(1));
    sessions[0]?.emit('error', new Error('recv failed'));
    expect(await first).toEqual({ kind: 'not-observed', why: 'the ICMP echo was ended: Socket closed' });
    const second = pinger.echo('127.0.0.1', 4, options);
    await vi.waitFor(() => expect(sessions[1]?.callbacks).toHaveLength(1));
    sessions[1]?.callbacks[0]?.(null);
    expect((await second).kind).toBe('reply');
    expect(sessions).toHaveLength(2);
    pinger.close();
  });

  test('never says that an answer took no time, though net-ping counts in whole milliseconds', async () => {
    class Session extends EventEmitter {
      getSocket = () => ({ setOption: () => {} });
      pingHost(target: string, callback: (error: null, target: string, sent: Date) => void): void {
        // Queued at the end of one millisecond, sent at the begin of the next.
        callback(null, target, new Date(Date.now() + 1));
      }
      close(): void {}
    }
    vi.doMock('net-ping', () => ({
      default: { createSession: () => new Session(), NetworkProtocol: { IPv4: 1, IPv6: 2 } },
    }));
    const pinger = await netPingPinger(process.platform, notObserved);
    const echo = await pinger.echo('127.0.0.1', 4, { signal: quiet(), timeoutMs: 5000 });
    expect(echo.kind === 'reply' && echo.rttMs).toBeGreaterThan(0);
    pinger.close();
  });
});
