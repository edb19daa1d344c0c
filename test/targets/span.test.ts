import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/fault.ts';
import { permutation } from '../../src/targets/permutation.ts';
import { parsePortRange } from '../../src/targets/port-range.ts';
import { makeScope, readScope } from '../../src/targets/scope.ts';
import { numberOf, readNet, sizeOf } from '../../src/targets/span.ts';
import { parseAddress } from '../../src/targets/typed-address.ts';

describe('a typed address', () => {
  it.each([
    ['[2001:DB8::1]', '2001:db8::1'],
    ['2001:DB8::1', '2001:db8::1'],
    ['10.1.2.3', '10.1.2.3'],
    ['x[2001:db8::1]', null],
    ['[2001:db8::1]x', null],
    ['[10.1.2.3]', null],
    ['[]', null],
  ])('%s is %s', (text, address) => {
    expect(parseAddress(text)?.address ?? null).toBe(address);
  });

  it('has a number, and nothing else has', () => {
    expect(numberOf({ address: '10.0.0.1', family: 4 })).toBe(0x0a00_0001n);
    expect(() => numberOf({ address: 'pc1', family: 4 })).toThrow('not a canonical address: pc1');
  });
});

describe('a block', () => {
  it.each([
    ['10.1.2.3/24', 256n],
    ['10.1.2.3', 1n],
    ['::ffff:10.1.2.3/120', 256n],
    ['2001:db8::/64', 2n ** 64n],
    ['0.0.0.0/0', 2n ** 32n],
  ])('%s holds %s addresses', (text, size) => {
    const span = readNet(text);
    expect(span && sizeOf(span)).toBe(size);
  });

  it.each(['10.1.2.3/33', '10.1.2.3/', '10.1.2.3/2/4', '::ffff:10.1.2.3/95', '::/129', 'pc1/24', '/24'])(
    '%s is none',
    (text) => {
      expect(readNet(text)).toBeNull();
    },
  );
});

describe('a scope', () => {
  it('may have blanks around its blocks', () => {
    expect(makeScope({ allow: [' 10.0.0.0/8 '], deny: [] })('10.1.2.3')).toBeNull();
  });

  it('denies a block from its first address to its last, and names it', () => {
    const why = makeScope({ allow: [], deny: ['10.0.0.0/8', '10.9.0.0/24'] });
    for (const address of ['10.0.0.0', '10.255.255.255', '10.9.0.0'])
      expect(why(address)).toBe('is out of scope: the configuration denies 10.0.0.0/8');
    for (const address of ['9.255.255.255', '11.0.0.0', '::a00:1']) expect(why(address)).toBeNull();
  });

  it.each(['allow', 'deny'] as const)('says which entry of %s is no block', (list) => {
    const scope = { allow: [], deny: [], [list]: ['10.0.0.0/8', 'pc1'] };
    expect(() => readScope(scope)).toThrow(
      new UsageError(
        `scope.${list}: 'pc1' is not an address or CIDR block, expected e.g. 10.1.0.0/16 or 2001:db8::/32`,
      ),
    );
  });
});

describe('a range of ports', () => {
  it.each([
    ['1025', { from: 1025, to: 1025 }],
    [' 1025 - 65535 ', { from: 1025, to: 65_535 }],
    ['65535', { from: 65_535, to: 65_535 }],
  ])('%s is read', (text, range) => {
    expect(parsePortRange(text)).toEqual(range);
  });

  it.each([
    ['0', '0 is not a TCP port (1-65535)'],
    ['65536', '65536 is not a TCP port (1-65535)'],
    ['1', 'dynamic RPC ports are above 1024'],
    ['1024', 'dynamic RPC ports are above 1024'],
    ['2000-3000-4000', 'expected one range like 49152-65535'],
    ['3000-2000', 'is reversed, did you mean 2000-3000?'],
  ])('%s is refused', (text, why) => {
    expect(() => parsePortRange(text)).toThrow(why);
  });
});

it('an order says which size, seed or position it cannot have', () => {
  expect(() => permutation(-1, 1)).toThrow(new RangeError('size -1'));
  expect(() => permutation(4, 0.5)).toThrow(new RangeError('seed 0.5'));
  expect(() => permutation(4, 1)(4)).toThrow(new RangeError('position 4 of 4'));
});
