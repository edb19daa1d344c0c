import { describe, expect, it } from 'vitest';
import type { PortObservation } from '../../../src/model/evidence.ts';
import type { Reply } from '../../../src/model/reply.ts';
import { locateFilters } from '../../../src/scanner/path/locate-filters.ts';
import { measure, measureBriefly, NOT_MEASURED, pathWith } from '../../../src/scanner/path/measure.ts';
import type { TtlProber } from '../../../src/scanner/path/traceroute.ts';
import { accepted, exceeded, refused, unreachable } from '../fakes.ts';
import { DISTANCE, observation, proberOf, router, silent, way } from './routers.ts';

const locate = async (observations: readonly PortObservation[], prober: TtlProber) => {
  const measured = await measure(observations, prober);
  return { ...measured, ...(await locateFilters(measured, prober, 0)) };
};
const by = ({ reply }: PortObservation) => (reply.kind === 'refused' ? reply.by : reply.kind);
const matched = (reply: Reply): Reply => ({ ...reply, ttl: 125, ttlMatch: true }) as Reply;

describe('measure and locateFilters', () => {
  it('tell a reset on the way from a refusal of the target, and name the hop', async () => {
    const { prober } = proberOf(way({ 135: { reply: accepted }, 3389: { resetAt: 2, reply: refused } }));
    const found = await locate(
      [observation(135, accepted), observation(3389, refused), observation(50_000, refused)],
      prober,
    );
    expect(found.observations.map((one) => [one.port, by(one)])).toEqual([
      [135, 'accepted'],
      [3389, 'middlebox'],
      [50_000, 'unknown'],
    ]);
    expect(found.observations[1]?.reply).toMatchObject({ from: router(1) });
    expect(found.resetsAtTtl).toBe(DISTANCE - 1);
    expect(found.traces.find(({ port }) => port === 3389)?.end).toMatchObject({ by: 'middlebox' });
  });

  it.each([
    ['the hop answers nothing to the control, as a limit may do', () => silent],
    [
      'the control is answered from there over another path',
      (turn: number) => (turn < 2 ? exceeded(router(2)) : accepted),
    ],
  ])('blame nobody for a refusal that comes back early where %s', async (_, atSecond) => {
    const paths = way({ 135: { reply: accepted }, 3389: { resetAt: 2, reply: refused } });
    const { prober } = proberOf((port, ttl, turn) =>
      port === 135 && ttl === 2 ? atSecond(turn) : paths(port, ttl, turn),
    );
    const found = await measure([observation(135, accepted), observation(3389, refused)], prober);
    expect(found.observations.map(by)).toEqual(['accepted', 'unknown']);
  });

  it('test refusals that were not traced with one packet each', async () => {
    const { prober, asked } = proberOf(
      way({ 135: { reply: accepted }, 20000: { resetAt: 3, reply: refused } }),
    );
    const found = await locate(
      [observation(135, accepted), ...[1100, 20_000, 60_000].map((port) => observation(port, refused))],
      prober,
    );
    expect(asked.filter(({ port }) => port === 60_000).map(({ ttl }) => ttl)).toEqual([DISTANCE - 1]);
    expect(found.observations.map(by)).toEqual(['accepted', 'unknown', 'middlebox', 'unknown']);
    // The reset stretch is traced as well, so that its place gets known.
    expect(found.traces.map(({ port }) => port)).toEqual([135, 1100, 20_000]);
  });

  it('believe TTLs of answers where those told whose a refusal is', async () => {
    const { prober, asked } = proberOf(way({ 135: { reply: accepted } }));
    await locate(
      [observation(135, accepted), ...[1100, 20_000].map((port) => observation(port, matched(refused)))],
      prober,
    );
    expect(new Set(asked.map(({ port }) => port))).toEqual(new Set([135]));
  });

  it('take the farthest answer for the target, so a reset on the way cannot pass for it', async () => {
    const { prober } = proberOf(way({ 135: { resetAt: 2, reply: refused }, 3389: { reply: refused } }));
    const found = await locate([observation(135, refused), observation(3389, refused)], prober);
    expect(found.observations.map(by)).toEqual(['middlebox', 'unknown']);
  });

  it('trace filtered requirements and one port of each filtered stretch, to where they fall silent', async () => {
    const { prober } = proberOf(
      way({
        135: { reply: accepted },
        3389: { diesAt: 3, reply: silent },
        3000: { diesAt: 2, reply: silent },
      }),
    );
    const dynamic = [1100, 2000, 3000, 4000, 20_000, 30_000].map((port) =>
      observation(port, port >= 2000 && port < 20_000 ? silent : refused),
    );
    const { traces } = await locate(
      [observation(135, accepted), observation(3389, silent), ...dynamic],
      prober,
    );
    expect(traces.map(({ port }) => port)).toEqual([135, 1100, 3389, 3000]);
    expect(traces.find(({ port }) => port === 3389)?.comparison).toMatchObject({
      ttl: 3,
      passed: 0,
      control: 8,
    });
    expect(traces.find(({ port }) => port === 3000)?.comparison).toMatchObject({
      ttl: 2,
      passed: 0,
      control: 8,
    });
  });

  it('trace what a filter rejects to the hop that says so', async () => {
    const { prober } = proberOf((port, ttl) =>
      port === 3389 && ttl > 2 ? unreachable(13, router(2)) : way({ 135: { reply: accepted } })(port, ttl, 0),
    );
    const { traces } = await locate(
      [observation(135, accepted), observation(3389, unreachable(13, router(2)))],
      prober,
    );
    expect(traces.find(({ port }) => port === 3389)).toMatchObject({ endTtl: 3, end: { kind: 'rejected' } });
  });

  it('ask how far a packet gets when nothing answers, and nothing more', async () => {
    const { prober, asked } = proberOf(way({ 135: { diesAt: 3, reply: silent } }));
    const found = await locate(
      [135, 3389, 50_000].map((port) => observation(port, silent)),
      prober,
    );
    expect(new Set(asked.map(({ port }) => port))).toEqual(new Set([135]));
    expect(found.traces[0]?.hops.filter(({ address }) => address !== null)).toHaveLength(2);
  });

  it('change nothing for a target one hop away', async () => {
    const { prober } = proberOf(() => refused);
    const observations = [observation(135, refused), observation(50_000, refused)];
    expect((await locate(observations, prober)).observations).toEqual(observations);
  });
});

