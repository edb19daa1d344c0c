import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/fault.ts';
import { readTargetSpec } from '../../src/targets/parse-space.ts';
import { NO_EXCLUDES } from '../../src/targets/read-excludes.ts';
import { makeSpace } from '../../src/targets/space.ts';
import { list, listOf, OPEN, read } from './spaces.ts';

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
