import { expect, it } from 'vitest';
import { asBlock, maskBits } from '../../src/targets/mask.ts';

it.each([
  ['255.255.255.0', 24],
  ['255.255.255.255', 32],
  ['240.0.0.0', 4],
  ['0.0.0.255', 24],
  ['15.255.255.255', 4],
  // As likely hosts as masks.
  ['0.0.0.0', null],
  ['192.0.0.0', null],
  ['31.255.255.255', null],
  ['255.0.255.0', null],
  ['0.0.255.0', null],
  ['::', null],
  ['24', null],
])('%s is a mask of %s bits', (text, bits) => {
  expect(maskBits(text)).toBe(bits);
});

it('offers a block for an IPv4 address with a mask', () => {
  expect(asBlock('10.1.2.0', '255.255.255.0')).toBe('10.1.2.0/24');
  expect(asBlock('10.1.2.0', '10.1.2.1')).toBeNull();
  expect(asBlock('pc1', '255.255.255.0')).toBeNull();
  expect(asBlock('2001:db8::', '255.255.255.0')).toBeNull();
});
