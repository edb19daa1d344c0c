import { describe, expect, it } from 'vitest';
import type { PortObservation, Trace } from '../../../src/model/evidence.ts';
import type { Reply } from '../../../src/model/reply.ts';
import { locateFilters } from '../../../src/scanner/path/locate-filters.ts';
import { accepted, exceeded, refused, unreachable } from '../fakes.ts';
import { DISTANCE, type Meets, observation, proberOf, router, silent, way } from './routers.ts';

const foreign = (from?: string): Reply => ({ ...refused, by: 'middlebox', ...(from && { from }) }) as Reply;
const rejected = unreachable(13, router(2));

/** A trace whose hops 1, 2, ... have these addresses; it ends behind them. */
const traceOf = (
  port: number,
  hops: readonly (string | null)[],
  end: Reply,
  endTtl: number | null,
): Trace => ({
  port,
  hops: hops.map((address, i) => ({ ttl: i + 1, address, rttMs: 1 })),
  end,
  endTtl,
});
const ROUTERS = [router(1), router(2), router(3)];
const CONTROL = traceOf(135, ROUTERS, accepted, DISTANCE);

const locating = async (
  observations: readonly PortObservation[],
  { traces = [CONTROL], distance = DISTANCE }: { traces?: readonly Trace[]; distance?: number | null } = {},
  meets: Meets = way({ 135: { reply: accepted } }),
) => {
  const net = proberOf(meets);
  const located = await locateFilters({ observations, distance, traces, resetsAtTtl: null }, net.prober, 0);
  const of = (port: number) => located.traces.find((trace) => trace.port === port);
  const ttls = (port: number) => net.asked.filter((one) => one.port === port).map(({ ttl }) => ttl);
  return { ...net, ...located, of, ttls, ports: located.traces.map(({ port }) => port) };
};

describe('the filtered ports that are traced', () => {
  const run = (reply: Reply, ...ports: number[]) => ports.map((port) => observation(port, reply));
  const OPEN = (port: number) => run(refused, port);

  it('are the middle ones of the widest stretches, that of the old and that of the new range first', async () => {
    const { ports } = await locating([
      ...run(silent, 1100),
      ...OPEN(1500),
      ...run(silent, 2000, 3000, 4000),
      ...run(silent, 10_000, 20_000, 30_000, 40_000),
      ...run(rejected, 41_000, 42_000),
      ...OPEN(45_000),
      ...run(silent, 46_000),
      ...OPEN(50_000),
      ...run(silent, 60_000),
    ]);
    expect(ports).toEqual([135, 3000, 60_000, 30_000, 42_000]);
  });

  it('are of several stretches where zones or replies part them, and nothing else does', async () => {
    const { ports } = await locating([
      ...run(silent, 4000, 5000),
      ...run(silent, 5001, 49_151, 49_152, 50_000),
    ]);
    expect(ports).toEqual([135, 5000, 50_000, 49_151]);
    const two = await locating([...run(silent, 6000), ...run(rejected, 7000), ...run(silent, 8000, 9000)]);
    expect(two.ports).toEqual([135, 9000, 6000, 7000]);
  });

  it('are the required ones of them, none twice', async () => {
    const traces = [CONTROL, traceOf(3389, [router(1)], silent, null)];
    const { ports, ttls } = await locating(
      [observation(135, silent), observation(3389, silent), observation(2000, silent)],
      { traces },
      () => silent,
    );
    expect(ports).toEqual([135, 3389, 2000]);
    expect(ttls(3389)).toEqual([]);
  });

  it('are none of those that answer, also where neighbours showed the distance', async () => {
    const answering = [observation(135, accepted), observation(3389, silent), observation(2000, refused)];
    expect((await locating(answering, { traces: [] })).ports).toEqual([3389]);
    expect((await locating(answering)).ports).toEqual([135, 3389]);
    const open = traceOf(135, [router(1)], silent, null);
    expect((await locating(answering, { traces: [open], distance: null })).ports).toEqual([135, 3389]);
  });

  it('is the endpoint mapper alone where nothing is known of the path', async () => {
    const answering = [observation(135, silent), observation(3389, silent), observation(2000, silent)];
    expect((await locating(answering, { traces: [], distance: null })).ports).toEqual([135]);
  });
});

