import { describe, expect, it } from 'vitest';
import type { PortObservation, Trace } from '../../../src/model/evidence.ts';
import type { Reply } from '../../../src/model/reply.ts';
import {
  addressAt,
  bestAnswering,
  byMiddlebox,
  isRefusedEarly,
  measure,
  measureBriefly,
  standIns,
  traceAnswering,
  traceSilent,
} from '../../../src/scanner/path/measure.ts';
import { accepted, exceeded, refused, unreachable } from '../fakes.ts';
import { DISTANCE, type Meets, observation, proberOf, router, silent, way } from './routers.ts';

const reset: Reply = { kind: 'refused', rttMs: 1, by: 'middlebox' };
const ttlsTo = (asked: readonly { readonly port: number; readonly ttl: number }[], port: number): number[] =>
  asked.flatMap((one) => (one.port === port ? [one.ttl] : []));

describe('a trace', () => {
  it('to a port that answers goes thirty hops far at most', async () => {
    const far = async (maxTtl?: number): Promise<number> => {
      const { prober, asked } = proberOf(() => silent);
      await traceAnswering(135, prober, maxTtl);
      return Math.max(...asked.map(({ ttl }) => ttl));
    };
    expect([await far(), await far(99), await far(7)]).toEqual([30, 30, 7]);
  });

  it('to a port that may be dropped ends at the distance of the host, or after four silent hops', async () => {
    const ttls = async (distance: number | null): Promise<number[]> => {
      const { prober, asked } = proberOf(() => silent);
      await traceSilent(135, prober, distance);
      return ttlsTo(asked, 135);
    };
    expect(await ttls(null)).toEqual([1, 2, 3, 4, 1]);
    expect(await ttls(6)).toEqual([1, 2, 3, 4, 5, 1, 2, 3, 4, 5]);
  });
});

describe('the port whose answer is the best control', () => {
  it.each<[string, PortObservation[], number | undefined]>([
    ['135, where it accepts', [observation(3389, accepted), observation(135, accepted)], 135],
    ['another that accepts', [observation(135, refused), observation(3389, accepted)], 3389],
    ['one that is refused', [observation(135, silent), observation(3389, refused)], 3389],
    ['none that a device resets', [observation(135, reset), observation(3389, unreachable(13))], undefined],
  ])('is %s', (_, observations, port) => {
    expect(bestAnswering(observations)?.port).toBe(port);
  });
});

describe('refusals that stand for the others', () => {
  it('are those of required ports, and three others spread over the range, whose sender is not known', () => {
    const known = { ...refused, ttlMatch: true } as Reply;
    const sample = [1100, 2000, 3000, 4000, 5000].map((port) => observation(port, refused));
    const others = [observation(6000, reset), observation(7000, known), observation(8000, accepted)];
    const required = [observation(135, refused), observation(3389, reset)];
    expect(standIns([...required, ...sample, ...others]).map(({ port }) => port)).toEqual([
      135, 1100, 3000, 5000,
    ]);
    expect(standIns([observation(135, known), ...others])).toEqual([]);
  });
});

describe('the router at a TTL', () => {
  const trace = (hops: Trace['hops']): Trace => ({ port: 1, hops, end: silent, endTtl: null });

  it('is the first that a trace saw there', () => {
    const traces = [
      trace([
        { ttl: 1, address: router(1), rttMs: 1 },
        { ttl: 2, address: null, rttMs: null },
      ]),
      trace([
        { ttl: 2, address: router(2), rttMs: 1 },
        { ttl: 3, address: router(3), rttMs: 1 },
      ]),
    ];
    expect([1, 2, 3, 4].map((ttl) => addressAt(traces, ttl))).toEqual([
      router(1),
      router(2),
      router(3),
      null,
    ]);
  });

  it('is who sent a refusal, and nothing else', () => {
    expect(byMiddlebox(refused, router(2))).toEqual({ ...refused, by: 'middlebox', from: router(2) });
    expect(byMiddlebox(refused, null)).toEqual({ ...refused, by: 'middlebox' });
    expect(byMiddlebox(accepted, router(2))).toEqual(accepted);
  });
});

