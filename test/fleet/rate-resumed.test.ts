import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { openStore } from '../../src/fleet/fleet-store.ts';
import { readLeaseMessage } from '../../src/fleet/messages.ts';
import { keysOf } from '../../src/fleet/redis-keys.ts';
import { ShardTracker } from '../../src/fleet/shard-tracker.ts';
import { sealWith, signedIn } from '../../src/fleet/signed.ts';
import { VantageRun } from '../../src/fleet/vantage-run.ts';
import { freePort, TestRedis, whyNoRedis } from './redis.ts';

const SEAL = sealWith('a key that only tests have');
const RATE = 1000;

it.skipIf(whyNoRedis !== null)(
  'a coordinator that resumes leases nothing that workers may still hold from the one that was killed',
  async () => {
    const at = mkdtempSync(`${tmpdir()}/ra-fleet-`);
    const redis = new TestRedis(await freePort(), at);
    await redis.start();
    const store = await openStore(redis.url);
    const keys = keysOf('hq');
    let seq = 0;
    /** These workers of the run say that they live. */
    const live = async (...ids: readonly string[]): Promise<void> => {
      seq += 1;
      for (const id of ids) {
        const said = {
          ...{
            id,
            version: 'test',
            machine: 'test',
            engine: 'node',
            engineWhy: '',
            pid: 1,
            seq,
            run: 'test',
          },
          ...{ inHand: [], rate: 0, most: RATE, sent: 0, hosts: 0, shards: 0, trouble: null },
        };
        await store.client.hset(keys.workers, id, JSON.stringify(SEAL.sign('worker', 'hq', said)));
      }
    };
    const leases = async (): Promise<Record<string, number | undefined>> =>
      Object.fromEntries(
        Object.entries(await store.client.hgetall(keys.leases)).map(([id, text]) => [
          id,
          readLeaseMessage(SEAL.open('lease', 'hq', signedIn(text)))?.rate,
        ]),
      );
    const line = (): VantageRun =>
      new VantageRun({
        ...{ store, seal: SEAL, vantage: 'hq', rate: RATE, log: () => {}, keep: () => {} },
        tracker: new ShardTracker({ shards: 1, sizeOf: () => 256, wasJudged: () => false }),
        plan: {
          ...{ run: 'test', version: 'test', seed: 1, startedAt: '2026-11-01T00:00:00.000Z' },
          ...{ notAfter: Date.now() + 3_600_000, options: {}, excludes: {} },
        },
        shardOf: () => ({ spec: {}, hosts: 256 }),
      });
    /** Two looks: a worker counts when its record has changed. */
    const look = async (coordinator: VantageRun, now: number, ...ids: readonly string[]): Promise<void> => {
      for (const later of [0, 500]) {
        await live(...ids);
        await coordinator.lease(now + later);
      }
    };
    const killed = line();
    const resumed = line();
    try {
      await killed.open();
      await look(killed, performance.now(), 'a');
      expect(await leases()).toEqual({ a: RATE });
      await resumed.open();
      const now = performance.now();
      await look(resumed, now, 'a', 'b');
      expect(await leases()).toEqual({ a: RATE / 2 });
      await look(resumed, now + 9000, 'a', 'b');
      expect(await leases()).toEqual({ a: RATE / 2, b: RATE / 2 });
    } finally {
      for (const one of [killed, resumed]) await one.close();
      store.close();
      await redis.stop();
      rmSync(at, { recursive: true, force: true });
    }
  },
);
