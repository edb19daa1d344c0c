import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FleetStore, openStore } from '../../src/fleet/fleet-store.ts';
import { packBatch } from '../../src/fleet/messages.ts';
import { prefixOf, RESULTS } from '../../src/fleet/redis-keys.ts';
import { ShardTracker } from '../../src/fleet/shard-tracker.ts';
import { sealWith } from '../../src/fleet/signed.ts';
import { VantageRun } from '../../src/fleet/vantage-run.ts';
import { openHistory } from '../../src/store/open.ts';
import { small } from '../store/samples.ts';
import { buildProgram } from './program.ts';
import { QuietPrograms } from './quiet.ts';
import { freePort, TestRedis, whyNoRedis } from './redis.ts';
import { timesFor } from './times.ts';

const [SHARDS, BATCHES, HOSTS_OF_BATCH, PACKETS] = [4, 4, 64, 1000];
const HOSTS = SHARDS * BATCHES * HOSTS_OF_BATCH;
const SEAL = sealWith('a key that only tests have');

/** Batch `number` of a shard of 256 hosts, signed as its worker signs it. */
const signed = (vantage: string, shard: number, number: number): unknown => {
  const hosts = Array.from({ length: HOSTS_OF_BATCH }, (_, at) => {
    const place = number * HOSTS_OF_BATCH + at;
    const target = `10.77.${shard - 1}.${place}`;
    return { place, report: { ...small(0), target, address: target } };
  });
  const attempt = `aaaaaaaaaaa${shard}`;
  const batch = { run: 'test', shard, worker: 'w', attempt, number, sent: PACKETS, hosts };
  return SEAL.sign('batch', vantage, packBatch(batch));
};

/** The queue in which the workers of a vantage put their batches. */
const resultsOf = (store: FleetStore, vantage: string) => {
  const queue = new store.engine.Queue(RESULTS, { connection: store.client, prefix: prefixOf(vantage) });
  return {
    add: (shard: number, number: number): Promise<unknown> =>
      queue.add('batch', signed(vantage, shard, number), { removeOnComplete: true, removeOnFail: true }),
    /** Batches that the store still has. */
    left: async (): Promise<number> =>
      Object.values(await queue.getJobCounts('waiting', 'active', 'delayed')).reduce((a, b) => a + b, 0),
  };
};

/** Waits for a sign, 60 seconds at most. */
const until = async (sign: () => boolean | Promise<boolean>): Promise<void> => {
  for (let looks = 0; looks < 1200 && !(await sign()); looks += 1) await pause(50);
};

describe.skipIf(whyNoRedis !== null)('a batch whose coordinator', () => {
  const at = mkdtempSync(join(tmpdir(), 'ra-fleet-'));
  const data = join(at, 'redis');
  let redis: TestRedis;
  let store: FleetStore;
  beforeAll(async () => {
    mkdirSync(data);
    redis = new TestRedis(await freePort(), data);
    await redis.start();
    store = await openStore(redis.url);
  });
  afterAll(async () => {
    store.close();
    await redis.stop();
    rmSync(at, { recursive: true, force: true });
  });

  it('is killed after writing it and before the store knows counts its packets once when the run is resumed', {
    timeout: 90_000,
  }, async () => {
    const results = resultsOf(store, 'killed');
    const db = join(at, 'history.db');
    const conductor = buildProgram('conductor', at);
    const programs = new QuietPrograms();
    const started: ReturnType<QuietPrograms['start']>[] = [];
    const conduct = (...most: readonly string[]): ReturnType<QuietPrograms['start']> => {
      const one = programs.start([conductor, redis.url, 'killed', db, String(HOSTS), 'short', ...most]);
      started.push(one);
      return one;
    };
    try {
      for (let shard = 1; shard <= SHARDS; shard += 1)
        for (let number = 0; number < BATCHES; number += 1)
          if (shard < SHARDS || number < BATCHES - 1) await results.add(shard, number);
      const deaths = [await conduct('3').gone, await conduct('5').gone];
      const last = conduct();
      // What was written and not acknowledged comes again when the locks have run out, while the run still lacks a batch.
      await until(async () => (await results.left()) === 0);
      await results.add(SHARDS, BATCHES - 1);
      const code = await last.gone;
      const around = { now: Date.now, pid: process.pid, machine: hostname(), isAlive: () => true };
      const history = openHistory(db, around, 'read');
      const targets = [...history.hosts('test.killed')].map(({ target }) => target);
      const [run] = history.runs();
      history.close();
      expect(
        { deaths, code, hosts: targets.length, distinct: new Set(targets).size, sent: run?.probesSent },
        programs.said,
      ).toEqual({
        ...{ deaths: [null, null], code: 0, hosts: HOSTS, distinct: HOSTS },
        sent: SHARDS * BATCHES * PACKETS,
      });
    } finally {
      for (const { child } of started) child.kill('SIGKILL');
    }
  });

  it('cannot write it stays in the store for the coordinator that resumes the run', {
    timeout: 60_000,
  }, async () => {
    const results = resultsOf(store, 'later');
    const kept: string[] = [];
    const lineFor = (keep: () => void): VantageRun =>
      new VantageRun({
        ...{ store, seal: SEAL, vantage: 'later', rate: 1000, log: () => {}, times: timesFor(true) },
        tracker: new ShardTracker({ shards: 1, sizeOf: () => 256, wasJudged: () => false }),
        plan: {
          ...{ run: 'test', version: 'test', seed: 1, startedAt: '2026-11-01T00:00:00.000Z' },
          ...{ notAfter: Date.now() + 3_600_000, options: {}, excludes: {} },
        },
        shardOf: () => ({ spec: {}, hosts: 256 }),
        keep,
      });
    await results.add(1, 0);
    const full = lineFor(() => {
      throw new Error('the disk is full');
    });
    await full.open();
    await until(() => full.failure !== undefined);
    await full.close();
    expect(full.failure).toMatchObject({ message: 'the disk is full' });
    expect(await results.left()).toBe(1);
    const resumed = lineFor(() => kept.push('batch'));
    await resumed.open();
    await until(async () => (await results.left()) === 0);
    await resumed.close();
    expect(kept).toEqual(['batch']);
  });
});
