import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countBits, stretch } from '../../src/verdict/groups/bits.ts';
import {
  type Aligned,
  blockPlaceOf,
  blockWords,
  cover,
  prefixWords,
} from '../../src/verdict/groups/prefixes.ts';

const bitsOf = (lows: Iterable<number>): bigint =>
  [...lows].reduce((bits, low) => bits | (1n << BigInt(low)), 0n);

/** Members and blockers among the first `size` addresses. */
const universe = (size: number) =>
  fc
    .array(fc.constantFrom('member', 'blocker', 'nobody'), { minLength: size, maxLength: size })
    .map((kinds) => ({
      members: bitsOf(kinds.flatMap((kind, i) => (kind === 'member' ? [i] : []))),
      blockers: bitsOf(kinds.flatMap((kind, i) => (kind === 'blocker' ? [i] : []))),
    }));

const covered = (pieces: readonly Aligned[]): bigint =>
  pieces.reduce((bits, { from, size }) => bits | stretch(from, size), 0n);

/** The fewest aligned pieces that cover the members and no blocker, by trying all sets of pieces in order of size. */
const fewest = (members: bigint, blockers: bigint, size: number): number => {
  const pieces: bigint[] = [];
  for (let width = 1; width <= size; width *= 2) {
    for (let from = 0; from < size; from += width) {
      const bits = stretch(from, width);
      if ((bits & blockers) === 0n && (bits & members) !== 0n) pieces.push(bits);
    }
  }
  const coverable = (left: bigint, budget: number): boolean => {
    if (left === 0n) return true;
    if (budget === 0) return false;
    const lowest = left & -left;
    return pieces.some((bits) => (bits & lowest) !== 0n && coverable(left & ~bits, budget - 1));
  };
  let budget = 0;
  while (!coverable(members, budget)) budget += 1;
  return budget;
};

describe('cover', () => {
  it('covers every member and no blocker, in order and without overlap', () => {
    fc.assert(
      fc.property(universe(256), ({ members, blockers }) => {
        const pieces = cover(members, blockers);
        const all = covered(pieces);
        expect(members & ~all).toBe(0n);
        expect(blockers & all).toBe(0n);
        expect(countBits(all)).toBe(pieces.reduce((sum, { size }) => sum + size, 0));
        for (const { from, size } of pieces) expect(from % size).toBe(0);
        expect(pieces.map(({ from }) => from)).toEqual(
          pieces.map(({ from }) => from).toSorted((a, b) => a - b),
        );
      }),
    );
  });

  it('takes the fewest pieces, each as small as its members allow', () => {
    fc.assert(
      fc.property(universe(16), ({ members, blockers }) => {
        const pieces = cover(members, blockers, 0, 16);
        expect(pieces).toHaveLength(fewest(members, blockers, 16));
        for (const { from, size } of pieces) {
          const half = size / 2;
          const halves = size === 1 ? [] : [stretch(from, half), stretch(from + half, half)];
          for (const bits of halves) expect(bits & members).not.toBe(0n);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('prefixWords', () => {
  const WHOLE = [{ from: 0, size: 256 }];
  const whole = (...addresses: string[]) =>
    prefixWords(addresses.map((address) => ({ block: blockPlaceOf(address)?.block ?? 0n, pieces: WHOLE })));

  it('joins whole halves only, over as many levels as there are', () => {
    expect(whole('10.1.0.0', '10.1.1.0', '10.1.2.0', '10.1.3.0')).toEqual(['10.1.0.0/22']);
    expect(whole('10.1.1.0', '10.1.2.0')).toEqual(['10.1.1.0/24', '10.1.2.0/24']);
    expect(whole('10.1.0.0', '10.1.1.0', '10.1.3.0')).toEqual(['10.1.0.0/23', '10.1.3.0/24']);
    expect(whole('fd00::100', 'fd00::', '0.0.0.0')).toEqual(['0.0.0.0/24', 'fd00::/119']);
    expect(whole('0.0.255.0', '::ff00')).toEqual(['0.0.255.0/24', '::ff00/120']);
  });

  it('leaves parts of blocks as they are, with single addresses', () => {
    const block = blockPlaceOf('10.1.0.0')?.block ?? 0n;
    const slices = [
      { block: block + 1n, pieces: [{ from: 0, size: 128 }] },
      {
        block,
        pieces: [
          { from: 7, size: 1 },
          { from: 128, size: 128 },
        ],
      },
    ];
    expect(prefixWords(slices)).toEqual(['10.1.0.7/32', '10.1.0.128/25', '10.1.1.0/25']);
  });

  it('claims exactly the blocks given', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(31), { minLength: 1 }), (nets) => {
        const prefixes = whole(...nets.map((net) => `10.2.${net}.0`));
        const back = prefixes.flatMap((prefix) => {
          const [, net, length] = /^10\.2\.(\d+)\.0\/(\d+)$/.exec(prefix) ?? [];
          return Array.from({ length: 2 ** (24 - Number(length)) }, (_, i) => Number(net) + i);
        });
        expect(back).toEqual(nets.toSorted((a, b) => a - b));
      }),
    );
  });
});

describe('blockPlaceOf', () => {
  it('finds the /24 or /120 of an address, its zone aside, and nothing for other text', () => {
    const words = (text: string) => {
      const spot = blockPlaceOf(text);
      return spot && `${blockWords(spot.block)} ${spot.low}`;
    };
    expect(words('255.254.253.252')).toBe('255.254.253.0/24 252');
    expect(words('fe80::1%eth0')).toBe('fe80::/120 1');
    expect(words('2001:db8::12ff')).toBe('2001:db8::1200/120 255');
    expect(words('ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff')).toBe(
      'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ff00/120 255',
    );
    expect(words('::ffff:10.1.2.3')).toBe('10.1.2.0/24 3');
    for (const text of ['', 'pc1', '10.1.2', '10.1.2.0/24', '%eth0', '\u001b[31m'])
      expect(words(text)).toBeNull();
  });
});
