import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { conductFleet, knownVantages } from '../../src/fleet/coordinator.ts';
import { type FleetStore, openStore, textsOf } from '../../src/fleet/fleet-store.ts';
import { LiveWorkers } from '../../src/fleet/live-workers.ts';
import { unpackBatch } from '../../src/fleet/messages.ts';
import { MOST_REPLY } from '../../src/fleet/reply-limits.ts';
import { ShardTracker } from '../../src/fleet/shard-tracker.ts';
import { packed, ShardWorker } from '../../src/fleet/shard-worker.ts';
import { sealWith } from '../../src/fleet/signed.ts';
import { VantageRun } from '../../src/fleet/vantage-run.ts';
import { until } from '../serve/fake.ts';
import { flood, standIn } from './hostile-stand.ts';

/** What may be on its way in buffers of the kernel and of both ends, beside what was read. */
const BUFFERED = 24 * 2 ** 20;

let opened: FleetStore | null = null;
afterEach(() => {
  opened?.close();
  opened = null;
  vi.restoreAllMocks();
});

const LONG = 'a'.repeat(65_536);

describe('a store that floods', () => {
  it.each([
    ['with a text without end', '$500000000\r\n', LONG, /more than 8 MiB/],
    ['with a list of texts', '*20000\r\n', `$65536\r\n${LONG}\r\n`, /more than 8 MiB/],
    ['with lists that a client would make room for', '', '*32000000\r\n', /more than 20000 values/],
    ['with a line without end', '+', LONG, /more than 16 KiB/],
    ['with what is no reply', '', 'GET / HTTP/1.1\r\n', /what is no reply/],
  ])('%s is left at once', async (_, head, again, why) => {
    const stand = await standIn((command, socket) =>
      command === 'ping' ? flood(socket, head, again) : null,
    );
    await expect(openStore(stand.url)).rejects.toThrow(why);
    await until(() => stand.ended === stand.sent.length);
    expect(Math.max(...stand.sent)).toBeLessThan(MOST_REPLY + BUFFERED);
  });

  it('later is left too, also on the connections that the queue engine makes', async () => {
    const stand = await standIn((command, socket) =>
      command === 'hgetall' ? flood(socket, '$500000000\r\n', LONG) : null,
    );
    opened = await openStore(stand.url);
    const twin = opened.client.duplicate();
    const faults: string[] = [];
    for (const client of [opened.client, twin]) {
      client.on('error', ({ message }) => faults.push(message));
      client.hgetall('key').catch(() => {});
    }
    await until(() => faults.filter((text) => /more than 8 MiB/.test(text)).length >= 2);
    twin.disconnect();
    opened.close();
    await until(() => stand.ended === stand.sent.length);
    expect(Math.max(...stand.sent)).toBeLessThan(MOST_REPLY + BUFFERED);
  });

  it('with a reply that drips is left', async () => {
    const stand = await standIn((command, socket) => {
      if (command !== 'get') return null;
      socket.write('$1000\r\n');
      const drip = setInterval(() => socket.write('a'), 20);
      socket.on('close', () => clearInterval(drip));
      return '';
    });
    opened = await openStore(stand.url, undefined, 300);
    const faults: string[] = [];
    opened.client.on('error', ({ message }) => faults.push(message));
    opened.client.get('key').catch(() => {});
    await until(() => faults.includes('it sends a reply for more than 0.3 s'));
  });

  it('with vantages without end is asked for some of them', async () => {
    let cursor = 0;
    const stand = await standIn((command) => {
      if (command !== 'scan') return null;
      cursor += 1;
      const names = [`ra:v${cursor}:workers`, 'ra:\u001b[2J:workers', `ra:${'x'.repeat(51)}:workers`];
      const texts = names.map((name) => `$${name.length}\r\n${name}\r\n`).join('');
      return `*2\r\n$${String(cursor).length}\r\n${cursor}\r\n*3\r\n${texts}`;
    });
    opened = await openStore(stand.url);
    const names = await knownVantages(opened);
    expect(names).toHaveLength(256);
    expect(names.filter((name) => !/^v\d+$/.test(name))).toEqual([]);
  });
});

it('what a store says of itself is not printed by the queue engine', async () => {
  const asked = new Set<string>();
  const info = 'redis_version:5.0.0\u001b[2J\r\nmaxmemory_policy:\u001b]0;x\u0007\r\n';
  const stand = await standIn((command) => {
    asked.add(command);
    return command === 'info' ? `$${info.length}\r\n${info}\r\n` : null;
  });
  opened = await openStore(stand.url);
  const printed = [vi.spyOn(console, 'warn'), vi.spyOn(console, 'error')];
  for (const one of printed) one.mockImplementation(() => {});
  const worker = new ShardWorker({
    ...{ store: opened, seal: sealWith('a key that only tests have'), vantage: 'hq', version: 'test' },
    ...{ machine: 'test', pid: 1, engine: 'node', engineWhy: 'a test', most: 1 },
    ...{ probe: async () => {}, log: () => {} },
  });
  // It looks for a job: with a script, once all of its connections are ready.
  await until(() => asked.has('evalsha') || asked.has('eval'));
  expect(printed.flatMap(({ mock }) => mock.calls)).toEqual([]);
  opened.close();
  await Promise.race([worker.close().catch(() => {}), pause(1000)]);
});

