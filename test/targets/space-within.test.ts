import { describe, expect, it } from 'vitest';
import { readTargetSpec, type TargetRequest } from '../../src/targets/parse-space.ts';
import { readExcludes } from '../../src/targets/read-excludes.ts';
import { shardsOf, specWithin } from '../../src/targets/shards.ts';
import type { SpaceSpec } from '../../src/targets/space.ts';
import { isWithin, spaceWords } from '../../src/targets/space-within.ts';

const read = (texts: readonly string[], more: Partial<TargetRequest> = {}) =>
  readTargetSpec({
    items: texts.map((text) => ({ text, at: 'target' })),
    excludes: readExcludes([]),
    guard: { families: { v4: true, v6: true }, scope: { allow: [], deny: [] } },
    ...more,
  });
const spec = (...texts: readonly string[]): SpaceSpec => read(texts).spec;
const excluding = (...texts: readonly string[]) => ({
  excludes: readExcludes(texts.map((text) => ({ text, at: '--exclude' }))),
});
const denying = (...deny: readonly string[]) => ({
  guard: { families: { v4: true, v6: true }, scope: { allow: [], deny } },
});

describe('a space lies within another', () => {
  const whole = spec(
    '10.0.0.0/24',
    '10.0.1.0/24',
    '2001:db8::/120',
    'pc1',
    'pc2',
    'fe80::1%eth0',
    '[2001:DB8:1::7]',
  );

  it.each([
    ['10.0.0.0/24', true],
    ['10.0.0.128-10.0.1.5', true],
    ['10.0.1.255', true],
    ['10.0.2.0', false],
    ['10.0.1.128-10.0.2.0', false],
    ['::a00:1', false],
    ['2001:db8::ff', true],
    ['2001:db8::100', false],
    ['2001:db8:1::7', true],
    ['[2001:DB8::9]', true],
    ['pc2', true],
    ['pc3', false],
    ['fe80::1%eth0', true],
    ['fe80::1%eth1', false],
    ['10.0.0.1 pc3', false],
  ])('%s: %s', (text, is) => {
    expect(isWithin(spec(text), whole)).toBe(is);
  });

  it('as a whole, and not the other way round', () => {
    expect(isWithin(whole, whole)).toBe(true);
    expect(isWithin(whole, spec('10.0.0.0/8', 'pc1', 'pc2'))).toBe(false);
  });
});

it('is named by up to four parts', () => {
  expect(spaceWords(spec('10.0.0.0/16', 'pc1', '10.9.9.9', '[2001:DB8::7]'))).toBe(
    '65,536 addresses from 10.0.0.0, pc1, 10.9.9.9, 2001:db8::7',
  );
  expect(spaceWords(spec('pc1', 'pc2', 'pc3', 'pc4'))).toBe('pc1, pc2, pc3, pc4');
  expect(spaceWords(spec('pc1', 'pc2', 'pc3', 'pc4', 'pc5'))).toBe('pc1, pc2, pc3, pc4 and others');
  expect(
    spaceWords(spec('[2001:DB8::1]', '[2001:DB8::3]', '[2001:DB8::5]', '[2001:DB8::7]', '[2001:DB8::9]')),
  ).toBe('2001:db8::1, 2001:db8::3, 2001:db8::5, 2001:db8::7 and others');
});

it('holds names, addresses and blocks of a range of its numbers', () => {
  const all = spec('pc1', 'pc2', 'pc3', '10.0.0.0/29', '[2001:DB8::1]', '[2001:DB8::9]');
  const within = (from: number, count: number): SpaceSpec => specWithin(all, [{ from, count }]);
  expect(within(1, 2)).toMatchObject({
    parts: [
      {
        kind: 'names',
        names: [
          { text: 'pc2', name: 'pc2' },
          { text: 'pc3', name: 'pc3' },
        ],
      },
    ],
  });
  expect(within(2, 3)).toMatchObject({
    parts: [
      { kind: 'names', names: [{ text: 'pc3', name: 'pc3' }] },
      { kind: 'block', family: 4, first: '10.0.0.0', count: 2 },
    ],
  });
  expect(within(5, 2).parts).toEqual([{ kind: 'block', family: 4, first: '10.0.0.2', count: 2 }]);
  expect(spaceWords(within(12, 1))).toBe('2001:db8::9');
});

