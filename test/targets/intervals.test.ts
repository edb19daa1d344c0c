import { expect, it } from 'vitest';
import {
  common,
  covers,
  firstComers,
  type Interval,
  total,
  union,
  without,
} from '../../src/targets/intervals.ts';

const of = (...ends: readonly (readonly [number, number])[]): Interval[] =>
  ends.map(([first, last]) => ({ first: BigInt(first), last: BigInt(last) }));
const one = (first: number, last: number): Interval => ({ first: BigInt(first), last: BigInt(last) });

it('makes one of what touches', () => {
  expect(union(of([5, 9], [1, 2], [3, 4], [12, 20], [13, 15], [22, 22]))).toEqual(
    of([1, 9], [12, 20], [22, 22]),
  );
});

it('holds common numbers, and covers an interval only as a whole', () => {
  const set = of([1, 3], [5, 9], [11, 20]);
  expect(common(one(2, 12), set)).toEqual(of([2, 3], [5, 9], [11, 12]));
  expect(common(one(4, 4), set)).toEqual([]);
  expect([
    covers(set, one(5, 9)),
    covers(set, one(5, 10)),
    covers(set, one(4, 9)),
    covers(set, one(21, 22)),
  ]).toEqual([true, false, false, false]);
});

it.each([
  [of([1, 3]), of([4, 10])],
  [of([5, 10]), of([1, 4])],
  [of([1, 9]), of([10, 10])],
  [of([2, 10]), of([1, 1])],
  [of([1, 10]), []],
  [of([0, 2], [4, 4], [9, 30]), of([3, 3], [5, 8])],
  [[], of([1, 10])],
])('1 to 10 without a set', (set, left) => {
  expect(without(one(1, 10), set)).toEqual(left);
});

it('gives each number to the first interval that has it, in whole parts', () => {
  expect(firstComers(of([1, 10], [4, 6], [6, 12], [0, 20]))).toEqual([
    of([1, 10]),
    [],
    of([11, 12]),
    of([0, 0], [13, 20]),
  ]);
  expect(firstComers(of([3, 3], [7, 8], [1, 10], [1, 10]))).toEqual([
    of([3, 3]),
    of([7, 8]),
    of([1, 2], [4, 6], [9, 10]),
    [],
  ]);
});

it('counts the numbers of a set', () => {
  expect(total(of([1, 3], [5, 5]))).toBe(4n);
});
