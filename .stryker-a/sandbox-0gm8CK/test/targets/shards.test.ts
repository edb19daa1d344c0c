import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hostsIn, placesIn } from '../../src/model/shard.ts';
import type { Target } from '../../src/model/target.ts';
import { readTargetSpec } from '../../src/targets/parse-space.ts';
import { NO_EXCLUDES, readExcludes } from '../../src/targets/read-excludes.ts';
import { shardsOf, specWithin } from '../../src/targets/shards.ts';
import { makeSpace, type SpaceSpec } from '../../src/targets/space.ts';

const OPEN = { families: { v4: true, v6: true }, scope: { allow: [], deny: [] } };

const specOf = (targets: readonly string[], excludes: readonly string[] = []): SpaceSpec =>
  readTargetSpec({
    items: targets.map((text) => ({ text, at: 'target' })),
    excludes:
      excludes.length === 0 ? NO_EXCLUDES : readExcludes(excludes.map((text) => ({ text, at: '--exclude' }))),
    guard: OPEN,
  }).spec;

const listOf = (spec: SpaceSpec): Target[] => {
  const space = makeSpace(spec);
  return Array.from({ length: space.size }, (_, index) => space.at(index));
};

/** What hosts of one subnet have in common; null where that is not known. Written apart from what is tested. */
const subnetOf = (target: Target): string | null => {
  if (target.kind === 'name' || target.address.includes('%')) return null;
  if (target.family === 4) return target.address.replace(/\.\d+$/, '');
  const [head = '', tail = ''] = target.address.split('::');
  const groups = head.split(':').filter((group) => group !== '');
  const behind = tail.split(':').filter((group) => group !== '');
  const zeros = target.address.includes('::') ? 8 - groups.length - behind.length : 0;
  return [...groups, ...Array.from({ length: zeros }, () => '0'), ...behind].slice(0, 4).join(':');
};

const octet = fc.integer({ min: 0, max: 255 });
/** Few networks, so that targets meet in the same subnet again and again. */
const v4 = fc.tuple(fc.integer({ min: 0, max: 4 }), octet).map(([net, host]) => `10.0.${net}.${host}`);
const v6 = fc
  .tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 300 }))
  .map(([net, host]) => `2001:db8:0:${net}::${host.toString(16)}`);
const item = fc.oneof(
  v4,
  v6,
  v6.map((address) => address.toUpperCase()),
  fc.tuple(v4, fc.integer({ min: 22, max: 32 })).map(([address, bits]) => `${address}/${bits}`),
  fc.tuple(v6, fc.integer({ min: 120, max: 128 })).map(([address, bits]) => `${address}/${bits}`),
  fc.tuple(v4, fc.integer({ min: 0, max: 300 })).map(([address, more]) => {
    const [, , net = 0, host = 0] = address.split('.').map(Number);
    const last = net * 256 + host + more;
    return `${address}-10.0.${last >> 8}.${last & 255}`;
  }),
  fc.integer({ min: 0, max: 40 }).map((number) => `pc${number}`),
  fc.integer({ min: 1, max: 9 }).map((number) => `fe80::1%eth${number}`),
);
const excluded = fc.array(
  fc.oneof(
    v4,
    fc.tuple(v4, fc.integer({ min: 25, max: 31 })).map(([a, b]) => `${a}/${b}`),
  ),
  {
    maxLength: 4,
  },
);

describe('shards', () => {
  it('hold each host exactly once, whole subnets together, and as many as their share allows', () => {
    fc.assert(
      fc.property(
        fc.array(item, { minLength: 1, maxLength: 12 }),
        excluded,
        fc.integer({ min: 1, max: 12 }),
        (targets, excludes, count) => {
          let spec: SpaceSpec;
          try {
            spec = specOf(targets, excludes);
          } catch {
            // Everything was excluded.
            return;
          }
          const whole = listOf(spec);
          const rangesOf = shardsOf(spec, count);
          const seen = new Map<number, number>();
          const shardsOfSubnet = new Map<string, Set<number>>();
          for (let number = 1; number <= count; number += 1) {
            const ranges = rangesOf(number);
            const own = listOf(specWithin(spec, ranges));
            const places = placesIn(ranges);
            expect(own).toHaveLength(hostsIn(ranges));
            const numbers = own.map((_, place) => places.inWhole(place));
            expect(own).toEqual(numbers.map((index) => whole[index]));
            expect(numbers.map(places.placeOf)).toEqual([...own.keys()]);
            for (const index of numbers) seen.set(index, (seen.get(index) ?? 0) + 1);
            for (const subnet of own.map(subnetOf)) {
              if (subnet !== null)
                shardsOfSubnet.set(subnet, (shardsOfSubnet.get(subnet) ?? new Set()).add(number));
            }
          }
          expect([...seen.values()]).toEqual(whole.map(() => 1));
          expect([...shardsOfSubnet.values()].filter(({ size }) => size > 1)).toEqual([]);
          // Only the subnet at a cut makes a shard larger than an equal share.
          const sizes = new Map<string | null, number>();
          for (const subnet of whole.map(subnetOf)) sizes.set(subnet, (sizes.get(subnet) ?? 0) + 1);
          sizes.delete(null);
          const most = Math.ceil(whole.length / count) + Math.max(0, ...sizes.values());
          for (let number = 1; number <= count; number += 1)
            expect(hostsIn(rangesOf(number))).toBeLessThanOrEqual(most);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('of a /8 cost no list', () => {
    const spec = specOf(['10.0.0.0/8', 'pc1']);
    const rangesOf = shardsOf(spec, 4096);
    expect(rangesOf(1)).toEqual([{ from: 0, count: 4096 }]);
    expect(rangesOf(2048)).toEqual([{ from: 2047 * 4096, count: 4096 }]);
    expect(rangesOf(4096)).toEqual([{ from: 4095 * 4096, count: 4097 }]);
  });

  it('leave what has no room empty, and never cut a /24', () => {
    const rangesOf = shardsOf(specOf(['10.0.0.0/23']), 3);
    expect([1, 2, 3].map(rangesOf)).toEqual([[{ from: 0, count: 256 }], [], [{ from: 256, count: 256 }]]);
  });

  it('keep the two halves of a subnet together that stand apart in a list', () => {
    const spec = specOf(['10.0.0.0/25', '10.0.1.0/24', '10.0.0.128/25', '10.0.2.0/24', '10.0.3.0/24']);
    const rangesOf = shardsOf(spec, 2);
    expect(rangesOf(1)).toEqual([{ from: 0, count: 512 }]);
    expect(listOf(specWithin(spec, rangesOf(2)))[0]).toMatchObject({ text: '10.0.2.0' });
    const [first, second] = [shardsOf(spec, 4)(1), shardsOf(spec, 4)(2)];
    expect(first).toEqual([
      { from: 0, count: 128 },
      { from: 384, count: 128 },
    ]);
    expect(second).toEqual([{ from: 128, count: 256 }]);
  });
});

describe('places of a shard', () => {
  const places = placesIn([
    { from: 3, count: 2 },
    { from: 10, count: 1 },
  ]);
  it('are of its own hosts only', () => {
    expect([0, 1, 2].map(places.inWhole)).toEqual([3, 4, 10]);
    expect([2, 3, 4, 5, 9, 10, 11].map(places.placeOf)).toEqual([null, 0, 1, null, null, 2, null]);
    expect(() => places.inWhole(3)).toThrow(RangeError);
  });
});
