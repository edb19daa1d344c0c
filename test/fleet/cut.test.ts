import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cutAndMend } from './cut.ts';
import { whyNoRedis } from './redis.ts';

const HOSTS = 12_288;

/** Locks and silent connections hold for 4 s here, as they do for 60 s and 30 s: 10 s are as long as two minutes. */
const CUT_MS = 10_000;

describe.skipIf(whyNoRedis !== null)('a network that is cut while a fleet probes', () => {
  it.each(['a worker', 'the coordinator', 'all'] as const)(
    'loses no host and doubles none: %s without the store',
    { timeout: 90_000 },
    async (whom) => {
      const at = mkdtempSync(join(tmpdir(), 'ra-fleet-'));
      try {
        const { code, hosts, distinct, said } = await cutAndMend({
          ...{ at, whom, hosts: HOSTS, cutMs: CUT_MS, isShort: true, restMs: 60_000 },
        });
        expect({ code, hosts, distinct }, said).toEqual({ code: 0, hosts: HOSTS, distinct: HOSTS });
      } finally {
        rmSync(at, { recursive: true, force: true });
      }
    },
  );
});
