import { expect, it } from 'vitest';
import { subnetOf } from '../../../src/scanner/limits/subnet.ts';

it.each([
  ['192.0.2.77', '192.0.2'],
  ['2001:db8::1', '2001:db8:0:0'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
  ['2001:db8:1:2::', '2001:db8:1:2'],
  ['2001:db8:0:2::7', '2001:db8:0:2'],
  ['2001:db8::2:3:4:5:6', '2001:db8:0:2'],
  ['::1', '0:0:0:0'],
  ['::', '0:0:0:0'],
  ['::2:3:4:5:6:7:8', '0:2:3:4'],
  ['::ffff:192.0.2.1', '0:0:0:0'],
  ['fe80::1%eth0', 'fe80:0:0:0'],
])('%s lives in %s', (address, subnet) => {
  expect(subnetOf(address, address.includes(':') ? 6 : 4)).toBe(subnet);
});
