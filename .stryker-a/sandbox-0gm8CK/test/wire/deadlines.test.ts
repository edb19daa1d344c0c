import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Deadlines, Due } from '../../src/wire/deadlines.ts';

class Item extends Due {
  constructor(readonly name: number) {
    super();
  }
}

const taken = (deadlines: Deadlines<Item>, now: number): number[] => {
  const names: number[] = [];
  for (let item = deadlines.next(now); item; item = deadlines.next(now)) names.push(item.name);
  return names.toSorted((a, b) => a - b);
};

test('a deadline is told when it is over and not before, however far away it was', () => {
  const deadlines = new Deadlines<Item>();
  const start = 1234.5;
  for (const [name, wait] of [3, 40, 40, 5000, 123_456].entries()) {
    deadlines.add(new Item(name), start + wait, start);
  }
  expect(taken(deadlines, start + 2)).toEqual([]);
  expect(taken(deadlines, start + 5)).toEqual([0]);
  expect(taken(deadlines, start + 39)).toEqual([]);
  expect(taken(deadlines, start + 44)).toEqual([1, 2]);
  expect(taken(deadlines, start + 4999)).toEqual([]);
  expect(taken(deadlines, start + 5004)).toEqual([3]);
  expect(taken(deadlines, start + 123_455)).toEqual([]);
  expect(taken(deadlines, start + 123_460)).toEqual([4]);
  expect(deadlines.nextAt).toBe(null);
});

test('what is removed is not told, and twice is once', () => {
  const deadlines = new Deadlines<Item>();
  const items = [0, 1, 2].map((name) => new Item(name));
  for (const item of items) deadlines.add(item, 10, 0);
  for (const item of [items[1], items[1]]) if (item) deadlines.remove(item);
  expect(taken(deadlines, 20)).toEqual([0, 2]);
});

test('the next look is never after a deadline by more than a slot, and it finds all that is due', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(10_000), fc.nat(20_000)), { minLength: 1, maxLength: 50 }),
      fc.nat(1e6),
      (waits, start) => {
        const deadlines = new Deadlines<Item>();
        const due = new Map<number, number>();
        let now = start;
        for (const [name, [wait, pause]] of waits.entries()) {
          deadlines.add(new Item(name), now + wait, now);
          due.set(name, now + wait);
          now += pause % 7;
        }
        for (let at = deadlines.nextAt; at !== null; at = deadlines.nextAt) {
          now = Math.max(now, at);
          for (const name of taken(deadlines, now)) {
            const wanted = due.get(name) ?? Number.NaN;
            expect(wanted).toBeLessThanOrEqual(now);
            // Those that were late already when this look began were given in later.
            expect(now - wanted).toBeLessThan(7 * 50 + 2);
            due.delete(name);
          }
        }
        expect(due.size).toBe(0);
      },
    ),
  );
});
