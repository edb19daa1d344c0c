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
  type SubnetPath,
  standIns,
} from '../../../src/scanner/path/measure.ts';
import { accepted, exceeded, refused, unreachable } from '../fakes.ts';
import { DISTANCE, type Meets, observation, proberOf, router, silent, way } from './routers.ts';

const OPEN = { 135: { reply: accepted } };
const middlebox: Reply = { ...refused, by: 'middlebox' } as Reply;
const matched: Reply = { ...refused, ttl: 125, ttlMatch: true } as Reply;
const all = (reply: Reply, ...ports: number[]): PortObservation[] =>
  ports.map((port) => observation(port, reply));

/** What measuring says of each port, and what was asked for it. */
const measuring = async (
  observations: readonly PortObservation[],
  meets: Meets,
  { known, least }: { known?: SubnetPath; least?: number } = {},
) => {
  const { prober, asked } = proberOf(meets);
  const found = known
    ? await measureBriefly(observations, prober, known)
    : await measure(observations, prober, least);
  return {
    ...found,
    by: Object.fromEntries(
      found.observations.map(({ port, reply }) => [port, reply.kind === 'refused' ? reply.by : reply.kind]),
    ),
    from: (port: number) => {
      const reply = found.observations.find((one) => one.port === port)?.reply;
      return reply?.kind === 'refused' ? reply.from : undefined;
    },
    ports: found.traces.map(({ port }) => port),
    ttls: (port: number) => asked.filter((one) => one.port === port).map(({ ttl }) => ttl),
  };
};

describe('the control', () => {
  it.each<[string, PortObservation[], number | undefined]>([
    ['TCP 135 where it accepts', [...all(accepted, 3389, 2000), ...all(accepted, 135)], 135],
    ['else the first that accepts', [...all(refused, 135), ...all(accepted, 3389, 2000)], 3389],
    [
      'else the first that the host refuses',
      [...all(silent, 135), ...all(middlebox, 3389), ...all(refused, 2000)],
      2000,
    ],
    ['nothing where nothing answers', [...all(silent, 135), ...all(middlebox, 3389)], undefined],
  ])('is %s', (_, observations, port) => {
    expect(bestAnswering(observations)?.port).toBe(port);
  });
});

describe('refusals that stand for the others', () => {
  it('are the required ones, and three spread over the others, where nothing shows whose they are', () => {
    const sampled = [2000, 3000, 4000, 5000, 6000, 7000];
    const observations = [
      ...all(refused, ...sampled, 3389, 135),
      ...all(middlebox, 8000),
      ...all(matched, 9000),
      ...all(accepted, 10_000),
      ...all(silent, 11_000),
    ];
    expect(standIns(observations).map(({ port }) => port)).toEqual([3389, 135, 2000, 4000, 6000]);
  });
});

describe('whose a reply is', () => {
  it('is written into refusals only', () => {
    expect(byMiddlebox(accepted, router(1))).toBe(accepted);
    expect(byMiddlebox(refused, null)).toStrictEqual({ ...refused, by: 'middlebox' });
    expect(byMiddlebox(refused, router(1))).toStrictEqual({ ...refused, by: 'middlebox', from: router(1) });
  });

  it('is read from any trace that shows the hop', () => {
    const hop = (ttl: number, address: string | null) => ({ ttl, address, rttMs: 1 });
    const traces = [
      { hops: [hop(1, null), hop(2, router(2))] },
      { hops: [hop(1, router(1)), hop(2, null)] },
    ] as unknown as Trace[];
    expect([1, 2, 3].map((ttl) => addressAt(traces, ttl))).toEqual([router(1), router(2), null]);
  });

  it.each<[string, Reply, number, boolean | null, number]>([
    ['a middlebox’s', refused, 0, true, 1],
    ['a middlebox’s, seen at the third probe', refused, 2, true, 3],
    ['not known after three', refused, 3, null, 3],
    ['not a middlebox’s where a router answers', exceeded(router(3)), 0, false, 1],
    ['not known where a filter rejects', unreachable(13), 0, null, 1],
  ])('is %s', async (_, reply, silences, isEarly, asks) => {
    const { prober, asked } = proberOf((_port, _ttl, turn) => (turn < silences ? silent : reply));
    expect(await isRefusedEarly(prober, 3389, 3)).toBe(isEarly);
    expect(asked.map(({ ttl }) => ttl)).toEqual(Array(asks).fill(3));
  });
});

