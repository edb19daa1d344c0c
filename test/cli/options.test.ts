import { expect, it } from 'vitest';
import { AUDIT, CHECK } from '../../src/cli/options/scan-mode.ts';
import type { GivenOptions } from '../../src/cli/options/scan-values.ts';
import { resolveOptions } from '../../src/cli/options.ts';

const NO_CONFIG = { options: {}, scope: { allow: [], deny: [] } };

it.each<[GivenOptions, typeof AUDIT, number]>([
  [{}, AUDIT, 2048],
  [{ rate: 5000 }, AUDIT, 5000],
  [{ rate: 1000000 }, AUDIT, 16_384],
  [{ rate: 5000, concurrency: 64 }, AUDIT, 64],
  [{ rate: 5000 }, CHECK, 512],
])('%j has as many probes in flight as it takes', (raw, manner, probes) => {
  const { concurrency, hostsAtOnce } = resolveOptions(raw, NO_CONFIG, manner);
  expect(concurrency).toBe(probes);
  expect(hostsAtOnce).toBe(Math.min(probes, manner.hostsAtOnce));
});
