import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { besiege } from './kills.ts';
import { whyNoRedis } from './redis.ts';

const at = mkdtempSync(join(tmpdir(), 'ra-fleet-'));
afterAll(() => rmSync(at, { recursive: true, force: true }));

const HOSTS = 16_384;

it.skipIf(whyNoRedis !== null)(
  'a run of a fleet loses no host and counts none twice, whoever is killed, and with the store away for 20 s',
  { timeout: 260_000, retry: 0 },
  async () => {
    const { killed, code, hosts, distinct, sent, said } = await besiege({
      ...{ at, hosts: HOSTS, workers: 3, kills: 100, mostMs: 90_000, awayMs: 20_000, restMs: 90_000 },
    });
    expect(killed.worker + killed.coordinator + killed.store).toBeGreaterThan(50);
    // Some were probed twice.
    expect(sent).toBeGreaterThanOrEqual(HOSTS);
    expect({ code, hosts, distinct }, said).toEqual({ code: 0, hosts: HOSTS, distinct: HOSTS });
  },
);
