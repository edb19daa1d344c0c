import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chanceOfAtMost,
  coverageOf,
  guaranteedBlock,
  sampleConfidence,
  sampleWords,
  upperBound,
} from '../../src/verdict/coverage.ts';

/** The same chance in whole numbers, without logarithms: the oracle. */
const choose = (n: bigint, k: bigint): bigint => {
  if (k < 0n || k > n) return 0n;
  let value = 1n;
  for (let i = 0n; i < k; i++) value = (value * (n - i)) / (i + 1n);
  return value;
};
const exactChance = (hits: number, population: number, marked: number, drawn: number): number => {
  const [n, m, d] = [BigInt(population), BigInt(marked), BigInt(drawn)];
  let ways = 0n;
  for (let k = 0n; k <= BigInt(hits); k++) ways += choose(m, k) * choose(n - m, d - k);
  return Number((ways * 10n ** 15n) / choose(n, d)) / 1e15;
};

describe('chanceOfAtMost', () => {
  it('agrees with whole-number arithmetic', () => {
    const small = fc.integer({ min: 1, max: 300 });
    fc.assert(
      fc.property(small, fc.nat(300), fc.nat(300), fc.nat(20), (population, a, b, hits) => {
        const [marked, drawn] = [a % (population + 1), b % (population + 1)];
        expect(chanceOfAtMost(hits, population, marked, drawn)).toBeCloseTo(
          exactChance(hits, population, marked, drawn),
          9,
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('agrees at full size: 100 of 64,512 marked, 20 drawn, none hit', () => {
    expect(chanceOfAtMost(0, 64_512, 100, 20)).toBeCloseTo(0.9694458974889703, 8);
    expect(chanceOfAtMost(3, 64_511, 9000, 32)).toBeCloseTo(exactChance(3, 64_511, 9000, 32), 9);
  });

  it.each([
    // About the largest sample that is summed with products, and draws that must hit some.
    [5, 3000, 40, 512],
    [5, 3000, 40, 513],
    [0, 20, 15, 5],
    [2, 20, 15, 6],
    [1, 20, 15, 6],
    [9, 20, 15, 10],
    [3, 16, 8, 8],
    [20, 20, 5, 10],
  ])('agrees for at most %d of %d with %d marked, %d drawn', (hits, population, marked, drawn) => {
    expect(chanceOfAtMost(hits, population, marked, drawn)).toBeCloseTo(
      exactChance(hits, population, marked, drawn),
      9,
    );
  });
});

describe('upperBound', () => {
  it('is the largest number that still gives so few hits with a chance above 5 %', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.nat(400), fc.nat(400), (population, a, b) => {
        const drawn = 1 + (a % population);
        const hits = b % (drawn + 1);
        const bound = upperBound(hits, population, drawn);
        expect(bound).toBeGreaterThanOrEqual(hits);
        expect(exactChance(hits, population, bound, drawn)).toBeGreaterThan(0.05 - 1e-9);
        if (bound < population - (drawn - hits)) {
          expect(exactChance(hits, population, bound + 1, drawn)).toBeLessThanOrEqual(0.05 + 1e-9);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('shrinks to what was seen when every port was asked', () => {
    expect(upperBound(7, 500, 500)).toBe(7);
  });
});

describe('guaranteedBlock', () => {
  it('is the shortest block that cannot hide: one port less can', () => {
    const range = { from: 2000, to: 2200 };
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 2000, max: 2200 }), { minLength: 1, maxLength: 40 }),
        (ports) => {
          const asked = ports.toSorted((a, b) => a - b);
          const block = guaranteedBlock(range, asked);
          const hides = (width: number): boolean => {
            for (let from = range.from; from + width - 1 <= range.to; from++) {
              if (!asked.some((port) => port >= from && port < from + width)) return true;
            }
            return false;
          };
          expect(hides(block)).toBe(false);
          if (block > 1) expect(hides(block - 1)).toBe(true);
        },
      ),
    );
  });
});

describe('coverageOf', () => {
  it('says what a default sample proves', () => {
    const asked = Array.from({ length: 32 }, (_, i) => 1025 + i * 2016);
    const coverage = coverageOf({ from: 1025, to: 65_535 }, asked, 0);
    expect(coverage).toMatchObject({ sampled: 32, population: 64_511, filtered: 0, blockGuaranteed: 2016 });
    expect(coverage.upperBound95).toBeCloseTo(0.0893, 3);
  });

  it('says that nothing is known when nothing was asked', () => {
    expect(coverageOf({ from: 1025, to: 65_535 }, [], 0)).toMatchObject({ sampled: 0, upperBound95: 1 });
  });
});

describe('a clean sample', () => {
  const of = (upperBound95: number) => ({
    ...coverageOf({ from: 1025, to: 65_535 }, [2000], 0),
    upperBound95,
  });

  it.each([
    [0, 'proven'],
    [0.2, 'proven'],
    [0.201, 'likely'],
    [0.5, 'likely'],
    [0.501, 'weak'],
    [1, 'weak'],
  ])('that leaves a share of %d is %s', (share, confidence) => {
    expect(sampleConfidence(of(share))).toBe(confidence);
  });

  it('says what it proves, and nothing where there is none', () => {
    const range = { from: 2000, to: 2002 };
    expect(sampleWords(coverageOf(range, [2000, 2001, 2002], 0))).toBe(' That is every port of the range.');
    expect(sampleWords(coverageOf(range, [], 0))).toBe('');
    expect(sampleWords(coverageOf(range, [2000, 2001], 0))).toMatch(/^ \S/);
  });
});
