import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/fault.ts';
import type { TargetSpace } from '../../src/model/target.ts';
import { whyForbidden } from '../../src/targets/forbidden.ts';
import type { SpaceGuard } from '../../src/targets/guard.ts';
import { readTargetSpec, type TargetRequest, type TargetSpec } from '../../src/targets/parse-space.ts';
import { type Excludes, makeExcludes, NO_EXCLUDES, readExcludes } from '../../src/targets/read-excludes.ts';
import { makeSpace, type SpaceSpec } from '../../src/targets/space.ts';

const OPEN: SpaceGuard = { families: { v4: true, v6: true }, scope: { allow: [], deny: [] } };

const read = (
  targets: readonly string[],
  { excludes = [], guard = {} }: { excludes?: readonly string[]; guard?: Partial<SpaceGuard> } = {},
): TargetSpec => {
  const request: TargetRequest = {
    items: targets.map((text) => ({ text, at: 'target' })),
    excludes: readExcludes(excludes.map((text) => ({ text, at: '--exclude' }))),
    guard: { ...OPEN, ...guard },
  };
  return readTargetSpec(request);
};

const listOf = (space: TargetSpace): string[] =>
  Array.from({ length: space.size }, (_, index) => {
    const target = space.at(index);
    return target.kind === 'address' ? target.address : target.name;
  });
const list = (...parameters: Parameters<typeof read>): string[] =>
  listOf(makeSpace(read(...parameters).spec));