describe('a store that is open and says no more', () => {
  /** Answers these commands, as nothing is there, and no other. */
  const mute = (answered: readonly string[], asked = new Set<string>()) =>
    standIn((command) => {
      asked.add(command);
      if (['hello', 'info', 'ping', 'client'].includes(command)) return null;
      return answered.includes(command) ? ':0\r\n' : '';
    });

  it('does not keep a coordinator that is to stop', async () => {
    opened = await openStore((await mute([])).url);
    const stop = new AbortController();
    const line = {
      name: 'hq',
      lock: () => new Promise(() => {}),
      isDone: false,
    } as unknown as VantageRun;
    const run = {
      store: opened,
      vantages: [line],
      begin: () => {},
      progressOf: () => ({}),
      onLook: () => {},
    };
    const conducted = conductFleet({ ...run, log: () => {}, stop: stop.signal });
    stop.abort();
    expect(await conducted).toEqual({ interrupted: true });
  });

  it.each([
    ['before it is ready', [], 'hexists'],
    ['when it has looked for work', ['hexists', 'exists', 'hset', 'hget', 'get', 'hmset'], 'bzpopmin'],
  ])('does not keep a worker that is to stop: %s', async (_, answered, last) => {
    const asked = new Set<string>();
    const { url } = await mute(answered, asked);
    const child = spawn(
      process.execPath,
      ['bin/ra-preflight.js', 'worker', '--vantage', 'hq', '--redis', url],
      {
        env: { PATH: process.env['PATH'], RA_PREFLIGHT_FLEET_KEY: 'a key that only tests have' },
        stdio: 'ignore',
      },
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    await until(() => asked.has(last) || asked.has('evalsha') || asked.has('eval'), 30_000);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });
});

describe('a store that answers something else', () => {
  it('than a list of keys is none of a fleet', async () => {
    const stand = await standIn(() => null);
    opened = await openStore(stand.url);
    await expect(knownVantages(opened)).rejects.toThrow('is no store of a fleet: it lists no keys');
  });

  it('than a hash of texts has none', () => {
    for (const other of [null, 5, 'OK', [1, [2]], { a: 1, b: null, c: ['x'] }])
      expect(Object.values(textsOf(other)).join('')).toBe(other === 'OK' ? 'OK' : '');
    expect(textsOf({ a: 'x', b: 2 })).toEqual({ a: 'x' });
  });
});

it('troubles of workers without number are not all said', async () => {
  opened = await openStore((await standIn(() => null)).url);
  let looks = 0;
  const line = {
    name: 'hq',
    ...{ lock: async () => null, open: async () => {}, lease: async () => {}, close: async () => {} },
    workers: { live: [], troubles: Array.from({ length: 5000 }, (_, at) => `trouble ${at}`), gone: [] },
    get isDone() {
      return looks > 1;
    },
  } as unknown as VantageRun;
  const said: string[] = [];
  await conductFleet({
    ...{ store: opened, vantages: [line], begin: () => {}, progressOf: () => ({}) },
    onLook: () => {
      looks += 1;
    },
    log: (text) => said.push(text),
    stop: new AbortController().signal,
  });
  expect(said).toHaveLength(101);
  expect(said.at(-1)).toBe('more troubles of workers are not reported');
});

describe('what goes into a store', () => {
  it('is no plan that no worker would read', async () => {
    opened = await openStore((await standIn(() => null)).url);
    const line = new VantageRun({
      ...{ store: opened, seal: sealWith('a key that only tests have'), vantage: 'hq', rate: 1 },
      plan: {
        ...{
          run: 'r',
          version: 'test',
          seed: 1,
          startedAt: '2026-11-01T00:00:00.000Z',
          notAfter: 0,
          options: {},
        },
        excludes: Array.from({ length: 400_000 }, (_, at) => `10.0.${at}`),
      },
      tracker: new ShardTracker({ shards: 1, sizeOf: () => 1, wasJudged: () => false }),
      ...{ shardOf: () => ({ spec: null, hosts: 1 }), keep: () => {}, log: () => {} },
    });
    await expect(line.open()).rejects.toThrow(/^what is excluded makes \d\.\d MiB, and a fleet takes 4; /);
  });

  it('fits into a reply, whatever hosts say', () => {
    // Noise, which cannot be compressed.
    const report = (): string => randomBytes(300_000).toString('base64');
    const hosts = Array.from({ length: 16 }, (_, place) => ({ place, report: report() }));
    const batch = { run: 'r', shard: 1, worker: 'w', attempt: '0123456789ab', sent: 7, hosts };
    const parts = packed(batch, 3).map((text) => {
      expect(text.length).toBeLessThan(MOST_REPLY / 2);
      return unpackBatch(text);
    });
    expect(parts.length).toBeGreaterThan(1);
    // One that comes twice counts once, so each has a number of its own.
    expect(parts.map((part) => part?.number)).toEqual(parts.map((_, at) => 3 + at));
    expect(parts.flatMap((part) => part?.hosts)).toEqual(hosts);
    expect(parts.reduce((sum, part) => sum + (part?.sent ?? 0), 0)).toBe(7);
  });
});

describe('records of workers that are nobody’s', () => {
  it('are not read when they are too long, and their change is seen all the same', () => {
    const workers = new LiveWorkers(sealWith('a key that only tests have'), 'hq', '1');
    workers.read({ w: `${'['.repeat(2_000_000)}1` }, 0);
    expect(workers.read({ w: `1${'['.repeat(2_000_000)}` }, 1000).troubles).toEqual([
      'worker w at hq has another fleet key',
    ]);
  });
});
