import { expect, it } from 'vitest';
import { linkFrom } from '../../src/cli/own-networks.ts';
import { linkOf } from '../../src/verdict/link.ts';
import { plan } from '../scanner/fakes.ts';

const links = ['10.1.2.7/24', 'fd00:1::7/64'].flatMap((cidr) => linkFrom(cidr) ?? []);

it.each([
  ['10.1.2.0', '10.1.2.0/24'],
  ['10.1.2.255', '10.1.2.0/24'],
  ['10.1.1.255', null],
  ['10.1.3.0', null],
  ['fd00:1::', 'fd00:1::/64'],
  ['fd00:1::ffff:ffff:ffff:ffff', 'fd00:1::/64'],
  ['fd00:0:ffff:ffff:ffff:ffff:ffff:ffff', null],
  ['fd00:1:0:1::', null],
  // The number of 10.1.2.1 is another address in the other family.
  ['::a01:201', null],
  ['no address', null],
  [null, null],
])('%s lies in %s', (address, link) => {
  expect(linkOf(plan({ links }), address)).toBe(link);
});

it('nobody knows where this machine has no network, or none is known', () => {
  expect(linkOf(plan({ links: [] }), '10.1.2.7')).toBeNull();
  expect(linkOf(plan(), '10.1.2.7')).toBeNull();
});
