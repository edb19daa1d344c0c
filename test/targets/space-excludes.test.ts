import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/fault.ts';
import { readTargetSpec, type TargetSpec } from '../../src/targets/parse-space.ts';
import { type Excludes, makeExcludes, readExcludes } from '../../src/targets/read-excludes.ts';
import { makeSpace, type SpaceSpec } from '../../src/targets/space.ts';
import { list, listOf, OPEN, read } from './spaces.ts';

describe('makeExcludes', () => {
  const spec = readExcludes([
    { text: '10.9.0.0/16,10.1.2.3,2001:db8::/32 fe80::1%eth0 fe80::7 PC1. 0.0.0.0/7', at: 'x' },
  ]);
  const named = { ...spec, spans: [...spec.spans, { text: 'pc1', first: '10.5.5.5', last: '10.5.5.5' }] };

  it.each([
    ['10.9.255.1', 'is excluded by 10.9.0.0/16'],
    ['10.1.2.3', 'is excluded by 10.1.2.3'],
    ['10.1.2.4', null],
    ['10.5.5.5', 'is excluded by pc1'],
    ['2001:db8:1::1', 'is excluded by 2001:db8::/32'],
    ['fe80::1%eth0', /is excluded/],
    ['fe80::1%eth1', null],
    ['fe80::7%eth1', 'is excluded by fe80::7'],
  ])('%s', (address, why) => {
    // As a resumed run finds them.
    const excluded = makeExcludes(JSON.parse(JSON.stringify(named)) as Excludes)(address);
    if (why === null) expect(excluded).toBeNull();
    else expect(excluded).toMatch(why);
  });

  it('keeps the dot of an absolute name for its look-up, and leaves the name out with and without it', () => {
    expect(spec.names).toEqual(['pc1.']);
    expect(() => read(['pc1', 'PC1.', 'CORP\\pc1$'], { excludes: ['pc1.'] })).toThrow('2 excluded');
    expect(() => read(['pc1', 'PC1.'], { excludes: ['CORP\\PC1$'] })).toThrow('2 excluded');
  });

  it('holds for exactly what readTargetSpec leaves out of a block', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(byte, byte, fc.integer({ min: 24, max: 32 }), (a, b, bits) => {
        const excludes = readExcludes([{ text: `10.0.0.${a}/${bits},10.0.0.${b}`, at: 'x' }]);
        const excluded = makeExcludes(excludes);
        const all = Array.from({ length: 256 }, (_, index) => `10.0.0.${index}`);
        const left = all.filter((address) => excluded(address) === null);
        const items = [{ text: '10.0.0.0/24', at: 'target' }];
        if (left.length === 0) return;
        expect(listOf(makeSpace(readTargetSpec({ items, excludes, guard: OPEN }).spec))).toEqual(left);
      }),
      { numRuns: 200 },
    );
  });

  it('refuses excludes that cannot have been read', () => {
    for (const [first, last] of [
      ['10.0.0.2', '10.0.0.1'],
      ['10.0.0.1', '::1'],
      ['pc1', 'pc1'],
      ['', ''],
    ] as const)
      expect(() => makeExcludes({ spans: [{ text: 'x', first, last }], names: [] })).toThrow(UsageError);
  });
});

describe('excludes', () => {
  it('read the same grammar, and what no target may be', () => {
    const excludes = ['10.0.0.1,10.0.0.4-6', 'PC1.', '224.0.0.0/4', '::/0', 'fe80::9%b'];
    const { removed, spec } = read(['10.0.0.0/29', 'pc1', 'pc1.', 'pc2', '2001:db8::1', 'fe80::1%a'], {
      excludes,
    });
    expect(listOf(makeSpace(spec))).toEqual(['10.0.0.0', '10.0.0.2', '10.0.0.3', '10.0.0.7', 'pc2']);
    expect(removed.excluded).toBe(8);
  });

  it('an address without a zone takes the address away in every zone, one with a zone only there', () => {
    const targets = ['fe80::1%a', 'fe80::1%b', 'fe80::2%a'];
    expect(list(targets, { excludes: ['fe80::1'] })).toEqual(['fe80::2%a']);
    expect(list(targets, { excludes: ['fe80::1%a'] })).toEqual(['fe80::1%b', 'fe80::2%a']);
  });

  it('complain like targets, and when nothing is left', () => {
    expect(() => read(['pc1'], { excludes: ['10.0.0.0/99'] })).toThrow(
      /^--exclude '10\.0\.0\.0\/99': is not a block/,
    );
    expect(() => read(['10.0.0.0/30', 'pc1'], { excludes: ['10.0.0.0/8', 'pc1'] })).toThrow(
      /no target is left: 5 excluded$/,
    );
    expect(() => read([])).toThrow(/no target given/);
  });
});

describe('against a naive model', () => {
  const last = fc.integer({ min: 0, max: 40 });
  const range = fc.tuple(last, last).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
  const base = fc.constantFrom('10.0.0.', '2001:db8::');
  const item = fc.oneof(
    fc.tuple(base, range).map(([net, [from, to]]) => {
      const hex = (number: number): string => (net.includes(':') ? number.toString(16) : `${number}`);
      const all = Array.from({ length: to - from + 1 }, (_, index) => `${net}${hex(from + index)}`);
      return { text: from === to ? `${all[0]}` : `${net}${hex(from)}-${net}${hex(to)}`, all };
    }),
    fc.integer({ min: 0, max: 3 }).map((number) => ({ text: `PC${number}`, all: [`pc${number}`] })),
  );
  /** `2001:db8::` with 0 at its end is written `2001:db8::`. */
  const canonical = (address: string): string => address.replace(/::0$/, '::');

  it('is the union in order, less excludes and denied addresses', () => {
    fc.assert(
      fc.property(
        fc.array(item, { minLength: 1, maxLength: 8 }),
        fc.array(item, { maxLength: 3 }),
        fc.array(last, { maxLength: 3 }),
        (items, excludes, denied) => {
          const deny = denied.map((number) => `10.0.0.${number}`);
          // What is wholly denied is refused; that has tests of its own.
          const asked = items.filter(({ all }) => !all.every((address) => deny.includes(address)));
          fc.pre(asked.length > 0);
          const union = [...new Set(asked.flatMap(({ all }) => all).map(canonical))];
          const excluded = new Set(excludes.flatMap(({ all }) => all).map(canonical));
          const left = union.filter((address) => !excluded.has(address));
          const expected = left.filter((address) => !deny.includes(address));
          const ask = (): TargetSpec =>
            read(
              asked.map(({ text }) => text),
              { excludes: excludes.map(({ text }) => text), guard: { scope: { allow: [], deny } } },
            );
          if (expected.length === 0) {
            expect(ask).toThrow(/no target is left/);
            return;
          }
          const { spec, size, removed } = ask();
          const space = makeSpace(JSON.parse(JSON.stringify(spec)) as SpaceSpec);
          expect(listOf(space)).toEqual(expected);
          expect([size, space.size]).toEqual([expected.length, expected.length]);
          expect(removed).toEqual({
            excluded: union.length - left.length,
            denied: left.length - expected.length,
            own: 0,
          });
        },
      ),
      { numRuns: 600 },
    );
  });
});
