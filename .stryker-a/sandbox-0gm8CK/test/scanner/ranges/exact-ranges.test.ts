import { describe, expect, it } from 'vitest';
import type { PortObservation } from '../../../src/model/evidence.ts';
import type { Reply } from '../../../src/model/reply.ts';
import { DYNAMIC_PORTS } from '../../../src/model/target.ts';
import { exactRanges, MAP_BUDGET } from '../../../src/scanner/ranges/exact-ranges.ts';
import { fakeClock } from '../clock.ts';
import { collect } from '../collect.ts';
import { FakeWire, fault, refused, SAMPLE } from '../fakes.ts';

const held = fakeClock();
const silent: Reply = { kind: 'silent', waitedMs: 100, attempts: 1 };
const isFiltered = (port: number): boolean => port >= 10_000 && port <= 55_000;
const EXACT = [
  { from: 1025, to: 9999, state: 'reachable', exact: true },
  { from: 10_000, to: 55_000, state: 'filtered', exact: true },
  { from: 55_001, to: 65_535, state: 'reachable', exact: true },
];

const observations: PortObservation[] = SAMPLE.map((port) => ({
  port,
  requirement: 'dynamic-rpc',
  why: 'sampled',
  reply: isFiltered(port) ? { ...silent, attempts: 6 } : refused,
  attempts: 1,
}));

const mapped = async (
  ask: (port: number, turn: number) => Reply,
  check: (turn: number) => 'held' | 'void' | 'stopped' = () => 'held',
  loss = 0,
) => {
  const asked: number[] = [];
  let checks = 0;
  const prober = {
    ask: async (port: number) => {
      asked.push(port);
      return ask(port, asked.length);
    },
    check: async () => check(checks++),
  };
  return {
    ranges: await exactRanges(DYNAMIC_PORTS, observations, prober, loss),
    asked,
    checks: () => checks,
  };
};
const truth = (port: number): Reply => (isFiltered(port) ? silent : refused);

describe('exactRanges', () => {
  it('finds the edges of what is filtered, with controls beside every round', async () => {
    const { ranges, asked, checks } = await mapped(truth);
    expect(ranges).toEqual(EXACT);
    expect(asked.length).toBeLessThan(MAP_BUDGET);
    expect(checks()).toBeGreaterThanOrEqual(4);
  });

  it('gives nothing when a control stops, and asks no more', async () => {
    const { ranges, asked, checks } = await mapped(truth, (turn) => (turn < 2 ? 'held' : 'stopped'));
    expect(ranges).toEqual([]);
    expect(checks()).toBe(3);
    expect(asked.length).toBeLessThan(200);
  });

  it('asks a round again that did not count, and believes nothing of it', async () => {
    // In every other round all is silent, and the control says so.
    let round = 0;
    const { ranges } = await mapped(
      (port) => (round % 2 === 0 ? silent : truth(port)),
      () => (round++ % 2 === 0 ? 'void' : 'held'),
    );
    expect(ranges).toEqual(EXACT);
  });

  it('gives up where no round ever counts', async () => {
    const { ranges, checks } = await mapped(
      () => silent,
      () => 'void',
    );
    expect(ranges).toEqual([]);
    expect(checks()).toBeLessThan(10);
  });

  it('calls no edge exact on a path that loses too much for it', async () => {
    const { ranges } = await mapped(truth, () => 'held', 0.5);
    expect(ranges.map(({ state }) => state)).toEqual(['reachable', 'filtered', 'reachable']);
    expect(ranges.some(({ exact }) => exact)).toBe(false);
  });

  it('goes on around ports that a fault of this machine hid', async () => {
    const { ranges } = await mapped((port) => (port % 7 === 0 ? fault('no-route', 'E') : truth(port)));
    for (const { from, to, state } of ranges) {
      if (state === 'filtered') expect([isFiltered(from), isFiltered(to)]).toEqual([true, true]);
      if (state === 'reachable') expect([isFiltered(from), isFiltered(to)]).toEqual([false, false]);
    }
  });
});

describe('mapping in a scan', () => {
  const wire = () => new FakeWire(({ port }) => (isFiltered(port) ? 'silence' : refused));

  it('finds the edges, and keeps the ports that it asked out of the observations', async () => {
    const { evidence } = await collect(held.clock, wire(), { plan: { map: true } });
    expect(evidence[0]?.mapped).toEqual(EXACT);
    expect(evidence[0]?.ports.map(({ why }) => why)).not.toContain('mapped');
  });

  it('tells each port that it asked, and none of the sample in other words', async () => {
    const { events } = await collect(held.clock, wire(), { plan: { map: true } });
    const answered = events.flatMap((event) => (event.type === 'answered' ? [event.observation] : []));
    const ofMap = answered.filter(({ why }) => why === 'mapped');
    expect(ofMap.length).toBeGreaterThan(50);
    expect(ofMap.filter(({ port }) => SAMPLE.includes(port))).toEqual([]);
  });

  it('asks nothing more with --no-map', async () => {
    const plain = wire();
    const { evidence } = await collect(held.clock, plain, { plan: { map: false } });
    expect(evidence[0]?.mapped).toEqual([]);
    expect(plain.ports).toEqual([135, 3389, ...SAMPLE].sort((a, b) => a - b));
  });
});
