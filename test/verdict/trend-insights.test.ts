import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Group } from '../../src/model/report.ts';
import type { HostTrend, Trend } from '../../src/model/trend.ts';
import { availabilityOf } from '../../src/verdict/trend/availability.ts';
import { trendInsights, USUAL_TREND } from '../../src/verdict/trend/insights.ts';
import { mostOf } from '../../src/verdict/trend/most.ts';
import { marksOf } from './trend-marks.ts';

const group = (id: string, hosts: number, text = id): Group => ({
  id,
  signature: `s-${id}`,
  hosts,
  prefixes: [],
  text,
  commands: [],
});

const summary = { hosts: 0, ready: 0, blocked: 0, undetermined: 0, clearSoFar: 0, unreachable: 0 };

/** A trend of hosts in letters, which counts how often it is walked. */
const trendOf = (hosts: Readonly<Record<string, string>>, groups: readonly (readonly Group[])[] = []) => {
  const runs = Object.values(hosts)[0]?.length ?? groups.length;
  const made = {
    walks: 0,
    runs: Array.from({ length: runs }, (_, at) => ({
      id: `run-${at}`,
      startedAt: '2026-01-01T00:00:00Z',
      summary,
      groups: groups[at] ?? [],
    })),
    hosts: {
      *[Symbol.iterator](): Generator<HostTrend> {
        made.walks += 1;
        for (const [target, letters] of Object.entries(hosts)) {
          yield { target, address: null, marks: marksOf(letters) };
        }
      },
    },
  };
  return made satisfies Trend;
};

const HOSTS = { good: 'RRRR', flap: 'RBRB', cut: 'RRBB', back: 'BBRR', far: 'xx.x', odd: '.u.r' };

it('insights walk the hosts once and name what matters', () => {
  const trend = trendOf(HOSTS);
  const found = trendInsights(trend);
  expect(trend.walks).toBe(1);
  expect(found.hosts).toBe(6);
  expect(found.flapping).toEqual({
    count: 1,
    top: [{ target: 'flap', address: null, changes: 3, verdict: null }],
  });
  expect(found.newlyBlocked).toEqual({ count: 1, top: [{ target: 'cut', address: null }] });
  expect(found.mended).toEqual({ count: 1, top: [{ target: 'back', address: null }] });
  expect(found.worst.count).toBe(5);
  expect(found.worst.top.map(({ target, share }) => [target, share])).toEqual([
    ['far', 0],
    ['flap', 0.5],
    ['cut', 0.5],
    ['back', 0.5],
    ['odd', 0.5],
  ]);
  expect(found.worst.top[0]).toEqual({
    target: 'far',
    address: null,
    asked: 3,
    answered: 0,
    ready: 0,
    share: 0,
  });
});

it('lists are bounded, counts are not', () => {
  const many = Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`host-${at}`, 'RBRB']));
  const found = trendInsights(trendOf(many));
  expect([found.flapping.count, found.flapping.top.length, found.worst.top.length]).toEqual([500, 200, 200]);
  expect(
    trendInsights(trendOf(many), { ...USUAL_TREND, named: 3 }).flapping.top.map(({ target }) => target),
  ).toEqual(['host-0', 'host-1', 'host-2']);
  expect(() => trendInsights(trendOf(many), { ...USUAL_TREND, flapping: { changes: 5, runs: 2 } })).toThrow(
    RangeError,
  );
});

describe('availability', () => {
  it('counts requirements of each run; who was not asked or does not need one counts nowhere', () => {
    const { requirements } = availabilityOf(trendOf(HOSTS));
    const ofRun = (asked: number) => ({
      'endpoint-mapper': { pass: asked, fail: 0, undetermined: 0 },
      'remote-desktop': { pass: 0, fail: 0, undetermined: 0 },
      'dynamic-rpc': { pass: 0, fail: asked, undetermined: 0 },
    });
    expect(requirements).toEqual([ofRun(5), ofRun(6), ofRun(4), ofRun(6)]);
  });

  it('of hosts is lazy and can be walked again', () => {
    const trend = trendOf(HOSTS);
    const { hosts } = availabilityOf(trend);
    expect([...hosts]).toEqual([...hosts]);
    expect([...hosts].map(({ target, asked, answered, ready }) => [target, asked, answered, ready])).toEqual([
      ['good', 4, 4, 4],
      ['flap', 4, 4, 2],
      ['cut', 4, 4, 2],
      ['back', 4, 4, 2],
      ['far', 3, 0, 0],
      ['odd', 2, 2, 1],
    ]);
  });

  it('has no share of a host that no run asked', () => {
    const [none] = availabilityOf(trendOf({ none: '..' })).hosts;
    expect(none).toMatchObject({ asked: 0, share: 0 });
  });

  it('names causes of as many hosts in the newest run by the most they ever had, then by id', () => {
    const runs = [
      [group('a', 3), group('z', 9), group('b', 3), group('y', 9)],
      [group('z', 4), group('a', 3)],
      ['b', 'a', 'z', 'y'].map((id) => group(id, 2)),
    ];
    const ids = availabilityOf(trendOf({}, runs)).groups.map(({ id }) => id);
    expect(ids).toEqual(['y', 'z', 'a', 'b']);
    const ascending = [['a', 'm', 'n'].map((id) => group(id, 2))];
    for (const one of [ascending, [ascending[0]?.toReversed() ?? []]])
      expect(availabilityOf(trendOf({}, one)).groups.map(({ id }) => id)).toEqual(['a', 'm', 'n']);
  });

  it('follows shared causes by their id, in the words of the newest run', () => {
    const runs = [
      [group('a', 5), group('b', 9, 'old')],
      [group('b', 2, 'new')],
      [group('c', 2), group('b', 2, 'newest')],
    ];
    expect(availabilityOf(trendOf({}, runs)).groups.map(({ id, text, hosts }) => [id, text, hosts])).toEqual([
      ['b', 'newest', [9, 2, 2]],
      ['c', 'c', [0, 0, 2]],
      ['a', 'a', [5, 0, 0]],
    ]);
  });
});

it('a value behind the end of a full list costs one comparison', () => {
  let compared = 0;
  const most = mostOf<number>(2, (a, b) => {
    compared += 1;
    return a - b;
  });
  for (const value of [1, 2]) most.add(value);
  compared = 0;
  most.add(2);
  most.add(9);
  expect(compared).toBe(2);
});

it('a bounded list is the beginning of the sorted one', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(5), fc.nat())), fc.nat(8), (values, bound) => {
      const compare = ([a]: [number, number], [b]: [number, number]): number => a - b;
      const most = mostOf(bound, compare);
      for (const value of values) most.add(value);
      expect(most.list()).toEqual({ count: values.length, top: values.toSorted(compare).slice(0, bound) });
    }),
  );
});
