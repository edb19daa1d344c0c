import { expect, it } from 'vitest';
import { readTargetSpec } from '../../src/targets/parse-space.ts';
import { readExcludes } from '../../src/targets/read-excludes.ts';
import { isWithin } from '../../src/targets/space-within.ts';

it('compares targets of 200,000 names', () => {
  const names = Array.from({ length: 200_000 }, (_, i) => ({ text: `pc${i}.test`, name: `pc${i}.test` }));
  const all = { parts: [{ kind: 'names' as const, names }] };
  const some = { parts: [{ kind: 'names' as const, names: names.slice(1) }] };
  expect([isWithin(some, all), isWithin(all, some)]).toEqual([true, false]);
});

it('reads 100,000 scattered addresses and blocks over them in reasonable time', () => {
  const texts = Array.from({ length: 100_000 }, (_, index) => {
    const number = (index * 7_919) % 2 ** 20;
    return `10.${number >>> 16}.${(number >>> 8) & 255}.${number & 255}`;
  });
  const started = performance.now();
  const { size } = readTargetSpec({
    items: [...texts, '10.0.0.0/12'].map((text) => ({ text, at: 'target' })),
    excludes: readExcludes(texts.slice(0, 1000).map((text) => ({ text, at: '--exclude' }))),
    guard: { families: { v4: true, v6: true }, scope: { allow: [], deny: [] } },
  });
  expect(size).toBe(2 ** 20 - 1000);
  expect(performance.now() - started).toBeLessThan(40_000);
});