it('is cut into shards of names by their numbers', () => {
  const shard = shardsOf(spec('pc1', 'pc2', 'pc3', 'pc4', 'pc5'), 2);
  expect([...shard(1), ...shard(2)]).toEqual([
    { from: 0, count: 2 },
    { from: 2, count: 3 },
  ]);
});

it('is cut into shards of addresses by their subnets, a zone by itself', () => {
  const shards = (count: number, ...texts: readonly string[]) => {
    const shard = shardsOf(spec(...texts), count);
    return Array.from({ length: count }, (_, i) => shard(i + 1));
  };
  const zones = ['fe80::1%eth0', 'fe80::1%eth1', 'fe80::1%eth2'];
  expect(shards(6, '10.0.0.1-10.0.0.3', ...zones)).toEqual([
    ...[[], [{ from: 0, count: 3 }], []],
    ...[3, 4, 5].map((from) => [{ from, count: 1 }]),
  ]);
  // A subnet that an equal share would cut in half goes to the later shard.
  expect(shards(2, '10.0.0.0-10.0.0.9')).toEqual([[], [{ from: 0, count: 10 }]]);
  expect(shards(2, '10.0.9.0-10.0.9.9', '10.0.1.0-10.0.1.9')).toEqual([
    [{ from: 10, count: 10 }],
    [{ from: 0, count: 10 }],
  ]);
});

describe('a space without a target', () => {
  const why = (...parameters: Parameters<typeof read>): string => {
    try {
      return String(read(...parameters).size);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
  const own = [{ address: '10.0.0.255', why: 'is the broadcast address of eth0' }];

  it('says what took them away', () => {
    expect(why([])).toContain('no target given; expected');
    expect(why(['10.0.0.1 10.0.0.2'], excluding('10.0.0.0/24'))).toBe('no target is left: 2 excluded');
    expect(why(['10.0.0.0/99'], { skipBad: true })).toBe('no target is left: 1 that cannot be probed');
    expect(why(['pc1', '10.0.0.0/99'], { ...excluding('pc1'), skipBad: true })).toBe(
      'no target is left: 1 that cannot be probed, 1 excluded',
    );
    expect(why(['10.0.0.0/30'], { ...excluding('10.0.0.0/31'), ...denying('10.0.0.2/31') })).toBe(
      'no target is left: 2 excluded, 2 denied by scope.deny',
    );
    const guard = { families: { v4: true, v6: true }, scope: { allow: [], deny: [] }, own };
    expect(why(['10.0.0.254-10.0.0.255'], { ...excluding('10.0.0.254'), guard })).toBe(
      'no target is left: 1 excluded, 1 that name no single host',
    );
  });

  it('is not said where only bad items were typed: those are', () => {
    expect(why(['10.0.0.0/99'])).toContain('is not a block of addresses');
    expect(why(['10.0.0.0/99', 'pc1'])).toContain('--skip-bad leaves such entries out');
  });
});

it('keeps what was typed of an address in another form, and counts each host once', () => {
  const {
    spec: made,
    size,
    widened,
  } = read(['10.0.0.1', '[2001:DB8::1]', '2001:db8::1', 'fe80::1%eth0', 'fe80::1%eth0', '10.0.0.9/30']);
  expect(size).toBe(7);
  expect(widened.map(({ whole }) => whole)).toEqual(['10.0.0.8/30']);
  expect(made.parts).toEqual([
    { kind: 'block', family: 4, first: '10.0.0.1', count: 1 },
    {
      kind: 'addresses',
      addresses: [
        { kind: 'address', text: '[2001:DB8::1]', address: '2001:db8::1', family: 6 },
        { kind: 'address', text: 'fe80::1%eth0', address: 'fe80::1%eth0', family: 6 },
      ],
    },
    { kind: 'block', family: 4, first: '10.0.0.8', count: 4 },
  ]);
});
