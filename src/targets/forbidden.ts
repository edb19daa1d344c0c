import { Address4, Address6 } from 'ip-address';
import type { Family } from '../model/target.ts';

const FORBIDDEN_4: readonly (readonly [Address4, string])[] = [
  [new Address4('0.0.0.0/8'), 'is in 0.0.0.0/8 ("this network"), which names no host'],
  [new Address4('224.0.0.0/4'), 'is a multicast address, and only single hosts are asked'],
  [new Address4('255.255.255.255/32'), 'is the broadcast address, and only single hosts are asked'],
];
const FORBIDDEN_6: readonly (readonly [Address6, string])[] = [
  [new Address6('::/128'), 'is the unspecified address, which names no host'],
  [new Address6('ff00::/8'), 'is a multicast address, and only single hosts are asked'],
];

/** Why an address must never get a packet (RFC 1122 3.2.1.3, RFC 5771, RFC 4291), or null. Takes canonical addresses. */
export const whyForbidden = (address: string, family: Family): string | null => {
  if (family === 4) {
    const four = new Address4(address);
    return FORBIDDEN_4.find(([net]) => four.isInSubnet(net))?.[1] ?? null;
  }
  const six = new Address6(address);
  if (six.isInSubnet(new Address6('::ffff:0:0/96'))) return whyForbidden(six.to4().correctForm(), 4);
  return FORBIDDEN_6.find(([net]) => six.isInSubnet(net))?.[1] ?? null;
};
