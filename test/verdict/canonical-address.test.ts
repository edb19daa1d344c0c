import fc from 'fast-check';
import { Address4 } from 'ip-address';
import { describe, expect, it } from 'vitest';
import { canonicalAddress } from '../../src/verdict/canonical-address.ts';

describe('canonical', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['2001:0DB8:0:0:0:0:0:7', '2001:db8::7'],
    ['fe80::1%eth0', 'fe80::1'],
    ['FE80::1%12', 'fe80::1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:a00:1', '10.0.0.1'],
    ['10.0.0.1%eth0', '10.0.0.1'],
    ['FE80:0::7%eth0', 'fe80::7'],
  ])('writes %s as %s', (text, plain) => {
    expect(canonicalAddress(text)).toBe(plain);
  });

  it.each(['PC1', 'pc1.corp.example', '', 'x:y', '10.0.0.0/8', '2001:db8::/32', '10.0.0.1; reboot', '1.2.3'])(
    'gives nothing for %j',
    (text) => {
      expect(canonicalAddress(text)).toBeNull();
    },
  );
});

describe('canonical of IPv4', () => {
  const octet = fc.oneof(
    fc.nat(299).map(String),
    fc.constantFrom('', '00', '007', '256', '+1', '1e1', ' 1', '１', 'a'),
  );
  const dotted = fc.array(octet, { minLength: 3, maxLength: 5 }).map((octets) => octets.join('.'));

  it('takes what ip-address takes, and gives it back as it is', () => {
    fc.assert(
      fc.property(fc.tuple(dotted, fc.constantFrom('', '%eth0', '\n', '.', ' ')), ([text, tail]) => {
        const isAddress = Address4.isValid(text) && (tail === '' || tail.startsWith('%'));
        expect(canonicalAddress(text + tail)).toBe(isAddress ? text : null);
      }),
      { numRuns: 2000 },
    );
  });
});
