/** Consecutive numbers, both ends included. */
export interface Interval {
  readonly first: bigint;
  readonly last: bigint;
}

/** Sorted, disjoint and not adjacent: what `union` makes. */
export type IntervalSet = readonly Interval[];

const byOrder = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);
const later = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const sooner = (a: bigint, b: bigint): bigint => (a < b ? a : b);

/** All numbers of all intervals, each once. */
export const union = (intervals: readonly Interval[]): IntervalSet => {
  const sorted = intervals.toSorted((a, b) => byOrder(a.first, b.first));
  const merged: { first: bigint; last: bigint }[] = [];
  for (const { first, last } of sorted) {
    const before = merged.at(-1);
    if (before && first <= before.last + 1n) before.last = later(before.last, last);
    else merged.push({ first, last });
  }
  return merged;
};

/** The place of the first interval that ends at or after a number. */
const placeOf = (set: IntervalSet, number: bigint): number => {
  let low = 0;
  let high = set.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const interval = set[middle];
    if (interval && interval.last < number) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** The parts of an interval that a set holds too, in order. */
export const common = ({ first, last }: Interval, set: IntervalSet): Interval[] => {
  const parts: Interval[] = [];
  for (let place = placeOf(set, first); place < set.length; place += 1) {
    const held = set[place];
    if (!held || held.first > last) break;
    parts.push({ first: later(first, held.first), last: sooner(last, held.last) });
  }
  return parts;
};

/** Whether a set holds every number of an interval. */
export const covers = (set: IntervalSet, { first, last }: Interval): boolean => {
  const held = set[placeOf(set, first)];
  return held !== undefined && held.first <= first && held.last >= last;
};

/** The parts of an interval that a set does not hold, in order. */
export const without = (interval: Interval, set: IntervalSet): Interval[] => {
  const parts: Interval[] = [];
  let next = interval.first;
  for (const held of common(interval, set)) {
    if (held.first > next) parts.push({ first: next, last: held.first - 1n });
    next = held.last + 1n;
  }
  if (next <= interval.last) parts.push({ first: next, last: interval.last });
  return parts;
};

/** How many numbers a set holds. */
export const total = (set: readonly Interval[]): bigint =>
  set.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);

/**
 * For each interval of a list, the parts that no earlier interval has. Costs n log n for n intervals whatever they hold:
 * all ends are sorted once, and what is taken is jumped over.
 */
export const firstComers = (intervals: readonly Interval[]): Interval[][] => {
  const ends = intervals.flatMap(({ first, last }) => [first, last + 1n]).sort(byOrder);
  const marks = [...new Set(ends)];
  const placeOfMark = new Map(marks.map((mark, place) => [mark, place]));
  /** From each stretch between two marks to the next one that may be free (a forest with path halving). */
  const jump = Uint32Array.from(marks, (_, place) => place);
  const freeFrom = (start: number): number => {
    let place = start;
    for (let next = jump[place]; next !== undefined && next !== place; next = jump[place]) {
      jump[place] = jump[next] ?? next;
      place = next;
    }
    return place;
  };
  return intervals.map(({ first, last }) => {
    const end = placeOfMark.get(last + 1n) ?? 0;
    const parts: { first: bigint; last: bigint }[] = [];
    for (let place = freeFrom(placeOfMark.get(first) ?? 0); place < end; place = freeFrom(place)) {
      const from = marks[place] ?? 0n;
      const to = (marks[place + 1] ?? 0n) - 1n;
      const before = parts.at(-1);
      if (before && before.last + 1n === from) before.last = to;
      else parts.push({ first: from, last: to });
      jump[place] = place + 1;
    }
    return parts;
  });
};
