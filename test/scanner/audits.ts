import type { TargetSpace } from '../../src/model/target.ts';
import { fakeClock } from './clock.ts';
import { collect, type Setting } from './collect.ts';
import { address, type FakeWire } from './fakes.ts';

export const held = fakeClock();

export const spaceOf = (size: number): TargetSpace => ({
  size,
  at: (index) => address(`192.0.${index >> 8}.${index & 255}`),
});

/** `size` hosts of an audit, 256 to a subnet. */
export const audit = (wire: FakeWire, size = 1, { plan: changes, ...setting }: Setting = {}) =>
  collect(held.clock, wire, {
    assignment: { space: spaceOf(size), order: Array(size).keys() },
    plan: { bulk: true, retries: 1, ...changes },
    ...setting,
  });
