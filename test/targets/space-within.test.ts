import { expect, it } from 'vitest';
import { isWithin } from '../../src/targets/space-within.ts';

it('compares targets of 200,000 names', () => {
  const names = Array.from({ length: 200_000 }, (_, i) => ({ text: `pc${i}.test`, name: `pc${i}.test` }));
  const all = { parts: [{ kind: 'names' as const, names }] };
  const some = { parts: [{ kind: 'names' as const, names: names.slice(1) }] };
  expect([isWithin(some, all), isWithin(all, some)]).toEqual([true, false]);
});
