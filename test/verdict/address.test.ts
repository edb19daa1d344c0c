import { describe, expect, it } from 'vitest';
import { canonical, isSameAddress } from '../../src/verdict/address.ts';

describe('canonical', () => {
  it.each([
    ['10.0.0.1', '10.0.0.1'],
    ['2001:0DB8:0:0:0:0:0:7', '2001:db8::7'],
    ['fe80::1%eth0', 'fe80::1'],
    ['FE80::1%12', 'fe80::1'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['::FFFF:a00:1', '10.0.0.1'],
  ])('writes %s as %s', (text, plain) => {
    expect(canonical(text)).toBe(plain);
  });

  it.each(['PC1', 'pc1.corp.example', '', 'x:y', '10.0.0.0/8', '2001:db8::/32', '10.0.0.1; reboot', '1.2.3'])(
    'gives nothing for %j',
    (text) => {
      expect(canonical(text)).toBeNull();
    },
  );
});

describe('isSameAddress', () => {
  it('compares what is meant, and never two things that are no addresses', () => {
    expect(isSameAddress('fe80::7%eth0', 'FE80:0::7')).toBe(true);
    expect(isSameAddress('10.0.0.1', '::ffff:10.0.0.1')).toBe(true);
    expect(isSameAddress('10.0.0.1', '10.0.0.2')).toBe(false);
    expect(isSameAddress('PC1', 'PC1')).toBe(false);
  });
});
