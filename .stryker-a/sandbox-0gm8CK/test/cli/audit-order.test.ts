import { expect, it } from 'vitest';
import { openOrder } from '../../src/cli/audit-order.ts';
import type { TargetSpace } from '../../src/model/target.ts';

const space: TargetSpace = {
  size: 100,
  at: (index) => ({ kind: 'address', text: `${index}`, address: `192.0.2.${index}`, family: 4 }),
};
const walk = (low: number, above: readonly number[]) => {
  const { order, placeOf } = openOrder(space, 7, { low, above: new Set(above), begun: [] });
  const hosts = [...order];
  return { hosts, places: hosts.map(placeOf) };
};

it('a resumed audit asks each host that is left, and none that was judged', () => {
  const whole = walk(0, []);
  expect(new Set(whole.hosts).size).toBe(100);
  const rest = walk(40, [41, 57, 99]);
  const left = Array.from({ length: 100 }, (_, place) => place).filter(
    (place) => place >= 40 && ![41, 57, 99].includes(place),
  );
  expect(rest.places).toEqual(left);
  expect(rest.hosts).toEqual(left.map((place) => whole.hosts[place]));
});

const tenth = (begun: readonly number[]) => {
  const opened = openOrder(space, 7, { low: 10, above: new Set(), begun });
  const hosts = opened.order[Symbol.iterator]();
  const { value: first } = hosts.next();
  if (first === undefined) throw new Error('an order of a hundred hosts has a first one');
  return { ...opened, hosts, first, handedOut: () => opened.handedOut };
};

it('an order says up to which place it has handed out hosts', () => {
  const { handedOut, hosts } = tenth([]);
  expect(openOrder(space, 7, { low: 10, above: new Set(), begun: [] }).handedOut).toBe(10);
  expect(handedOut()).toBe(11);
  hosts.next();
  expect(handedOut()).toBe(12);
});

it('an order counts the earlier processes that had handed out a host: those that got past its place', () => {
  expect(
    [[], [10], [11], [10, 11, 40], [5, 10]].map((begun) => {
      const { begunBefore, first } = tenth(begun);
      return begunBefore(first);
    }),
  ).toEqual([0, 0, 1, 2, 0]);
});

it('an order knows the place of a host from its hand-out until it was taken', () => {
  const { placeOf, begunBefore, first } = tenth([]);
  expect(placeOf(first)).toBe(10);
  expect(() => placeOf(first)).toThrow(`host ${first} was not asked`);
  expect(() => begunBefore(first)).toThrow(`host ${first} was not asked`);
});
