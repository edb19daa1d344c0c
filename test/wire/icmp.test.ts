import { EventEmitter } from 'node:events';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Echo, Pinger } from '../../src/model/wire.ts';
import { loadPinger } from '../../src/wire/icmp.ts';
import { Elsewhere } from '../contract/elsewhere/elsewhere.ts';

const quiet = () => new AbortController().signal;
const NO_NATIVE_PART = 'net-ping has no native part for this platform and version of Node.js';
const LOOPBACKS = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
] as const;

describe('an ICMP echo', () => {
  let pinger: Pinger;
  let whyNot: string | null;
  beforeAll(async () => {
    pinger = await loadPinger(process.platform);
    const first = await pinger.echo('127.0.0.1', 4, { signal: quiet(), timeoutMs: 900 });
    whyNot = first.kind === 'not-observed' ? first.why : null;
  });
  afterAll(() => {
    pinger.close();
    pinger.close();
  });

  test.for(LOOPBACKS)('is answered by $address', async ({ address, family }, { skip }) => {
    if (whyNot !== null) return skip(whyNot);
    const echo = await pinger.echo(address, family, { signal: quiet(), timeoutMs: 900 });
    if (echo.kind !== 'reply') throw new Error(JSON.stringify(echo));
    expect(echo.rttMs).toBeGreaterThan(0);
    expect(echo.rttMs).toBeLessThan(900);
  });

  test('goes out for hundreds of hosts at once', async ({ skip }) => {
    if (whyNot !== null) return skip(whyNot);
    const signal = quiet();
    const echoes = await Promise.all(
      Array.from({ length: 500 }, (_, i) =>
        pinger.echo(`127.0.${i >> 8}.${1 + (i & 127)}`, 4, { signal, timeoutMs: 900 }),
      ),
    );
    expect(new Set(echoes.map(({ kind }) => kind))).toEqual(new Set(['reply']));
  });

  test('is not observed for an address with a zone, nor once it is stopped', async () => {
    const options = { signal: quiet(), timeoutMs: 100 };
    expect((await pinger.echo('fe80::1%lo', 6, options)).kind).toBe('not-observed');
    const stopped = { kind: 'not-observed', why: whyNot === NO_NATIVE_PART ? whyNot : 'stopped' };
    expect(await pinger.echo('127.0.0.1', 4, { ...options, signal: AbortSignal.abort() })).toEqual(stopped);
  });

  test('is no longer waited for once it is stopped', async ({ skip }) => {
    if (whyNot !== null) return skip(whyNot);
    const controller = new AbortController();
    const asked = pinger.echo('127.0.0.1', 4, { signal: controller.signal, timeoutMs: 900 });
    controller.abort();
    expect(await asked).toEqual({ kind: 'not-observed', why: 'stopped' });
  });
});

describe('where no echo can be asked, it is not observed and the reason is said', () => {
  let elsewhere: Elsewhere;
  beforeAll(async () => {
    elsewhere = await Elsewhere.open();
  });
  afterAll(() => elsewhere.close());

  const ask = async (shell: string): Promise<readonly Echo[]> =>
    (await elsewhere.ask({ wire: 'node', echo: LOOPBACKS }, shell)).echoes;
  const everywhere = (why: string) => LOOPBACKS.map(() => ({ kind: 'not-observed', why }));

  test('without the privilege', async ({ skip }) => {
    const [usual] = await ask('exec "$@"');
    if (usual?.kind === 'not-observed' && usual.why === NO_NATIVE_PART) return skip(NO_NATIVE_PART);
    const drop = process.getuid?.() === 0 ? 'setpriv --bounding-set=-net_raw --inh-caps=-net_raw' : '';
    expect(await ask(`exec ${drop} "$@"`)).toEqual(everywhere('an ICMP echo needs root or CAP_NET_RAW here'));
  });

  test('without the package', async () => {
    const loader = `export async function resolve(name, context, next) {
      if (name === 'net-ping') throw Object.assign(new Error("Cannot find package 'net-ping'"), { code: 'ERR_MODULE_NOT_FOUND' });
      return next(name, context);
    }`;
    const register = `import { register } from 'node:module'; register(${JSON.stringify(asUrl(loader))});`;
    expect(await ask(`exec "$1" --import '${asUrl(register)}' "$2"`)).toEqual(
      everywhere('the optional package net-ping is not installed'),
    );
  });

  test('without a native part', async () => {
    expect(await ask('export npm_config_arch=none; exec "$@"')).toEqual(everywhere(NO_NATIVE_PART));
  });

  test('in a worker thread, where the addon would take the process down', async () => {
    const inWorker = `const { Worker } = require("node:worker_threads");
      process.stdin.pipe(new Worker(process.argv[1], { stdin: true }).stdin);`;
    expect(await ask(`exec "$1" -e '${inWorker}' "$2"`)).toEqual(
      everywhere('net-ping cannot be used in a worker thread'),
    );
  });
});

const asUrl = (code: string): string =>
  `data:text/javascript,${encodeURIComponent(code).replaceAll("'", '%27')}`;

describe('an ICMP socket that breaks', () => {
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
    const pinger = await loadPinger(process.platform);
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
    const pinger = await loadPinger(process.platform);
    const echo = await pinger.echo('127.0.0.1', 4, { signal: quiet(), timeoutMs: 5000 });
    expect(echo.kind === 'reply' && echo.rttMs).toBeGreaterThan(0);
    pinger.close();
  });
});
