import { ADDRESS_BITS, ipText, readIp } from '../ip/ip.ts';
import type { Link } from '../model/plan.ts';
import { interfacesHere } from '../wire/interfaces.ts';

/** The network of an address written with its prefix length, `10.1.2.7/24`; null for what is none. */
export const linkFrom = (cidr: string): Link | null => {
  const [address = '', length = ''] = cidr.split('/');
  const ip = readIp(address);
  if (!ip || !/^\d{1,3}$/.test(length) || Number(length) > ADDRESS_BITS[ip.family]) return null;
  const size = 1n << BigInt(ADDRESS_BITS[ip.family] - Number(length));
  const first = ip.number - (ip.number % size);
  return { text: `${ipText(first, ip.family)}/${length}`, family: ip.family, first, last: first + size - 1n };
};

/** The networks in which this machine has an address: no router stands between it and their other addresses. Not loopback. */
export const ownLinks = (): Link[] =>
  Object.values(interfacesHere()).flatMap((addresses = []) =>
    addresses.flatMap(({ cidr, internal }) => (internal || cidr === null ? [] : (linkFrom(cidr) ?? []))),
  );
