import { describe, expect, it } from 'vitest';
import {
  type KnownWay,
  type Locator,
  measure,
  measureBriefly,
  NOT_MEASURED,
  traceFilters,
  wayWith,
} from '../../src/engine/locate.ts';
import type { Hop, PortObservation, Trace } from '../../src/model/evidence.ts';
import type { Reply } from '../../src/model/reply.ts';
import { accepted, refused } from './fakes.ts';

const silent: Reply = { kind: 'silent', waitedMs: 100, attempts: 3 };
const DISTANCE = 4;

const observation = (port: number, reply: Reply): PortObservation => ({
  port,
  requirement: port === 135 ? 'endpoint-mapper' : port === 3389 ? 'remote-desktop' : 'dynamic-rpc',
  why: port === 135 || port === 3389 ? 'required' : 'sampled',
  reply,
  attempts: 1,
});

/** A way of three routers; what each port does at which TTL. */
const way = (ports: Readonly<Record<number, { diesAt?: number; resetAt?: number; reply: Reply }>>) => {
  const traced: number[] = [];
  const tested: [number, number][] = [];
  const at = (port: number, ttl: number): Reply | 'hop' => {
    const { diesAt = 99, resetAt = 99, reply } = ports[port] ?? { reply: refused };
    if (ttl >= resetAt) return refused;
    if (ttl >= diesAt) return silent;
    return ttl < DISTANCE ? 'hop' : reply;
  };
  const locator: Locator = {
    trace: async (port, { maxTtl = 10 }): Promise<Trace> => {
      traced.push(port);
      const hops: Hop[] = [];
      for (let ttl = 1; ttl <= maxTtl; ttl++) {
        const reply = at(port, ttl);
        if (reply === 'hop') hops.push({ ttl, address: `10.0.${ttl}.1`, rttMs: ttl });
        else if (reply.kind !== 'silent') return { port, hops, end: reply, endTtl: ttl };
        else hops.push({ ttl, address: null, rttMs: null });
      }
      return { port, hops, end: silent, endTtl: null };
    },
    askAt: async (port, ttl) => {
      tested.push([port, ttl]);
      const reply = at(port, ttl);
      return reply === 'hop'
        ? {
            kind: 'rejected',
            rttMs: 1,
            cause: { icmp: { version: 4, type: 11, code: 0 }, from: `10.0.${ttl}.1` },
          }
        : reply;
    },
    pause: async () => {},
  };
  return { locator, traced, tested };
};

const locate = async (observations: readonly PortObservation[], locator: Locator) => {
  const measured = await measure(observations, locator);
  return { ...measured, traces: await traceFilters(measured, locator) };
};

describe('measure and traceFilters', () => {
  it('tells a reset on the way from a refusal of the target, and names the hop', async () => {
    const { locator } = way({ 135: { reply: accepted }, 3389: { resetAt: 2, reply: refused } });
    const found = await locate(
      [observation(135, accepted), observation(3389, refused), observation(50_000, refused)],
      locator,
    );
    expect(
      found.observations.map(({ port, reply }) => [port, reply.kind === 'refused' ? reply.by : reply.kind]),
    ).toEqual([
      [135, 'accepted'],
      [3389, 'middlebox'],
      [50_000, 'unknown'],
    ]);
    expect(found.observations[1]?.reply).toMatchObject({ from: '10.0.1.1' });
    expect(found.resetsAtTtl).toBe(DISTANCE - 1);
  });

  it('tests refusals that were not traced with one question each', async () => {
    const { locator, traced, tested } = way({
      135: { reply: accepted },
      20000: { resetAt: 3, reply: refused },
    });
    const found = await locate(
      [
        observation(135, accepted),
        observation(1100, refused),
        observation(20_000, refused),
        observation(60_000, refused),
      ],
      locator,
    );
    // The reset stretch is traced as well, so that its place gets known.
    expect(traced).toEqual([135, 1100, 20_000]);
    expect(tested.toSorted()).toEqual([
      [20_000, 3],
      [60_000, 3],
    ]);
    expect(found.observations.find(({ port }) => port === 20_000)?.reply).toMatchObject({ by: 'middlebox' });
    expect(found.observations.find(({ port }) => port === 60_000)?.reply).toMatchObject({ by: 'unknown' });
  });

  it('takes the farthest answer for the target, so a reset on the way cannot pass for it', async () => {
    const { locator } = way({ 135: { resetAt: 2, reply: refused }, 3389: { reply: refused } });
    const found = await locate([observation(135, refused), observation(3389, refused)], locator);
    expect(found.observations.map(({ reply }) => reply.kind === 'refused' && reply.by)).toEqual([
      'middlebox',
      'unknown',
    ]);
  });

  it('traces filtered requirements and one port of each filtered stretch', async () => {
    const { locator, traced } = way({});
    const dynamic = [1100, 2000, 3000, 20_000, 30_000, 40_000].map((port) =>
      observation(port, port >= 2000 && port < 30_000 ? silent : refused),
    );
    await locate([observation(135, accepted), observation(3389, silent), ...dynamic], locator);
    expect(traced).toEqual([135, 1100, 3389, 3000]);
  });

  it('asks how far a packet gets when nothing answers, and nothing more', async () => {
    const { locator, traced, tested } = way({ 135: { diesAt: 3, reply: silent } });
    const found = await locate(
      [observation(135, silent), observation(3389, silent), observation(50_000, silent)],
      locator,
    );
    expect([traced, tested]).toEqual([[135], []]);
    expect(found.traces[0]?.hops.filter(({ address }) => address !== null)).toHaveLength(2);
  });

  it('changes nothing for a target one hop away', async () => {
    const near: Locator = {
      trace: async (port) => ({ port, hops: [], end: refused, endTtl: 1 }),
      askAt: async () => expect.unreachable('nothing lies between'),
      pause: async () => {},
    };
    const observations = [observation(135, refused), observation(50_000, refused)];
    expect((await locate(observations, near)).observations).toEqual(observations);
  });
});