describe('a trace of a filtered port', () => {
  it('that is silent gives up where nothing is there, and knows how far the host is', async () => {
    const seen = [observation(3389, silent)];
    const unknown = await locating(seen, { traces: [], distance: null }, () => silent);
    expect(unknown.ttls(3389)).toEqual([1, 2, 3, 4, 1]);
    const known = await locating(seen, { traces: [], distance: 6 }, () => silent);
    expect(Math.max(...known.ttls(3389))).toBe(5);
  });

  it('that is rejected goes on until the rejection, no farther than the host', async () => {
    const seen = [observation(3389, rejected)];
    const late: Meets = (_, ttl) => (ttl < 7 ? silent : rejected);
    const unknown = await locating(seen, { traces: [CONTROL], distance: null }, late);
    expect(unknown.of(3389)).toMatchObject({ endTtl: 7, end: rejected });
    const known = await locating(seen, { distance: 5 }, late);
    expect(Math.max(...known.ttls(3389))).toBe(5);
  });

  it('that is rejected is not compared with the control', async () => {
    const { of, ttls } = await locating([observation(3389, rejected)], {}, (port, ttl) =>
      port === 3389 && ttl > 1 ? rejected : exceeded(router(ttl)),
    );
    expect(of(3389)?.comparison).toBeUndefined();
    expect(ttls(135)).toEqual([]);
  });

  it('is compared with the trace that reached the host, and not with one that ended before it', async () => {
    const early = traceOf(5555, [router(1)], refused, 2);
    const { of, ttls, hops } = await locating(
      [observation(3389, silent)],
      { traces: [early, CONTROL] },
      way({ 135: { reply: accepted }, 3389: { diesAt: 3, reply: silent } }),
    );
    expect(of(3389)?.comparison).toMatchObject({ ttl: 3, passed: 0 });
    expect(new Set(ttls(135))).toEqual(new Set([3]));
    expect(ttls(5555)).toEqual([]);
    expect(hops.length).toBeGreaterThan(0);
    expect(hops.every(({ ttl, address }) => ttl === 3 && address === router(3))).toBe(true);
  });

  it('is compared with nothing where no trace reached the host', async () => {
    const open = traceOf(135, ROUTERS, silent, null);
    const { of, hops } = await locating(
      [observation(3389, silent)],
      { traces: [open], distance: null },
      way({ 3389: { diesAt: 2, reply: silent } }),
    );
    expect(of(3389)?.comparison).toBeUndefined();
    expect(hops).toEqual([]);
  });
});

