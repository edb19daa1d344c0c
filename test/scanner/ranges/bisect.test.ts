import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MappedRange } from '../../../src/model/evidence.ts';
import { DYNAMIC_PORTS, type PortRange } from '../../../src/model/target.ts';
import {
  bisectRange,
  type Marked,
  type PortClass,
  type ProbePorts,
} from '../../../src/scanner/ranges/bisect.ts';
import { samplePorts } from '../../../src/scanner/sample.ts';

const SURE = { sure: true } as const;
const UNSURE = { sure: false } as const;

/** A network that drops the given blocks and loses answers as `isLost` says. */
const network = (blocks: readonly PortRange[], isLost: () => boolean = () => false) => {
  let asked = 0;
  const truth = (port: number): PortClass =>
    blocks.some(({ from, to }) => port >= from && port <= to) ? 'filtered' : 'reachable';
  const one = (port: number): Marked => {
    asked++;
    return truth(port) === 'reachable' && !isLost()
      ? { class: 'reachable', ...SURE }
      : { class: 'filtered', ...UNSURE };
  };
  const ask: ProbePorts = async (ports) => ports.map(one);
  const sample = (range: PortRange, count: number, seed: number) =>
    new Map(
      samplePorts(range, count, seed).map((port) => {
        const answers = [one(port), one(port), one(port)];
        const sure = answers.find((answer) => answer.sure);
        return [port, { ...(sure ?? { class: 'filtered' as const, ...UNSURE }), silences: sure ? 0 : 3 }];
      }),
    );
  return { ask, sample, truth, asked: () => asked };
};

const covers = (ranges: readonly MappedRange[], range: PortRange): void => {
  expect(ranges[0]?.from).toBe(range.from);
  expect(ranges.at(-1)?.to).toBe(range.to);
  ranges.slice(1).forEach((next, i) => {
    expect(next.from).toBe((ranges[i]?.to ?? Number.NaN) + 1);
  });
  for (const { from, to } of ranges) expect(from).toBeLessThanOrEqual(to);
};

/** Widest block that can lie between two samples, or between a sample and an end of the range, unseen. */
const guaranteedWidth = (sample: readonly number[], range: PortRange): number => {
  const stops = [range.from - 1, ...sample, range.to + 1];
  return Math.max(...stops.slice(1).map((stop, i) => stop - (stops[i] ?? 0) - 1)) + 1;
};

/** With silences enough for a path that loses little. */
const mapRange = async (
  range: PortRange,
  known: Parameters<typeof bisectRange>[1],
  ask: ProbePorts,
  budget: number,
) => {
  const ranges = await bisectRange(range, known, ask, { budget, sureAfter: 3 });
  if (ranges === null) throw new Error('answers never stop here');
  return ranges;
};