const seen = (reply: Reply, ttl: number): Reply => ({ ...reply, ttl }) as Reply;

describe('measureBriefly, among neighbours whose distance is known', () => {
  const KNOWN: KnownWay = { distance: DISTANCE, resets: false, ttls: new Set(), hidesTtl: false };
  const byItself = observation(3389, seen(accepted, 125));
  const alike = [observation(135, seen(refused, 125)), byItself];
  const reset = observation(135, seen(refused, 62));
  const open = { 3389: { reply: accepted }, 135: { reply: refused } };

  it('traces nothing where all answers come from as far away as one that is the target', async () => {
    const { locator, traced, tested } = way(open);
    const measured = await measureBriefly(alike, locator, KNOWN);
    expect(measured.distance).toBe(DISTANCE);
    expect(traced).toEqual([]);
    expect(tested).toEqual([
      [3389, DISTANCE],
      [3389, DISTANCE - 1],
    ]);
  });

  it('asks nothing where they come with the TTL of measured neighbours, even when a middlebox resets others', async () => {
    for (const resets of [false, true]) {
      const { locator, traced, tested } = way(open);
      const known = { ...KNOWN, resets, ttls: new Set([61, 125]) };
      expect(await measureBriefly(alike, locator, known)).toMatchObject({ distance: DISTANCE, traces: [] });
      expect({ traced, tested }).toEqual({ traced: [], tested: [] });
    }
  });

  it.each([
    ['a refusal has the TTL of other neighbours', [observation(135, seen(refused, 61)), byItself], {}],
    ['resets hid behind the TTL before', alike, { hidesTtl: true }],
    ['no TTL was seen', [observation(135, refused), observation(3389, accepted)], {}],
  ])('measures the host by itself on a way that resets, where %s', async (_, observations, more) => {
    const { locator, traced } = way({ ...open, 135: { resetAt: 2, reply: refused } });
    const known = { ...KNOWN, resets: true, ttls: new Set([61, 125]), ...more };
    const measured = await measureBriefly(observations, locator, known);
    expect(measured.observations[0]?.reply).toMatchObject({ by: 'middlebox' });
    expect(traced).not.toEqual([]);
  });

  it.each([0, 1, 3])('finds a reset that came with another TTL, with %i questions lost', async (lost) => {
    const { locator } = way({ 3389: { reply: accepted }, 135: { resetAt: 2, reply: refused } });
    let left = lost;
    const lossy: Locator = {
      ...locator,
      askAt: async (port, ttl) => (port === 135 && left-- > 0 ? silent : locator.askAt(port, ttl)),
    };
    const { observations } = await measureBriefly([reset, byItself], lossy, KNOWN);
    expect(observations[0]?.reply).toMatchObject({ kind: 'refused', by: 'middlebox', from: '10.0.1.1' });
  });
});

describe('what is known of a way', () => {
  it('grows with each host that was measured', async () => {
    const { locator } = way({ 3389: { reply: accepted }, 135: { resetAt: 2, reply: refused } });
    const first = await measure([observation(3389, seen(accepted, 125))], locator);
    const known = wayWith(undefined, first);
    expect(known).toEqual({ distance: DISTANCE, resets: false, ttls: new Set([125]), hidesTtl: false });
    const told = [observation(135, seen(refused, 62)), observation(3389, seen(accepted, 61))];
    expect(wayWith(known, await measure(told, locator))).toEqual({
      distance: DISTANCE,
      resets: true,
      ttls: new Set([125, 61]),
      hidesTtl: false,
    });
    const hidden = [observation(135, seen(refused, 125)), observation(3389, seen(accepted, 125))];
    const more = wayWith(known, await measure(hidden, locator));
    expect(more).toMatchObject({ resets: true, hidesTtl: true });
    const blind = [observation(135, refused), observation(3389, accepted)];
    // A reset whose TTL nobody saw may have come with any.
    expect(wayWith(known, await measure(blind, locator))).toMatchObject({ resets: true, hidesTtl: true });
    expect(wayWith(more, { ...NOT_MEASURED, observations: [] })).toBe(more);
  });
});