describe('measuring a path', () => {
  it('traces the control, each required refusal and one other, each once', async () => {
    const seen = [...all(refused, 2000, 3000), ...all(refused, 3389), ...all(accepted, 135)];
    expect((await measuring(seen, way(OPEN))).ports).toEqual([135, 3389, 2000]);
    expect((await measuring(all(refused, 2000, 135), way({}))).ports).toEqual([2000, 135]);
  });

  it('asks the others once, before the host, and none that was traced', async () => {
    const { ttls, resetsAtTtl, by } = await measuring(
      [...all(accepted, 135), ...all(refused, 2000, 3000)],
      way(OPEN),
    );
    expect([ttls(2000), ttls(3000)]).toEqual([[1, 2, 3, 4], [3]]);
    expect([resetsAtTtl, by[2000], by[3000]]).toEqual([null, 'unknown', 'unknown']);
  });

  it('traces refusals three hops farther than the control at most, or to the end where its distance is not known', async () => {
    const gone: Meets = (port, ttl) => (port === 135 ? way(OPEN)(port, ttl, 0) : silent);
    const seen = [...all(accepted, 135), ...all(refused, 3389)];
    expect(Math.max(...(await measuring(seen, gone)).ttls(3389))).toBe(DISTANCE + 3);
    const nothing = await measuring(seen, () => silent);
    expect(Math.max(...nothing.ttls(3389))).toBe(30);
    expect(nothing).toMatchObject({ distance: null, resetsAtTtl: null });
  });

  it('takes no rejection for the host, and no distance of neighbours where the host accepts', async () => {
    const late: Meets = (port, ttl) =>
      port === 3389 ? (ttl < 6 ? exceeded(router(ttl)) : unreachable(13)) : way(OPEN)(port, ttl, 0);
    const seen = [...all(accepted, 135), ...all(refused, 3389)];
    expect((await measuring(seen, late)).distance).toBe(DISTANCE);
    expect((await measuring(seen, way(OPEN), { least: 6 })).distance).toBe(DISTANCE);
    expect((await measuring(all(refused, 135), way({}), { least: 6 })).distance).toBe(6);
  });

  it('asks nothing before a host that is one hop away', async () => {
    const { ttls, distance } = await measuring(
      [...all(accepted, 135), ...all(refused, 2000, 3000)],
      () => refused,
    );
    expect(distance).toBe(1);
    expect(ttls(3000)).toEqual([]);
  });

  it('finds a reset before a host that is two hops away', async () => {
    const { by, resetsAtTtl } = await measuring(
      [...all(accepted, 135), ...all(refused, 3389)],
      (port, ttl) => (port === 3389 ? refused : ttl === 1 ? exceeded(router(1)) : accepted),
    );
    expect([by[3389], resetsAtTtl]).toEqual(['middlebox', 1]);
  });

  it('leaves refusals from where the host is, and accepts from before it, as they are', async () => {
    const alike = await measuring(all(refused, 135, 3389), way({}));
    expect(alike).toMatchObject({ by: { 135: 'unknown', 3389: 'unknown' }, resetsAtTtl: null });
    const proxy: Meets = (port, ttl) => (port === 135 && ttl > 1 ? accepted : way({})(port, ttl, 0));
    const seen = [...all(accepted, 135), ...all(refused, 3389)];
    expect(await measuring(seen, proxy)).toMatchObject({ by: { 135: 'accepted' }, resetsAtTtl: null });
  });

  it('needs eight flows that agree before it names the first that resets, one packet for the others', async () => {
    const seen = [...all(accepted, 135), ...all(refused, 2000, 3000, 4000)];
    const meets = way({ ...OPEN, 3000: { resetAt: 3, reply: refused } });
    const first = await measuring(seen, meets);
    expect(first.ttls(3000).slice(0, 9)).toEqual(Array(9).fill(3));
    expect(first.ttls(3000)).toHaveLength(9);
    expect(first.by).toMatchObject({ 2000: 'unknown', 3000: 'middlebox', 4000: 'unknown' });
    expect(first.from(3000)).toBe(router(2));
    const known = await measuring(
      [...seen, ...all(refused, 3389)],
      way({ ...OPEN, 3389: { resetAt: 2, reply: refused }, 3000: { resetAt: 3, reply: refused } }),
    );
    expect(known.ttls(3000)).toEqual([3]);
    expect(known.by).toMatchObject({
      3389: 'middlebox',
      2000: 'unknown',
      3000: 'middlebox',
      4000: 'unknown',
    });
  });

  it.each([3389, 3000])('blames nobody for one early refusal that does not come again: %i', async (port) => {
    const seen = [...all(accepted, 135), ...all(refused, 3389, 2000, 3000)];
    const once: Meets = (asked, ttl, turn) =>
      asked === port && ttl === 3 && turn === 0 ? refused : way(OPEN)(asked, ttl, turn);
    expect(await measuring(seen, once)).toMatchObject({
      by: { 3389: 'unknown', 3000: 'unknown' },
      resetsAtTtl: null,
    });
  });
});

describe('measuring among neighbours', () => {
  const known = { distance: DISTANCE, resets: false };
  const seen = [...all(refused, 135), ...all(refused, 3389)];

  it('asks each stand-in once, the control too, and at their distance', async () => {
    const { ttls, ports } = await measuring(seen, way({}), { known });
    expect([ttls(135).sort(), ttls(3389), ports]).toEqual([[3, 4], [3], []]);
    const near = await measuring(seen, (_, ttl) => (ttl === 1 ? exceeded(router(1)) : refused), {
      known: { ...known, distance: 2 },
    });
    expect([near.ttls(135).sort(), near.ports]).toEqual([[1, 2], []]);
  });

  it.each<[string, SubnetPath, Meets]>([
    ['they are one hop away', { ...known, distance: 1 }, () => refused],
    ['a device resets on their path', { ...known, resets: true }, way({})],
    [
      'nothing comes back from their distance',
      known,
      (_, ttl) => (ttl === DISTANCE ? silent : exceeded(router(ttl))),
    ],
    [
      'a filter rejects there',
      known,
      (_, ttl) => (ttl === DISTANCE ? unreachable(13) : exceeded(router(ttl))),
    ],
    ['a stand-in is refused before', known, way({ 3389: { resetAt: 3, reply: refused } })],
  ])('traces the host by itself where %s', async (_, path, meets) => {
    const { ports, ttls } = await measuring(seen, meets, { known: path });
    expect(ports).toEqual([135, 3389]);
    expect([...ttls(135), ...ttls(3389)]).not.toContain(0);
  });
});
