import { describe, expect, it } from 'vitest';
import { type Needing, orderOpenings } from '../../src/verdict/what-if/order.ts';
import { range } from './networks.ts';

/** Hosts that need the openings with these numbers. */
const need = (hosts: number, ...numbers: number[]): Needing => ({
  openings: numbers.reduce((set, number) => set | (1n << BigInt(number)), 0n),
  hosts,
});

/** Classes that need one opening each, with as many hosts as its number says. */
const apart = (count: number): Needing[] => range(0, count - 1).map((i) => need(i + 1, i));

describe('the order of at most twelve openings', () => {
  it('is by hosts where nobody needs two; of equals the lower number goes first', () => {
    expect(orderOpenings([need(1, 0), need(5, 1), need(3, 2)], 3)).toEqual({
      order: [1, 2, 0],
      how: 'exact',
    });
    expect(orderOpenings([need(2, 0), need(2, 1), need(2, 2)], 3).order).toEqual([0, 1, 2]);
    expect(orderOpenings([], 2).order).toEqual([0, 1]);
    expect(orderOpenings([], 0)).toEqual({ order: [], how: 'exact' });
    expect(orderOpenings([...apart(12), need(1, 0, 1)], 12).how).toBe('exact');
    expect(orderOpenings(apart(12), 12)).toEqual({ order: range(0, 11).toReversed(), how: 'exact' });
  });

  it('puts two that many hosts need together before one that few need', () => {
    expect(orderOpenings([need(9, 2), need(200, 0, 1), need(3, 1)], 3).order).toEqual([1, 0, 2]);
    // One after the other would begin with the single one.
    expect(orderOpenings([need(10, 2), need(30, 0, 1)], 3).order).toEqual([0, 1, 2]);
    expect(orderOpenings([need(16, 2), need(30, 0, 1)], 3).order).toEqual([2, 0, 1]);
  });
});

describe('the order of more', () => {
  it('is exact where nobody needs two', () => {
    expect(orderOpenings(apart(13), 13)).toEqual({ order: range(0, 12).toReversed(), how: 'exact' });
  });

  it('opens next what makes most hosts ready for each opening', () => {
    const { order, how } = orderOpenings([...apart(11), need(40, 11, 12)], 13);
    expect(how).toBe('greedy');
    expect(order).toEqual([11, 12, ...range(0, 10).toReversed()]);
    // 20 for each of two, and 21 for one.
    const single = [...apart(10), need(21, 10), need(40, 11, 12)];
    expect(orderOpenings(single, 13).order.slice(0, 3)).toEqual([10, 11, 12]);
    // Of equals, what comes first stays first.
    const equal = [...apart(10), need(20, 10), need(40, 11, 12)];
    expect(orderOpenings(equal, 13).order.slice(0, 3)).toEqual([11, 12, 10]);
  });

  it('counts what else becomes ready, and what is open already', () => {
    const chained = [...apart(9), need(30, 9), need(25, 9, 10), need(24, 11), need(12, 11, 12)];
    // 9 makes 30 ready, then 10 makes 25 more, since 9 is open; 11 makes 24, and 12 then 12.
    expect(orderOpenings(chained, 13).order.slice(0, 4)).toEqual([9, 10, 11, 12]);
    const nested = [...apart(10), need(5, 10), need(6, 11), need(4, 10, 11), need(31, 10, 11, 12)];
    // Three openings make 46 hosts ready, 15 for each.
    expect(orderOpenings(nested, 13).order.slice(0, 3)).toEqual([10, 11, 12]);
  });

  it('weighs the 64 largest classes in each round', () => {
    const small = range(1, 63).map((i) => need(100 + i, i));
    const beyond = [need(90, 0, 1), need(80, 0, 64), need(79, 64)];
    const all = [...beyond, ...small, need(99, 65)];
    const { order, how } = orderOpenings(all, 66);
    expect(how).toBe('greedy');
    expect(order.toSorted((a, b) => a - b)).toEqual(range(0, 65));
    expect(order[0]).toBe(63);
    // Few need all of these, which would make most hosts ready for each opening.
    const single = range(1, 65).map((i) => need(10, 66 - i));
    expect(orderOpenings([need(1, ...range(1, 64)), ...single], 66).order[0]).toBe(65);
  });
});
