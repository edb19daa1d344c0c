import { describe, expect, it } from 'vitest';
import type { PortObservation } from '../../../src/model/evidence.ts';
import type { Reply } from '../../../src/model/reply.ts';
import { DYNAMIC_PORTS } from '../../../src/model/target.ts';
import { exactRanges, MAP_BUDGET } from '../../../src/scanner/ranges/exact-ranges.ts';
import { fakeClock } from '../clock.ts';
import { collect } from '../collect.ts';
import { accepted, FakeWire, fault, refused, SAMPLE, unreachable } from '../fakes.ts';

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
  known: readonly PortObservation[] = observations,
) => {
  const asked: number[] = [];
  const calls: { readonly port: number; readonly again: boolean; readonly round: number }[] = [];
  let checks = 0;
  const prober = {
    probe: async (port: number, again: boolean) => {
      asked.push(port);
      calls.push({ port, again, round: checks });
      return ask(port, asked.length);
    },
    check: async () => check(checks++),
  };
  return {
    ranges: await exactRanges(DYNAMIC_PORTS, known, prober, loss),
    asked,
    calls,
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
    expect(checks()).toBe(4);
  });

  it('calls no edge exact on a path that loses too much for it', async () => {
    const { ranges } = await mapped(truth, () => 'held', 0.5);
    expect(ranges.map(({ state }) => state)).toEqual(['reachable', 'filtered', 'reachable']);
    expect(ranges.some(({ exact }) => exact)).toBe(false);
  });

  it.each([
    [0, 10],
    [0.5, 10],
  ])(
    'probes each silent edge as often as a loss of %d wants it, by three answers, and ten times at most',
    async (loss, times) => {
      const { asked } = await mapped(truth, () => 'held', loss);
      for (const edge of [10_000, 55_000]) expect(asked.filter((port) => port === edge)).toHaveLength(times);
    },
  );

  it('counts the silences of the sample, and leaves out what lies outside of the range', async () => {
    const lone: PortObservation[] = observations.map((one) =>
      one.port === 20_000 ? { ...one, reply: { ...silent, attempts: 10 } } : { ...one, reply: refused },
    );
    const mapper: PortObservation = {
      ...{ port: 135, requirement: 'endpoint-mapper', why: 'required' },
      ...{ reply: { ...silent, attempts: 3 }, attempts: 3 },
    };
    const isBlocked = (port: number): boolean => port >= 19_000 && port <= 21_000;
    const { ranges, asked } = await mapped(
      (port) => (isBlocked(port) ? silent : refused),
      () => 'held',
      0,
      [mapper, ...lone],
    );
    expect(asked).not.toContain(20_000);
    expect(ranges).toEqual([
      { from: 1025, to: 18_999, state: 'reachable', exact: true },
      { from: 19_000, to: 21_000, state: 'filtered', exact: true },
      { from: 21_001, to: 65_535, state: 'reachable', exact: true },
    ]);
  });

  it('says of each probe whether the port was probed before', async () => {
    const { calls } = await mapped(truth);
    const roundOf = new Map<number, number>(SAMPLE.map((port) => [port, -1]));
    for (const { port, round } of calls) if (!roundOf.has(port)) roundOf.set(port, round);
    expect(calls.map(({ again }) => again)).toEqual(
      calls.map(({ port, round }) => (roundOf.get(port) ?? 0) < round),
    );
    expect(calls.some(({ again }) => again)).toBe(true);
  });

  it('believes answers whatever the controls show', async () => {
    const { ranges } = await mapped(
      () => refused,
      () => 'void',
      0,
      observations.map((one) => (one.port === 20_000 ? one : { ...one, reply: refused })),
    );
    expect(ranges).toEqual([{ from: 1025, to: 65_535, state: 'reachable', exact: true }]);
  });

  it('takes no silence for a filter on a host that refuses nothing, but a rejection', async () => {
    const listening = [135, 139, 445].map(
      (port): PortObservation => ({
        ...{ port, requirement: 'endpoint-mapper', why: 'required', attempts: 1 },
        reply: accepted,
      }),
    );
    const stealthy = (rejects: readonly number[]): PortObservation[] => [
      ...listening,
      ...observations.map((one) => ({
        ...one,
        reply: rejects.includes(one.port) ? unreachable(13) : { ...silent, attempts: 6 },
      })),
    ];
    const quiet = await mapped(() => silent, undefined, 0, stealthy([]));
    expect([quiet.ranges, quiet.asked]).toEqual([[], []]);
    const { ranges } = await mapped(
      (port) => (isFiltered(port) ? unreachable(13) : silent),
      undefined,
      0,
      stealthy(SAMPLE.filter(isFiltered)),
    );
    expect(ranges).toEqual(
      EXACT.map((one) => (one.state === 'filtered' ? one : { ...one, state: 'unknown' })),
    );
  });

  it('gives a silent port up that this machine cannot probe again, when three probes of it failed', async () => {
    const [first, second, third] = [2000, 2001, 2002].map(
      (port): PortObservation => ({
        ...{ port, requirement: 'dynamic-rpc', why: 'sampled', attempts: 1 },
        reply: port === 2001 ? silent : refused,
      }),
    );
    if (!first || !second || !third) throw new Error('three ports');
    const { ranges, asked } = await mapped(
      (port) => (port === 2001 ? fault('no-route', 'E') : refused),
      undefined,
      0,
      [first, second, third, { ...first, port: 60_000 }],
    );
    // All of them left in one round.
    expect(asked.filter((port) => port === 2001)).toHaveLength(19);
    expect(ranges).toEqual([
      { from: 1025, to: 2000, state: 'reachable', exact: true },
      { from: 2001, to: 2001, state: 'unknown', exact: true },
      { from: 2002, to: 65_535, state: 'reachable', exact: true },
    ]);
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
