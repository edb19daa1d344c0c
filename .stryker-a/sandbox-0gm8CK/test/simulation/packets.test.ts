import { describe, expect, it } from 'vitest';
import type { Reply } from '../../src/model/reply.ts';
import { compareFlows } from '../../src/scanner/path/compare-flows.ts';
import { randomOf } from './random.ts';
import { simulationTimeout, worlds } from './scale.ts';

const PORT = 3389;
const CONTROL = 135;
/** Between packets to a listener real time passes; to a port that refuses they leave at once, and are counted the same. */
const refused: Reply = { kind: 'refused', rttMs: 1, by: 'target' };
const silent: Reply = { kind: 'silent', waitedMs: 1, attempts: 1 };

/** How many of `runs` comparisons prove a difference, where single packets to a port are answered with the given chances. */
const provenOf = async (runs: number, answers: Readonly<Record<number, number>>): Promise<number> => {
  const random = randomOf(1);
  const prober = {
    signal: new AbortController().signal,
    probe: async (port: number) => (random.happens(answers[port] ?? 0) ? refused : silent),
  };
  let proven = 0;
  for (let run = 0; run < runs; run++) {
    const counts = await compareFlows(
      prober,
      { port: PORT, kind: 'refused' },
      { port: CONTROL, kind: 'refused' },
    );
    if (counts) proven++;
  }
  return proven;
};

describe('single packets over equal-cost paths', { timeout: simulationTimeout }, () => {
  it('prove a difference that is none about once in 10,000, although the counts are tested after each', async () => {
    // Half of them answered is the worst case.
    const runs = worlds(60_000);
    expect((await provenOf(runs, { [PORT]: 0.5, [CONTROL]: 0.5 })) / runs).toBeLessThanOrEqual(1.5e-4);
  });

  it('show a port that half of the paths drop', async () => {
    const runs = worlds(1000);
    expect((await provenOf(runs, { [PORT]: 0.5, [CONTROL]: 1 })) / runs).toBeGreaterThan(0.95);
  });
});
