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