describe('a refusal at a TTL that cannot reach the host', () => {
  it.each<[string, readonly Reply[], boolean | null, number]>([
    ['is there', [refused], true, 1],
    ['is there after silence', [silent, silent, refused], true, 3],
    ['is not where a router answers', [exceeded(router(3))], false, 1],
    ['is not known where nothing answers three times', [silent], null, 3],
    ['is not known where something else answers', [accepted], null, 1],
  ])('%s', async (_, replies, is, probes) => {
    const { prober, asked } = proberOf(
      (__, ___, turn) => replies[Math.min(turn, replies.length - 1)] ?? silent,
    );
    expect([await isRefusedEarly(prober, 50_000, 3), asked.length]).toEqual([is, probes]);
    expect(new Set(asked.map(({ ttl }) => ttl))).toEqual(new Set([3]));
  });
});

describe('the measured distance of a host', () => {
  it('is not known where nothing that answers is reached by a trace, and then no port is judged', async () => {
    const observations = [observation(135, accepted), observation(3389, refused), observation(2000, refused)];
    const { prober, asked } = proberOf((_, ttl) => exceeded(router(ttl)));
    const found = await measure(observations, prober);
    expect([found.distance, found.resetsAtTtl, found.observations]).toEqual([null, null, observations]);
    // All of the ports that stand for others, as far as any host is.
    expect([135, 3389, 2000].map((port) => Math.max(...ttlsTo(asked, port)))).toEqual([30, 30, 30]);
  });

  it('is not looked for where nothing answers', async () => {
    const observations = [observation(135, silent)];
    const { prober, asked } = proberOf(() => silent);
    expect(await measure(observations, prober)).toEqual({
      traces: [],
      distance: null,
      resetsAtTtl: null,
      observations,
    });
    expect(asked).toEqual([]);
  });

  it('bounds the traces to other ports, three hops beyond the control', async () => {
    const paths = way({ 135: { reply: accepted } });
    const { prober, asked } = proberOf((port, ttl, turn) =>
      port === 3389 ? exceeded(router(ttl)) : paths(port, ttl, turn),
    );
    await measure([observation(135, accepted), observation(3389, refused)], prober);
    expect(Math.max(...ttlsTo(asked, 3389))).toBe(DISTANCE + 3);
  });

  it('is at least that of its neighbours where it only refuses, and its own where it accepts', async () => {
    const distanceOf = async (reply: Reply, least: number): Promise<number | null> => {
      const { prober } = proberOf(way({ 135: { reply } }));
      return (await measure([observation(135, reply)], prober, least)).distance;
    };
    expect(await distanceOf(refused, 9)).toBe(9);
    expect(await distanceOf(refused, 2)).toBe(DISTANCE);
    expect(await distanceOf(accepted, 9)).toBe(DISTANCE);
  });

  it('judges no port of a host that is the next hop', async () => {
    const { prober, asked } = proberOf(() => refused);
    const observations = [135, 2000, 3000].map((port) => observation(port, refused));
    expect(await measure(observations, prober)).toMatchObject({
      distance: 1,
      resetsAtTtl: null,
      observations,
    });
    expect(asked).toHaveLength(2);
  });

  it('is that of the farthest answer: two ports of the host that answer alike are no resets', async () => {
    const { prober, asked } = proberOf(way({ 135: { reply: accepted } }));
    const found = await measure(
      [135, 3389, 2000].map((port) => observation(port, port === 135 ? accepted : refused)),
      prober,
    );
    expect(found).toMatchObject({ distance: DISTANCE, resetsAtTtl: null });
    expect(found.traces.map(({ port, endTtl }) => [port, endTtl])).toEqual(
      [135, 3389, 2000].map((port) => [port, DISTANCE]),
    );
    // A trace each and nothing else.
    expect(asked).toHaveLength(3 * DISTANCE);
  });
});

