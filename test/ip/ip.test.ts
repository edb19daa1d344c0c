import { isIP } from 'node:net';
import fc from 'fast-check';
import { Address4, Address6 } from 'ip-address';
import { describe, expect, it } from 'vitest';
import { canonicalIp, ipText, isSameIp, readIp, subnetText } from '../../src/ip/ip.ts';
import { four, six } from './arbitraries.ts';

const isMapped = (number: bigint): boolean => number >> 32n === 0xffffn;

/** Texts that are nearly addresses. */
const nearly = fc
  .tuple(
    fc.oneof(
      four.map((number) => ipText(number, 4)),
      six.map((number) => ipText(number, 6)),
      fc.ipV6(),
      four.map((number) => `::ffff:${ipText(number, 4)}`),
    ),
    fc.nat(40),
    fc.nat(2),
    fc.oneof(
      fc.constantFrom(
        '',
        '0',
        '1',
        ':',
        '::',
        '.',
        'f',
        'F',
        'g',
        '-',
        '+',
        ' ',
        '%',
        '%1',
        '/8',
        '[',
        'e1',
        '٣',
        '\n',
      ),
      fc.string({ maxLength: 2 }),
    ),
  )
  .map(([text, at, gone, put]) => {
    const place = at % (text.length + 1);
    return `${text.slice(0, place)}${put}${text.slice(place + gone)}`;
  });

/** Texts that some reader of addresses takes for one and that are none, found here or by people. */
const NONE = [
  '-100::',
  '-fd00::9',
  '+1::',
  '1::-2',
  '::-1',
  ' ::1',
  '::1 ',
  '::1\n',
  '1.2.3.-4',
  '1.2.3.4e0',
  '1.2.3.0x4',
  '0x1.2.3.4',
  '01.2.3.4',
  '1.2.3',
  '1.2.3.4.5',
  '1.2.3.4%eth0',
  '1.2.3.4%',
  '4294967296',
  '12345::1',
  ':::',
  ':1::2',
  '1::2::3',
  '1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:8:9',
  '::ffff:1.2.3',
  '::ffff:256.1.1.1',
  '::1/128',
  '[::1]',
  'fe80::1%',
  'fe80::1%a b',
  'fe80::1%eth0%eth1',
  'fe80::1%\u202e',
  '::٣',
  '',
];

describe('readIp', () => {
  it.each(NONE)('refuses %j', (text) => expect(readIp(text)).toBeNull());

  it.each([
    ['10.1.2.3', 4, '10.1.2.3'],
    ['::', 6, '::'],
    ['2001:DB8:0:0::7', 6, '2001:db8::7'],
    ['FE80::ABCD%12', 6, 'fe80::abcd%12'],
    ['fe80::1%my_if-0.7', 6, 'fe80::1%my_if-0.7'],
    ['::ffff:10.0.0.1', 4, '10.0.0.1'],
    ['::ffff:10.0.0.1%eth0', 4, '10.0.0.1'],
    ['::FFFF:a01:203', 4, '10.1.2.3'],
    ['0:0:0:0:0:ffff:0a00:0001', 4, '10.0.0.1'],
    ['::1.2.3.4', 6, '::102:304'],
    ['64:ff9b::1.2.3.4', 6, '64:ff9b::102:304'],
    ['1:2:3:4:5:6:7::', 6, '1:2:3:4:5:6:7:0'],
    ['1:0:0:2:0:0:0:3', 6, '1:0:0:2::3'],
  ])('reads %s', (text, family, address) => {
    expect(canonicalIp(text)).toEqual({ address, family });
  });

  it('takes what isIP takes, with the number that ip-address gives it, and nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(nearly, fc.ipV4(), fc.ipV4Extended(), fc.ipV6(), fc.string()), (text) => {
        const read = readIp(text);
        // A zone is ours to judge: what Node takes for one has differed between its versions.
        const [bare = '', ...zones] = text.split('%');
        const zoned = isIP(bare) === 6 && zones.length === 1 && /^[\w.-]+$/.test(zones.join());
        const family = zones.length === 0 || zoned ? isIP(bare) : 0;
        if (family === 0) expect(read).toBeNull();
        else {
          const number = family === 4 ? new Address4(bare).bigInt() : new Address6(bare).bigInt();
          const expected =
            family === 6 && isMapped(number)
              ? { family: 4, number: number & 0xffff_ffffn, zone: '' }
              : { family, number, zone: zones.join() };
          expect(read).toEqual(expected);
        }
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('ipText', () => {
  it('writes every address as ip-address does, and readIp reads it back', () => {
    fc.assert(
      fc.property(four, six, (small, large) => {
        expect(ipText(small, 4)).toBe(Address4.fromBigInt(small).correctForm());
        expect(readIp(ipText(small, 4))).toEqual({ family: 4, number: small, zone: '' });
        expect(ipText(large, 6)).toBe(Address6.fromBigInt(large).correctForm());
        if (!isMapped(large))
          expect(readIp(ipText(large, 6))).toEqual({ family: 6, number: large, zone: '' });
      }),
      { numRuns: 3000 },
    );
  });
});

describe('whether two texts are one address', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1', true],
    ['192.0.2.1', '::ffff:192.0.2.1', true],
    ['FE80:0::1%eth0', 'fe80::1', true],
    ['192.0.2.1', '192.0.2.2', false],
    ['0.0.0.1', '::1', false],
    ['novice', 'novice', false],
    ['192.0.2.1', '', false],
  ])('%s and %s: %s', (a, b, isSame) => {
    expect(isSameIp(a, b)).toBe(isSame);
    expect(isSameIp(b, a)).toBe(isSame);
  });
});

it.each([
  ['10.1.2.200', '10.1.2.0/24'],
  ['2001:db8:0:1:2:3:4:5', '2001:db8:0:1::/64'],
  ['fe80::7%eth0', 'fe80::/64'],
  ['::ffff:10.1.2.3', '10.1.2.0/24'],
  ['pc1', null],
])('%s has its neighbours in %s', (address, subnet) => {
  expect(subnetText(address)).toBe(subnet);
});