describe('bisectRange', () => {
  it('finds one filtered block of at least the guaranteed width, exactly, whatever the seed', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(0xffffffff),
        fc.integer({ min: 8, max: 64 }),
        fc.nat(),
        fc.nat(),
        async (seed, count, a, b) => {
          const width = guaranteedWidth(samplePorts(DYNAMIC_PORTS, count, seed), DYNAMIC_PORTS);
          const from = DYNAMIC_PORTS.from + (a % (DYNAMIC_PORTS.to - DYNAMIC_PORTS.from - width + 2));
          const to = from + width - 1 + (b % (DYNAMIC_PORTS.to - from - width + 2));
          const net = network([{ from, to }]);
          const ranges = await mapRange(DYNAMIC_PORTS, net.sample(DYNAMIC_PORTS, count, seed), net.ask, 512);
          covers(ranges, DYNAMIC_PORTS);
          expect(ranges.filter(({ state }) => state === 'filtered')).toEqual([
            { from, to, state: 'filtered', exact: true },
          ]);
          expect(ranges.every(({ exact }) => exact)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('finds several blocks in one go, within the budget', async () => {
    const blocks = [
      { from: 1500, to: 3999 },
      { from: 8000, to: 22_000 },
      { from: 50_000, to: 52_047 },
      { from: 60_001, to: 65_535 },
    ];
    const net = network(blocks);
    const known = net.sample(DYNAMIC_PORTS, 64, 7);
    const before = net.asked();
    const ranges = await mapRange(DYNAMIC_PORTS, known, net.ask, 512);
    expect(net.asked() - before).toBeLessThanOrEqual(512);
    expect(ranges.filter(({ state }) => state === 'filtered')).toEqual(
      blocks.map((block) => ({ ...block, state: 'filtered', exact: true })),
    );
  });

  it('is not moved by loss', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2000, max: 40_000 }),
        fc.integer({ min: 12_000, max: 20_000 }),
        fc.nat(),
        async (from, width, seed) => {
          // A fixed pattern of loss, every 25th answer: more than 1 % each way, and never three times on one port.
          let turn = seed % 25;
          const net = network([{ from, to: from + width }], () => turn++ % 25 === 0);
          const ranges = await mapRange(DYNAMIC_PORTS, net.sample(DYNAMIC_PORTS, 32, seed), net.ask, 512);
          expect(ranges.filter(({ state }) => state === 'filtered')).toEqual([
            { from, to: from + width, state: 'filtered', exact: true },
          ]);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('never claims what it did not see: random filters, any budget', async () => {
    const block = fc
      .tuple(fc.integer({ min: 1025, max: 65_535 }), fc.nat(9000))
      .map(([from, width]) => ({ from, to: Math.min(65_535, from + width) }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(block, { maxLength: 8 }),
        fc.nat(600),
        fc.nat(),
        async (blocks, budget, seed) => {
          const net = network(blocks);
          const known = net.sample(DYNAMIC_PORTS, 32, seed);
          const before = net.asked();
          const ranges = await mapRange(DYNAMIC_PORTS, known, net.ask, budget);
          expect(net.asked() - before).toBeLessThanOrEqual(budget);
          if (ranges.length === 0) return;
          covers(ranges, DYNAMIC_PORTS);
          for (const { from, to, state, exact } of ranges) {
            if (!exact || state === 'unknown') continue;
            // Both edges are as said, and the ports just outside are not.
            expect([net.truth(from), net.truth(to)]).toEqual([state, state]);
            for (const outside of [from - 1, to + 1]) {
              if (outside >= 1025 && outside <= 65_535) expect(net.truth(outside)).not.toBe(state);
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('asks nothing when nothing is filtered', async () => {
    const net = network([]);
    expect(
      await mapRange(DYNAMIC_PORTS, net.sample(DYNAMIC_PORTS, 32, 1), async () => expect.unreachable(), 512),
    ).toEqual([]);
  });

  it('leaves stealthy silence unknown and still finds the edges of a rejected block', async () => {
    const isRejected = (port: number) => port >= 20_000 && port <= 40_000;
    const one = (port: number): Marked =>
      isRejected(port) ? { class: 'filtered', ...SURE } : { class: 'quiet', ...UNSURE };
    const known = new Map(
      samplePorts(DYNAMIC_PORTS, 32, 3).map((port) => [
        port,
        { ...one(port), silences: isRejected(port) ? 0 : 3 },
      ]),
    );
    const ranges = await mapRange(DYNAMIC_PORTS, known, async (ports) => ports.map(one), 512);
    expect(ranges).toEqual([
      { from: 1025, to: 19_999, state: 'unknown', exact: true },
      { from: 20_000, to: 40_000, state: 'filtered', exact: true },
      { from: 40_001, to: 65_535, state: 'unknown', exact: true },
    ]);
  });

  it('goes on around ports that our own faults hid', async () => {
    const net = network([{ from: 30_000, to: 45_000 }]);
    const ask: ProbePorts = async (ports) =>
      ((await net.ask(ports)) ?? []).map((answer, i) =>
        (ports[i] ?? 0) % 11 === 0 ? { class: 'fault', ...UNSURE } : answer,
      );
    const ranges = await mapRange(DYNAMIC_PORTS, net.sample(DYNAMIC_PORTS, 32, 5), ask, 512);
    covers(ranges, DYNAMIC_PORTS);
    for (const { from, to, state } of ranges) {
      if (state !== 'unknown') expect([net.truth(from), net.truth(to)]).toEqual([state, state]);
    }
  });

  it('asks a silent edge as often as the loss wants it', async () => {
    const block = { from: 20_000, to: 40_000 };
    const silencesAt = async (sureAfter: number): Promise<number> => {
      const net = network([block]);
      const known = net.sample(DYNAMIC_PORTS, 32, 9);
      let asked = 0;
      const ask: ProbePorts = (ports) => {
        asked += ports.filter((port) => port === block.from).length;
        return net.ask(ports);
      };
      const ranges = await bisectRange(DYNAMIC_PORTS, known, ask, { budget: 512, sureAfter });
      expect(ranges?.find(({ state }) => state === 'filtered')).toEqual({
        ...block,
        state: 'filtered',
        exact: true,
      });
      return asked;
    };
    expect([await silencesAt(3), await silencesAt(8)]).toEqual([3, 8]);
  });

  it('gives nothing when answers have stopped, in whatever round', async () => {
    for (let stopsAfter = 0; stopsAfter < 4; stopsAfter++) {
      const net = network([{ from: 20_000, to: 40_000 }]);
      let rounds = 0;
      const ask: ProbePorts = async (ports) => (rounds++ < stopsAfter ? net.ask(ports) : null);
      const known = net.sample(DYNAMIC_PORTS, 32, 9);
      expect(await bisectRange(DYNAMIC_PORTS, known, ask, { budget: 512, sureAfter: 3 })).toBeNull();
    }
  });
});