describe('hops that did not answer the control', () => {
  const mute = (...ttls: number[]) =>
    traceOf(
      135,
      ROUTERS.map((address, i) => (ttls.includes(i + 1) ? null : address)),
      accepted,
      DISTANCE,
    );
  const dying = (diesAt: number) => way({ 135: { reply: accepted }, 3389: { diesAt, reply: silent } });
  const SILENT = [observation(3389, silent)];

  it.each([
    [0, 2, router(2)],
    [1, 2, router(2)],
    [2, 3, null],
  ])('are probed again twice: %i times silent, compared at %i', async (times, ttl, address) => {
    const { of } = await locating(SILENT, { traces: [mute(2)] }, (port, at, turn) =>
      port === 135 && at === 2 && turn < times ? silent : dying(2)(port, at, turn),
    );
    expect(of(135)?.hops[1]).toMatchObject({ ttl: 2, address });
    expect(of(135)?.hops).toHaveLength(3);
    expect(of(3389)?.comparison?.ttl).toBe(ttl);
  });

  it('stay so where anything but a router answers there', async () => {
    const { of } = await locating(SILENT, { traces: [mute(2)] }, (port, at, turn) =>
      port === 135 && at === 2 ? accepted : dying(2)(port, at, turn),
    );
    expect(of(135)?.hops[1]?.address).toBeNull();
  });

  it('are probed again only past the last hop that each silent port passed, and none that answered', async () => {
    const before = await locating(SILENT, { traces: [mute(1, 2)] }, (port, at, turn) =>
      port === 135 && at < 3 ? silent : dying(3)(port, at, turn),
    );
    expect(new Set(before.ttls(135))).toEqual(new Set([3]));
    const two = [observation(3389, silent), observation(2000, silent)];
    const meets = way({ 3389: { diesAt: 2, reply: silent }, 2000: { diesAt: 4, reply: silent } });
    const { ttls, of } = await locating(two, { traces: [mute(2)] }, meets);
    expect(of(135)?.hops[1]?.address).toBe(router(2));
    // Hop 3 answered the control, and no trace is compared there.
    expect(ttls(135)).not.toContain(3);
  });

  it('are not probed again for a port that is rejected', async () => {
    const two = [observation(3389, rejected), observation(2000, silent)];
    const { ttls } = await locating(two, { traces: [mute(2)] }, (port, at, turn) =>
      port === 3389 && at > 1 ? rejected : way({ 2000: { diesAt: 4, reply: silent } })(port, at, turn),
    );
    expect(ttls(135)).toEqual([]);
  });

  it('are waited for only where there are some, and while nobody stops', async () => {
    const pauses = async (control: Trace) =>
      (await locating(SILENT, { traces: [control] }, dying(2))).state.pauses;
    expect((await pauses(mute(2))) - (await pauses(CONTROL))).toBe(1);
    const net = proberOf(dying(2));
    net.state.isStopped = true;
    const measured = { observations: SILENT, distance: DISTANCE, traces: [mute(2)], resetsAtTtl: null };
    await locateFilters(measured, net.prober, 0);
    expect([net.asked, net.state.pauses]).toEqual([[], 0]);
  });
});

describe('who resets', () => {
  it('is the router before the reset; the nearest traced port shows it for others', async () => {
    const traces = [
      CONTROL,
      traceOf(2000, [router(1)], refused, 2),
      traceOf(4000, [router(1), router(2)], refused, 3),
    ];
    const { observations, of } = await locating(
      [
        ...[2000, 2900, 3000, 3100, 4000].map((port) => observation(port, foreign())),
        observation(5000, foreign('192.0.2.9')),
        observation(3050, refused),
        observation(3060, accepted),
      ],
      { traces },
      () => silent,
    );
    const senders = observations.map(({ port, reply }) => [
      port,
      reply.kind === 'refused' ? reply.from : null,
    ]);
    expect(senders).toEqual([
      [2000, router(1)],
      [2900, router(1)],
      [3000, router(1)],
      [3100, router(2)],
      [4000, router(2)],
      [5000, '192.0.2.9'],
      [3050, undefined],
      [3060, null],
    ]);
    expect(of(2000)?.end).toEqual({ ...refused, by: 'middlebox' });
    expect(of(135)?.end).toEqual(accepted);
  });

  it.each<[string, Trace]>([
    ['has no reset at its end', traceOf(2000, [router(1)], silent, null)],
    ['does not show the hop before', traceOf(2000, [router(1), null], refused, 3)],
    ['ends at the first hop', traceOf(2000, [], refused, 1)],
    ['is of another port', traceOf(6000, [router(1)], refused, 2)],
  ])('is not known where the trace %s', async (_, trace) => {
    const seen = [observation(2000, foreign())];
    const found = await locating(seen, { traces: [trace] }, () => silent);
    expect(found.observations).toBe(seen);
  });

  it('is no matter of traces of ports that the host refuses', async () => {
    const own = traceOf(2000, ROUTERS, refused, DISTANCE);
    const { of } = await locating([observation(2000, refused)], { traces: [own] });
    expect(of(2000)?.end).toEqual(refused);
  });
});