describe('measureBriefly, among neighbours whose distance is known', () => {
  const known = { distance: DISTANCE, resets: false };

  it.each([
    ['known', true],
    ['not known yet', false],
  ])('tells the only refusal of a host from its own where a device that resets is %s', async (_, resets) => {
    const { prober } = proberOf(way({ 135: { resetAt: 2, reply: refused } }));
    const found = await measureBriefly([observation(135, refused)], prober, { ...known, resets });
    expect(found).toMatchObject({ distance: DISTANCE, resetsAtTtl: DISTANCE - 1 });
    expect(found.observations.map(by)).toEqual(['middlebox']);
  });
  const open = { 3389: { reply: accepted }, 135: { reply: refused } };
  const alike = [observation(135, refused), observation(3389, accepted)];

  it('asks at their distance and one hop before it, and traces nothing where all is alike', async () => {
    const { prober, asked } = proberOf(way(open));
    expect(await measureBriefly(alike, prober, known)).toMatchObject({ distance: DISTANCE, traces: [] });
    expect(asked.map(({ port, ttl }) => [port, ttl])).toEqual([
      [3389, DISTANCE],
      [3389, DISTANCE - 1],
      [135, DISTANCE - 1],
    ]);
  });

  it('asks nothing where TTLs of answers told whose every refusal is, even when a middlebox resets others', async () => {
    const { prober, asked } = proberOf(way(open));
    const told = [observation(135, matched(refused)), observation(3389, matched(accepted))];
    expect(await measureBriefly(told, prober, { ...known, resets: true })).toMatchObject({
      distance: DISTANCE,
    });
    expect(asked).toEqual([]);
  });

  it.each([
    ['on a path on which a middlebox resets', { ...known, resets: true }],
    ['where its refusal comes from before it', known],
    ['where nothing is known', undefined],
  ])('measures the host by itself %s', async (_, about) => {
    const { prober } = proberOf(way({ ...open, 135: { resetAt: 2, reply: refused } }));
    const measured = await measureBriefly(alike, prober, about);
    expect(measured.observations[0]?.reply).toMatchObject({ by: 'middlebox', from: router(1) });
  });
});

describe('what is known of a path', () => {
  it('grows with each host that was measured', async () => {
    const { prober } = proberOf(way({ 3389: { reply: accepted }, 135: { resetAt: 2, reply: refused } }));
    const first = pathWith(undefined, await measure([observation(3389, accepted)], prober));
    expect(first).toEqual({ distance: DISTANCE, resets: false });
    const second = pathWith(
      first,
      await measure([observation(135, refused), observation(3389, accepted)], prober),
    );
    expect(second).toEqual({ distance: DISTANCE, resets: true });
    expect(pathWith(second, await measure([observation(3389, accepted)], prober))).toEqual(second);
    expect(pathWith(second, { ...NOT_MEASURED, observations: [] })).toBe(second);
  });
});
