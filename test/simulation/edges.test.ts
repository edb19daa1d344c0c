import { describe, expect, it } from 'vitest';
import type { Reply } from '../../src/model/reply.ts';
import { DYNAMIC_PORTS, inRange, type PortRange } from '../../src/model/target.ts';
import { lossOf } from '../../src/scanner/host/loss.ts';
import { exactRanges } from '../../src/scanner/ranges/exact-ranges.ts';
import { samplePorts } from '../../src/scanner/sample.ts';
import { upper95 } from './bounds.ts';
import { hashOf, type Random, randomOf } from './random.ts';
import { simulationTimeout, worlds } from './scale.ts';
import { lossyHost, standingObservations } from './silence-world.ts';

/** One to three blocks that a filter drops, anywhere. */
const drawBlocks = (random: Random): PortRange[] =>
  Array.from({ length: random.whole(1, 3) }, () => {
    const width = random.whole(1000, 12_000);
    const from = random.whole(DYNAMIC_PORTS.from, DYNAMIC_PORTS.to - width);
    return { from, to: from + width - 1 };
  });

/** Maps drawn filters on `hosts` hosts, `loss` being drawn for each: exact edges, and those of them that are wrong. */
const mapHosts = async (hosts: number, seed: number, drawLoss: (random: Random) => number) => {
  const seen = { edges: 0, wrong: 0, blocks: 0, probes: 0, most: 0 };
  for (let number = 0; number < hosts; number++) {
    const random = randomOf(hashOf(seed, number));
    const blocks = drawBlocks(random);
    const isDropped = (port: number): boolean => blocks.some((block) => inRange(port, block));
    const answer = (port: number): Reply | null => {
      if (isDropped(port)) return null;
      return port === 135 ? { kind: 'accepted', rttMs: 1 } : { kind: 'refused', rttMs: 1, by: 'unknown' };
    };
    const host = lossyHost(answer, drawLoss(random), random);
    const observations = standingObservations(host, samplePorts(DYNAMIC_PORTS, 32, number));
    const before = host.probes();
    const loss = lossOf(observations, null);
    const mapped = await exactRanges(
      DYNAMIC_PORTS,
      observations,
      { probe: async (port) => host.probe(port), check: async () => 'held' },
      loss,
    );
    const probes = host.probes() - before;
    seen.probes += probes;
    seen.most = Math.max(seen.most, probes);
    for (const { from, to, state, exact } of mapped) {
      if (!exact || state === 'unknown') continue;
      if (state === 'filtered') seen.blocks++;
      for (const port of [from, to]) {
        if (port === DYNAMIC_PORTS.from || port === DYNAMIC_PORTS.to) continue;
        seen.edges++;
        const beyond = port === from ? port - 1 : port + 1;
        if (isDropped(port) !== (state === 'filtered') || isDropped(beyond) === isDropped(port)) seen.wrong++;
      }
    }
  }
  return seen;
};

describe('edges of filtered ranges', { timeout: simulationTimeout }, () => {
  it('calls a wrong edge exact less than once in 10,000 with up to 10 % lost each way', async () => {
    const { edges, wrong } = await mapHosts(worlds(4000), 1, (random) => 0.1 * random.unit());
    if (process.env['RA_SIMULATIONS']) console.log({ edges, wrong, bound: upper95(wrong, edges) });
    expect(edges).toBeGreaterThan(worlds(12_000));
    expect(wrong / edges).toBeLessThanOrEqual(1e-4);
  });

  it('finds every edge of wide blocks without loss, within its budget', async () => {
    const { edges, wrong, blocks, most } = await mapHosts(worlds(300), 2, () => 0);
    expect(wrong).toBe(0);
    expect(edges).toBeGreaterThan(2 * blocks);
    expect(most).toBeLessThanOrEqual(512);
  });
});