describe('item grammar', () => {
  it.each([
    [['10.1.2.0/30'], ['10.1.2.0', '10.1.2.1', '10.1.2.2', '10.1.2.3']],
    [['10.1.2.3/30'], ['10.1.2.0', '10.1.2.1', '10.1.2.2', '10.1.2.3']],
    [['10.1.2.3/32'], ['10.1.2.3']],
    [['10.1.2.254-10.1.3.1'], ['10.1.2.254', '10.1.2.255', '10.1.3.0', '10.1.3.1']],
    [['10.1.2.10-12'], ['10.1.2.10', '10.1.2.11', '10.1.2.12']],
    [['10.1.2.10 - 10.1.2.11'], ['10.1.2.10', '10.1.2.11']],
    [['2001:DB8::/127'], ['2001:db8::', '2001:db8::1']],
    [
      ['2001:db8::fffe-2001:db8::1:1'],
      ['2001:db8::fffe', '2001:db8::ffff', '2001:db8::1:0', '2001:db8::1:1'],
    ],
    [['[2001:db8::1]-[2001:db8::2]'], ['2001:db8::1', '2001:db8::2']],
    [['::ffff:10.0.0.0/127'], ['10.0.0.0', '10.0.0.1']],
    [['pc1,PC2. PC1'], ['pc1', 'pc2.']],
    [['CORP\\PC1 PC1$ pc1,pc2$'], ['pc1', 'pc2']],
    [['::ffff:10.0.0.1', '10.0.0.1'], ['10.0.0.1']],
    [
      ['10-20.example', '10.0.0.1-pc.example'],
      ['10-20.example', '10.0.0.1-pc.example'],
    ],
    [
      ['fe80::1%eth0', 'fe80::1%eth1', 'FE80::1%eth0'],
      ['fe80::1%eth0', 'fe80::1%eth1'],
    ],
  ])('%j', (targets, expected) => {
    expect(list(targets)).toEqual(expected);
  });

  it('keeps the text of what was typed in another form, and gives the canonical one otherwise', () => {
    const space = makeSpace(read(['[2001:DB8::7]', '10.0.0.0/31', 'PC1.', 'fe80::1%7', '2001:db8::8']).spec);
    expect(Array.from({ length: space.size }, (_, index) => space.at(index))).toEqual([
      { kind: 'address', text: '[2001:DB8::7]', address: '2001:db8::7', family: 6 },
      { kind: 'address', text: '10.0.0.0', address: '10.0.0.0', family: 4 },
      { kind: 'address', text: '10.0.0.1', address: '10.0.0.1', family: 4 },
      { kind: 'name', text: 'PC1.', name: 'pc1.' },
      { kind: 'address', text: 'fe80::1%7', address: 'fe80::1%7', family: 6 },
      { kind: 'address', text: '2001:db8::8', address: '2001:db8::8', family: 6 },
    ]);
  });

  it.each([
    ['10.0.0.0/33', /not a block of addresses/],
    ['10.0.0.0/', /not a block of addresses/],
    ['10.0.0.0/255.255.255.0', /write 10\.0\.0\.0\/24$/],
    ['10.1.2.0 255.255.255.0', /is an address and its mask; write 10\.1\.2\.0\/24$/],
    ['10.1.2.0, 255.255.255.252', /write 10\.1\.2\.0\/30$/],
    ['::ffff:10.1.2.0 255.255.255.0', /write 10\.1\.2\.0\/24$/],
    ['::ffff:10.1.2.0/255.255.255.0', /write 10\.1\.2\.0\/24$/],
    ['10.1.2.0 0.0.0.255', /write 10\.1\.2\.0\/24$/],
    ['10.1.2.0 255.255.255.255', /write 10\.1\.2\.0\/32$/],
    ['240.0.0.0/8', /240\.0\.0\.0\/4/],
    ['255.255.255.252', /240\.0\.0\.0\/4/],
    ['fe80::1', /needs a zone.*fe80::1%eth0/],
    ['fe80::/120', /needs a zone/],
    ['CORP\\10.0.0.1', /backslash/],
    ['-100::', /hyphen|no IPv6/],
    ['-fd00::9', /hyphen|no IPv6/],
    ['10.0/16', /not a block of addresses/],
    ['pc1/24', /not a block of addresses/],
    ['2001:db8::/129', /not a block of addresses/],
    ['fe80::%eth0/120', /zone/],
    ['fe80::1%eth0-fe80::5', /zone/],
    ['10.1.2.50-10.1.2.10', /did you mean 10\.1\.2\.10-10\.1\.2\.50/],
    ['10.1.2.50-10', /did you mean 10\.1\.2\.10-10\.1\.2\.50/],
    ['10.1.2.50-256', /not a range of addresses/],
    ['10.1.2.50-3.10', /not a range of addresses/],
    ['10.1.2.50-', /not a range of addresses/],
    ['10.1.2.50-2001:db8::1', /from IPv4 to IPv6/],
    ['2001:db8::1-ff', /not a range of addresses/],
    ['10.1-10.2', /not a range of addresses/],
    ['10.1-3.2.1', /range inside an octet/],
    ['10.1.2.*', /range inside an octet/],
    ['10.1.1-2.1-9', /range inside an octet/],
    ['2001:db8::/64', /more than 2\^32/],
    ['0.0.0.0/0', /0\.0\.0\.0\/8/],
    ['223.255.255.0-224.0.0.1', /224\.0\.0\.0\/4/],
    ['255.255.255.255', /broadcast|multicast/],
    ['ff02::/120', /multicast/],
    ['::/120', /unspecified/],
    ['http://pc1/', /URL/],
    ['\\\\pc1\\c$', /UNC/],
    ['a/b@c', /not a block/],
    ['', /is empty/],
    [',', /is empty|cannot be part/],
    ['10.0.0.0/24\u001b[31m', /\\u\{1b\}/],
  ])('refuses %j', (text, why) => {
    expect(() => read([text])).toThrow(why);
    expect(() => read([text])).toThrow(UsageError);
  });

  it('names the place, escaped', () => {
    const items = [{ text: '10.0.0.0/99', at: 'a\u001b\u202e.txt:12' }];
    expect(() => readTargetSpec({ items, excludes: NO_EXCLUDES, guard: OPEN })).toThrow(
      "a\\u{1b}\\u{202e}.txt:12 '10.0.0.0/99': is not a block",
    );
  });

  it('throws nothing but clean lines, whatever is typed', () => {
    const typed = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.string({ unit: fc.constantFrom(...'0123456789af.:-/%[], *\u0000\u202e'), maxLength: 30 }),
    );
    fc.assert(
      fc.property(typed, (text) => {
        try {
          expect(read([text]).size).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(UsageError);
          const lines = (error as UsageError).message.split('\n');
          expect(lines.length).toBeLessThan(23);
          for (const line of lines) {
            expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
            expect(line.length).toBeLessThan(1500);
          }
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('guard', () => {
  it('forbids a single address exactly when whyForbidden does, and a block exactly when one of its addresses is', () => {
    const near = fc.constantFrom(
      '0.0.0.0',
      '0.255.255.254',
      '1.0.0.0',
      '223.255.255.254',
      '224.0.0.0',
      '239.255.255.254',
      '240.0.0.0',
      '255.255.255.252',
    );
    fc.assert(
      fc.property(fc.oneof(near, fc.ipV4()), (address) => {
        const neighbours = listOf(
          makeSpace({
            parts: [
              {
                kind: 'block',
                family: 4,
                first: address.replace(/\d+$/, (byte) => `${Number(byte) & 252}`),
                count: 4,
              },
            ],
          }),
        );
        const forbidden = neighbours.filter((one) => whyForbidden(one) !== null);
        for (const one of neighbours) {
          const why = whyForbidden(one);
          if (why === null) expect(list([one])).toEqual([one]);
          else expect(() => read([one])).toThrow(`target '${one}': ${why}`);
        }
        if (forbidden.length === 0) expect(list([`${address}/30`])).toEqual(neighbours);
        else expect(() => read([`${address}/30`])).toThrow(/contains addresses of .*: such an address is/);
      }),
    );
  });

  const scope = { allow: ['10.0.0.0/16', '2001:db8::/64'], deny: ['10.0.9.0/24', '10.0.1.7'] };

  it.each([
    [['10.1.0.0/24'], /wholly or partly out of scope.*allows only/],
    [['10.0.255.0-10.1.0.5'], /wholly or partly out of scope/],
    [['192.0.2.1'], /is out of scope.*allows only/],
    [['10.0.9.4'], /denies 10\.0\.9\.0\/24/],
    [['10.0.9.0/25'], /denies 10\.0\.9\.0\/24/],
    [['10.0.1.7'], /denies 10\.0\.1\.7/],
    [['2001:db9::1%eth0'], /allows only/],
  ])('refuses %j', (targets, why) => {
    expect(() => read(targets, { guard: { scope } })).toThrow(why);
  });

  it('takes denied addresses out of a block and counts them', () => {
    const { size, removed, spec } = read(['10.0.0.0/20', 'pc1'], { guard: { scope } });
    expect([size, removed]).toEqual([4096 - 257 + 1, { excluded: 0, denied: 257, own: 0 }]);
    expect(listOf(makeSpace(spec))).not.toContain('10.0.1.7');
  });

  it('joins allowed blocks that touch', () => {
    const touching = { allow: ['10.0.0.0/24', '10.0.1.0/24'], deny: [] };
    expect(read(['10.0.0.0/23'], { guard: { scope: touching } }).size).toBe(512);
  });

  it.each([
    ['10.0.0.0/24', { v4: false, v6: true }, /is IPv4, and -6 allows only/],
    ['10.0.0.1', { v4: false, v6: true }, /is IPv4, and -6 allows only/],
    ['2001:db8::/120', { v4: true, v6: false }, /is IPv6, and -4 allows only/],
  ])('%s with %j', (text, families, why) => {
    expect(() => read([text], { guard: { families } })).toThrow(why);
    expect(read([text, 'pc1'], { guard: {} }).size).toBeGreaterThan(1);
    expect(read(['pc1'], { guard: { families } }).size).toBe(1);
  });

  it('takes addresses of own networks out of blocks, and refuses them alone', () => {
    const own = [
      { address: '192.168.1.255', why: 'is the broadcast address of eth\u001b0' },
      { address: '192.168.1.0', why: 'is the network address of eth0' },
    ];
    const { size, removed } = read(['192.168.0.0/23'], { guard: { own }, excludes: ['192.168.1.0'] });
    expect([size, removed]).toEqual([510, { excluded: 1, denied: 0, own: 1 }]);
    expect(() => read(['192.168.1.255'], { guard: { own } })).toThrow(/broadcast address of eth\\u\{1b\}0/);
    expect(() => read(['192.168.1.255-255'], { guard: { own } })).toThrow(/broadcast address/);
    const network = [{ address: '192.168.4.0', why: 'is the network address of eth1' }];
    expect(read(['192.168.4.0/24'], { guard: { own: network } })).toMatchObject({
      size: 255,
      removed: { own: 1 },
    });
  });
});

describe('mistakes', () => {
  const many = ['pc1', ...Array.from({ length: 25 }, (_, index) => `10.0.0.${index + 300}`), '224.0.0.1'];

  it('are told all at once, the first twenty and a count', () => {
    const said = (): unknown => read(many);
    expect(said).toThrow(/'10\.0\.0\.300'.*\n.*'10\.0\.0\.301'/);
    expect(said).toThrow(/'10\.0\.0\.319'.*\nand 6 more like these\n--skip-bad leaves such entries out/);
    expect(said).not.toThrow(/'10\.0\.0\.320'/);
  });

  it('are left out on request, forbidden targets too, and said', () => {
    const request = { items: many.map((text) => ({ text, at: 'x' })), excludes: NO_EXCLUDES, guard: OPEN };
    const { spec, skipped } = readTargetSpec({ ...request, skipBad: true });
    expect(listOf(makeSpace(spec))).toEqual(['pc1']);
    expect([skipped[0], skipped[20]]).toEqual([
      expect.stringContaining("x '10.0.0.300': is not an IPv4 address"),
      'and 6 more like these',
    ]);
    expect(() => readTargetSpec({ ...request, items: request.items.slice(1), skipBad: true })).toThrow(
      'no target is left: 26 that cannot be probed',
    );
  });

  it('take with them the words beside them, since PC 17 is no host PC, but nothing over a comma', () => {
    const items = ['PC 17', 'pc2,pc3,-4', 'pc5 pc6'].map((text, line) => ({ text, at: `list:${line}` }));
    const { spec, skipped } = readTargetSpec({ items, excludes: NO_EXCLUDES, guard: OPEN, skipBad: true });
    expect(listOf(makeSpace(spec))).toEqual(['pc2', 'pc3', 'pc5', 'pc6']);
    expect(skipped[0]).toContain("list:0 '17'");
  });

  it('hold for excludes, which are never skipped', () => {
    expect(() => read(['pc1'], { excludes: ['10.0.0.256', '10.1.2.0 255.255.255.0'] })).toThrow(
      /'10\.0\.0\.256'.*\n.*write 10\.1\.2\.0\/24/,
    );
  });
});

it('a block with host bits set is told with what it is', () => {
  const { widened, size } = read(['10.1.2.5/24', '10.1.3.0/24', '2001:DB8::1/127', '::ffff:10.9.9.9/127']);
  expect(size).toBe(516);
  expect(widened).toEqual([
    { at: 'target', text: '10.1.2.5/24', whole: '10.1.2.0/24' },
    { at: 'target', text: '2001:DB8::1/127', whole: '2001:db8::/127' },
    { at: 'target', text: '::ffff:10.9.9.9/127', whole: '10.9.9.8/31' },
  ]);
});

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

describe('large spaces', () => {
  it('a /8 is one part, with the right ends', () => {
    const { spec } = read(['10.0.0.0/8']);
    expect(spec).toEqual({ parts: [{ kind: 'block', family: 4, first: '10.0.0.0', count: 16_777_216 }] });
    const space = makeSpace(spec);
    expect([space.at(0), space.at(16_777_215)]).toMatchObject([
      { address: '10.0.0.0', text: '10.0.0.0' },
      { address: '10.255.255.255' },
    ]);
    for (const index of [-1, 0.5, 16_777_216, Number.NaN]) {
      expect(() => space.at(index)).toThrow(RangeError);
    }
  });

  it('takes 2^32 addresses and not one more', () => {
    expect(read(['2001:db8::/96']).size).toBe(2 ** 32);
    expect(makeSpace(read(['2001:db8::/96']).spec).at(2 ** 32 - 1)).toMatchObject({
      address: '2001:db8::ffff:ffff',
    });
    expect(() => read(['2001:db8::/96', 'pc1'])).toThrow(/more than one audit/);
    expect(read(['2001:db8::/96', 'pc1'], { excludes: ['2001:db8::1'] }).size).toBe(2 ** 32);
  });

  it('refuses a description that it cannot have made', () => {
    const block = { kind: 'block', family: 4, first: '10.0.0.0', count: 4 } as const;
    for (const part of [
      { ...block, first: '10.0.0' },
      { ...block, first: '2001:db8::' },
      { ...block, count: 0 },
      { ...block, count: 1.5 },
      { ...block, first: '255.255.255.255', count: 2 },
      { ...block, family: 6, first: '2001:db8::', count: 2 ** 33 } as const,
    ]) {
      expect(() => makeSpace({ parts: [part] })).toThrow(UsageError);
    }
  });
});
