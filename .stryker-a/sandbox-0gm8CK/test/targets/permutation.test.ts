import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { permutation } from '../../src/targets/permutation.ts';

const orderOf = (size: number, seed: number): number[] => {
  const at = permutation(size, seed);
  return Array.from({ length: size }, (_, position) => at(position));
};
const isBijection = (order: readonly number[]): boolean =>
  new Set(order).size === order.length && order.every((number) => number >= 0 && number < order.length);

describe('permutation', () => {
  it('is a bijection for every small size', () => {
    for (let size = 0; size <= 300; size += 1) expect(isBijection(orderOf(size, size * 31))).toBe(true);
  });

  it.each([1024, 4096, 4097, 7919, 65_536, 65_537, 99_991, 262_143])('is a bijection of %i', (size) => {
    expect(isBijection(orderOf(size, 42))).toBe(true);
  });

  it('is a bijection for any size and seed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3000 }), fc.maxSafeInteger(), (size, seed) =>
        isBijection(orderOf(size, seed)),
      ),
      { numRuns: 100 },
    );
  });

  it('stays within a space of 2^32 and repeats nothing there', () => {
    for (const size of [2 ** 32, 2 ** 32 - 1, 2 ** 31 + 11]) {
      const at = permutation(size, 7);
      const seen = new Set(Array.from({ length: 50_000 }, (_, position) => at(position)));
      expect(seen.size).toBe(50_000);
      expect([...seen].every((number) => Number.isInteger(number) && number >= 0 && number < size)).toBe(
        true,
      );
      expect(at(size - 1)).toBeLessThan(size);
    }
  });

  // A journal keeps positions only: if these numbers change, a resumed run skips hosts and asks others twice.
  it('gives the same order for ever', () => {
    expect(orderOf(10, 1)).toEqual([2, 8, 5, 7, 0, 6, 9, 3, 4, 1]);
    expect([0, 1, 2, 3, 16_777_215].map(permutation(2 ** 24, 2026))).toEqual([
      12803605, 7211514, 126312, 6966856, 3990672,
    ]);
    expect([0, 1, 2, 3, 4_294_967_295].map(permutation(2 ** 32, -3))).toEqual([
      2065274809, 2249731196, 1699507353, 2626835874, 4233923331,
    ]);
    expect([0, 1, 2].map(permutation(1000, Number.MAX_SAFE_INTEGER))).toEqual([84, 762, 756]);
  });

  it('lands in different /24s one after the other, and reaches all of them early', () => {
    const at = permutation(65_536, 5);
    const blocks = Array.from({ length: 65_536 }, (_, position) => at(position) >>> 8);
    const repeats = blocks.filter((block, position) => position > 0 && block === blocks[position - 1]).length;
    // By chance it is 256 of 65,536.
    expect(repeats).toBeLessThan(400);
    // 2,048 draws leave a given block out with (255/256)^2048 = 0.03 %.
    expect(new Set(blocks.slice(0, 2048)).size).toBeGreaterThan(250);
    // No block gets much more than its share of the first eighth (32 expected, deviation below 6).
    const counts = new Map<number, number>();
    for (const block of blocks.slice(0, 8192)) counts.set(block, (counts.get(block) ?? 0) + 1);
    expect(Math.max(...counts.values())).toBeLessThan(64);
    expect(Math.min(...counts.values())).toBeGreaterThan(8);
  });

  it('differs between seeds, neighbours and both halves of the seed', () => {
    const orders = [0, 1, 2, -1, 2 ** 32, 2 ** 32 + 1, 2 ** 40].map((seed) => orderOf(256, seed).join());
    expect(new Set(orders).size).toBe(orders.length);
  });

  it('refuses what it cannot shuffle', () => {
    expect(() => permutation(2 ** 32 + 1, 0)).toThrow(RangeError);
    expect(() => permutation(1.5, 0)).toThrow(RangeError);
    expect(() => permutation(-1, 0)).toThrow(RangeError);
    expect(() => permutation(5, Number.NaN)).toThrow(RangeError);
    for (const position of [-1, 5, 0.5, Number.NaN]) {
      expect(() => permutation(5, 0)(position)).toThrow(RangeError);
    }
  });
});
