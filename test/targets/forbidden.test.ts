import fc from 'fast-check';
import { Address4, Address6 } from 'ip-address';
import { describe, expect, it } from 'vitest';
import { ipText } from '../../src/ip/ip.ts';
import type { Family } from '../../src/model/target.ts';
import { whyForbidden, whyNeedsZone } from '../../src/targets/forbidden.ts';
import { makeScope } from '../../src/targets/scope.ts';
import { spanOf } from '../../src/targets/span.ts';
import { parseAddress } from '../../src/targets/typed-address.ts';
import { four, six } from '../ip/arbitraries.ts';

const address = fc.oneof(
  four.map((number) => ({ number, family: 4 as const })),
  six.map((number) => ({ number, family: 6 as const })),
);

/** Texts that are nearly canonical addresses. */
const nearly = fc
  .tuple(
    address,
    fc.nat(40),
    fc.nat(2),
    fc.oneof(
      fc.constantFrom('', '0', '1', ':', '::', '.', 'f', 'F', 'g', '-', '+', ' ', '%1', '/8', '[', 'e1', '٣'),
      fc.string({ maxLength: 2 }),
    ),
  )
  .map(([{ number, family }, at, gone, put]) => {
    const text = ipText(number, family);
    const place = at % (text.length + 1);
    return `${text.slice(0, place)}${put}${text.slice(place + gone)}`;
  });

/** First and last of each special block, and their neighbours. */
const EDGES = [
  '0.0.0.0 0.255.255.255 1.0.0.0 10.0.0.0 10.255.255.255 100.64.0.0 126.255.255.255 127.0.0.0 127.255.255.255 128.0.0.0',
  '169.254.0.0 169.254.255.255 172.16.0.0 192.0.2.1 192.168.0.0 198.18.0.0 223.255.255.255 224.0.0.0 239.255.255.255',
  '240.0.0.0 255.255.255.254 255.255.255.255 :: ::1 ::2 ::fffe:ffff:ffff ::ffff:0:0 ::ffff:7f00:1 ::ffff:ffff:ffff',
  '::1:0:0:0 0:0:0:1:: ::ffff:0:0:0 ::ffff:1.2.3.4 ::1.2.3.4 64:ff9b:: 64:ff9b::102:304 100:: 100:0:0:1:: 2001:: 2001:db8::',
  '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff 2002:: 3fff:: fc00:: fdff:ffff:: fe00:: fe80:: fe80::1%eth0 febf:ffff:: fec0:: feff::',
  'ff00:: ff02::1 ffff:: ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 1:0:0:2:0:0:0:3 1:0:0:2:0:0:3:4 0:0:1:0:0:1:0:0 1:0:2:3:4:5:6:7',
  '1:2:3:4:5:6:7:0 0:2:3:4:5:6:7:8 1::3:4:5:6:7:8 1:2:3:4:5:6:7:: 1::0:1 :1::2 1::2: ::: 1::2::3 12345::1 1FFFF::1 1ffff::1 FE80::1',
  '01::1 [::1] ::1/128 1.2.3 1.2.3.4.5 01.2.3.4 1.2.3.256 1.2.3.-4 1.2.3.4e0 0x1.2.3.4 1..2.3 ... . : 1.2.3.4% 4294967296 name',
].flatMap((line) => line.split(' '));

/** The blocks that name no single host, each held against every address in the library's own way. */
const FORBIDDEN = [
  new Address4('0.0.0.0/8'),
  new Address4('224.0.0.0/4'),
  new Address4('240.0.0.0/4'),
  new Address6('::/128'),
  new Address6('ff00::/8'),
];
/** Needs a zone. */
const LINK_LOCAL = [new Address6('fe80::/10')];
const isIn = (text: string, family: Family, nets: readonly (Address4 | Address6)[]): boolean =>
  nets.some((net) =>
    family === 4
      ? net instanceof Address4 && new Address4(text).isInSubnet(net)
      : net instanceof Address6 && new Address6(text).isInSubnet(net),
  );

/** An address as the engine hands it over. */
const asked = fc
  .oneof(nearly, fc.ipV4(), fc.ipV6(), fc.constantFrom(...EDGES))
  .map((text) => parseAddress(text))
  .filter((parsed) => parsed !== null);

describe('whyForbidden', () => {
  it.each([
    ['0.1.2.3', 'is in 0.0.0.0/8 ("this network"), which names no host'],
    ['224.0.0.1', 'is a multicast address, and only single hosts can be probed'],
    ['255.255.255.255', 'is the broadcast address, and only single hosts can be probed'],
    ['240.0.0.1', 'is in 240.0.0.0/4 (reserved), which names no host'],
    ['::', 'is the unspecified address, which names no host'],
    ['ff02::1', 'is a multicast address, and only single hosts can be probed'],
    ['fe80::1', 'is link-local and needs a zone, the interface to use: fe80::1%eth0'],
    ['fe80::1%eth0', null],
    ['pc1', 'is not an address'],
  ])('says why of %s', (text, why) => {
    expect(whyForbidden(text)).toBe(why);
  });

  it('wants a zone from the first to the last link-local address', () => {
    const needs = (text: string): boolean => {
      const span = spanOf(text);
      return span !== null && whyNeedsZone(span) !== null;
    };
    expect(
      [
        'fe7f:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
        'fe80::',
        'febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
        'fec0::',
      ].map(needs),
    ).toEqual([false, true, true, false]);
  });

  it('forbids what lies in a special block by the reckoning of ip-address', () => {
    fc.assert(
      fc.property(asked, ({ address: text, family }) => {
        expect(whyForbidden(text) !== null).toBe(
          isIn(text, family, FORBIDDEN) || (!text.includes('%') && isIn(text, family, LINK_LOCAL)),
        );
      }),
      { numRuns: 3000 },
    );
  });
});

describe('makeScope', () => {
  const net = fc.oneof(
    fc.tuple(four, fc.integer({ min: 0, max: 32 })).map(([number, bits]) => `${ipText(number, 4)}/${bits}`),
    fc
      .tuple(six, fc.integer({ min: 0, max: 128 }))
      .filter(([number]) => number >> 32n !== 0xffffn)
      .map(([number, bits]) => `${ipText(number, 6)}/${bits}`),
    fc.constantFrom('0.0.0.0/0', '::/0', '10.0.0.0/8', '127.0.0.0/9', '127.128.0.0/9', 'fe80::/10'),
  );
  const read = (text: string) => (text.includes(':') ? new Address6(text) : new Address4(text));

  it('lets pass what lies in a block of allow and in none of deny, however many there are', () => {
    fc.assert(
      fc.property(
        fc.array(net, { maxLength: 6 }),
        fc.array(net, { maxLength: 6 }),
        asked,
        (allow, deny, { address: text, family }) => {
          const why = makeScope({ allow, deny })(text);
          const denying = deny.find((block) => isIn(text, family, [read(block)]));
          const isAllowed = allow.length === 0 || isIn(text, family, allow.map(read));
          if (denying !== undefined) expect(why).toBe(`is out of scope: the configuration denies ${denying}`);
          else if (isAllowed) expect(why).toBeNull();
          else expect(why).toBe(`is out of scope: the configuration allows only ${allow.join(', ')}`);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