describe('resets that come back early', () => {
  const all = (ports: readonly number[]) => [
    observation(135, accepted),
    ...ports.map((port) => observation(port, refused)),
  ];
  const resetting = (...ports: number[]): Meets =>
    way({
      135: { reply: accepted },
      ...Object.fromEntries(ports.map((port) => [port, { resetAt: 2, reply: refused }])),
    });
  const senders = async (observations: readonly PortObservation[], meets: Meets) => {
    const { prober, asked } = proberOf(meets);
    const found = await measure(observations, prober);
    const by = found.observations.map(({ reply }) => (reply.kind === 'refused' ? reply.by : reply.kind));
    return { ...found, by, asked };
  };

  it('are proven over eight flows for one port, and believed of others of the sample', async () => {
    const { by, resetsAtTtl, asked } = await senders(all([2000, 3000, 4000]), resetting(2000, 4000));
    expect(by).toEqual(['accepted', 'middlebox', 'unknown', 'middlebox']);
    expect(resetsAtTtl).toBe(DISTANCE - 1);
    // Two packets of the trace, and eight more beside as many to the control.
    expect(ttlsTo(asked, 2000)).toEqual([1, ...Array(1 + 8).fill(2)]);
    expect(ttlsTo(asked, 135).filter((ttl) => ttl === 2)).toHaveLength(1 + 8);
    expect([ttlsTo(asked, 3000), ttlsTo(asked, 4000)]).toEqual([[DISTANCE - 1], [DISTANCE - 1]]);
  });

  it('are proven for a port of the sample where no trace met one', async () => {
    const { by, asked } = await senders(all([2000, 3000, 4000]), resetting(3000));
    expect(by).toEqual(['accepted', 'unknown', 'middlebox', 'unknown']);
    expect(ttlsTo(asked, 3000)).toEqual(Array(1 + 8).fill(DISTANCE - 1));
    const unproven = await senders(all([2000, 3000]), (port, ttl, turn) =>
      port === 3000 && turn > 3 ? exceeded(router(ttl)) : resetting(3000)(port, ttl, turn),
    );
    expect(unproven.by).toEqual(['accepted', 'unknown', 'unknown']);
    expect(unproven.resetsAtTtl).toBeNull();
  });

  it('name the router before the TTL that met them', async () => {
    const { observations, traces } = await senders(all([3389]), resetting(3389));
    expect(observations[1]?.reply).toMatchObject({ by: 'middlebox', from: router(1) });
    expect(traces[1]?.end).toMatchObject({ by: 'middlebox', from: router(1) });
  });

  it('are the doubted answer of the control itself, where another port of the host is farther', async () => {
    const { by } = await senders(
      [observation(135, refused), observation(3389, refused)],
      way({ 135: { resetAt: 2, reply: refused }, 3389: { reply: refused } }),
    );
    expect(by).toEqual(['middlebox', 'unknown']);
  });
});

describe('a host among neighbours whose distance is known', () => {
  const brief = async (
    observations: readonly PortObservation[],
    meets: Meets,
    known: { distance: number; resets: boolean } | undefined,
  ) => {
    const { prober, asked } = proberOf(meets);
    return { found: await measureBriefly(observations, prober, known), asked };
  };
  const both = [observation(135, accepted), observation(3389, refused)];
  const plainWay = way({ 135: { reply: accepted } });

  it('is asked there once, and one hop before by each port that stands for others', async () => {
    const { found, asked } = await brief(both, plainWay, { distance: DISTANCE, resets: false });
    expect(found).toEqual({ traces: [], distance: DISTANCE, resetsAtTtl: null, observations: both });
    expect(asked.map(({ port, ttl }) => [port, ttl])).toEqual([
      [135, DISTANCE],
      [135, DISTANCE - 1],
      [3389, DISTANCE - 1],
    ]);
    // A port that is the control is asked once there.
    const one = [observation(135, refused)];
    const alone = await brief(one, way({}), { distance: DISTANCE, resets: false });
    expect(alone.asked).toHaveLength(2);
  });

  it.each<[string, { distance: number; resets: boolean } | undefined, boolean]>([
    ['nothing is known', undefined, true],
    ['they are the next hop', { distance: 1, resets: false }, true],
    ['they are two hops away', { distance: 2, resets: false }, true],
    ['a device resets', { distance: DISTANCE, resets: true }, true],
    ['they are as far away', { distance: DISTANCE, resets: false }, false],
  ])('is traced by itself, or not, where %s', async (_, known, isTraced) => {
    expect((await brief(both, plainWay, known)).found.traces.length > 0).toBe(isTraced);
  });

  it('is believed two hops away as well', async () => {
    const near: Meets = (port, ttl) => (ttl < 2 ? exceeded(router(1)) : port === 135 ? accepted : refused);
    expect((await brief(both, near, { distance: 2, resets: false })).found.traces).toEqual([]);
  });

  it('is not looked at where TTLs showed whose its refusals are', async () => {
    const shown = [observation(135, accepted), observation(3389, { ...refused, ttlMatch: true } as Reply)];
    const { found, asked } = await brief(shown, plainWay, { distance: DISTANCE, resets: true });
    expect([found.distance, asked]).toEqual([DISTANCE, []]);
  });
});
