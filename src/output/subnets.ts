import { ADDRESS_BITS, type Ip, ipText, networkText, readIp, SUBNET_BITS } from '../ip/ip.ts';

/** The network part of an address, as a number of `length` bits. */
const networkOf = ({ family, number }: Ip, length: number): bigint =>
  number >> BigInt(ADDRESS_BITS[family] - length);

/** How addresses are gathered for a person: `10.1.2.0/24` or `2001:db8:0:1::/64`. `order` sorts IPv4 before IPv6 and each by number. */
export interface Subnet {
  readonly text: string;
  readonly order: readonly [family: 4 | 6, network: bigint];
}

/** The /24 of an IPv4 and the /64 of an IPv6 address; null for what is not an address. */
export const subnetOf = (address: string | null): Subnet | null => {
  const ip = address === null ? null : readIp(address);
  if (!ip) return null;
  const length = SUBNET_BITS[ip.family];
  return { text: networkText(ip.number, ip.family, length), order: [ip.family, networkOf(ip, length)] };
};

/** The length of the smallest prefix that holds two addresses of one family. */
const commonLength = (family: 4 | 6, first: bigint, last: bigint): number => {
  const bits = ADDRESS_BITS[family];
  const differing = first ^ last;
  return differing === 0n ? bits : bits - differing.toString(2).length;
};

/**
 * Where exactly these addresses of one family lie: one address, a prefix that they fill, a range without a gap, and else
 * `within` the smallest prefix that holds them all. Null when none of them is an address.
 */
export const extentOf = (addresses: Iterable<string | null>): string | null => {
  const ips = [...addresses].flatMap((address) => (address === null ? [] : (readIp(address) ?? [])));
  const numbers = [...new Set(ips.map(({ number }) => number))].toSorted((a, b) => (a < b ? -1 : 1));
  const [first, last, family] = [numbers[0], numbers.at(-1), ips[0]?.family];
  if (first === undefined || last === undefined || family === undefined) return null;
  if (first === last) return ipText(first, family);
  const length = commonLength(family, first, last);
  const prefix = networkText(first, family, length);
  const span = last - first + 1n;
  if (span > BigInt(numbers.length)) return `within ${prefix}`;
  const size = 1n << BigInt(ADDRESS_BITS[family] - length);
  return span === size ? prefix : `${ipText(first, family)}-${ipText(last, family)}`;
};

/** Sorts subnets as people count: null (no address) last. */
export const bySubnet = (a: Subnet | null, b: Subnet | null): number => {
  if (!a || !b) return Number(!a) - Number(!b);
  if (a.order[0] !== b.order[0]) return a.order[0] - b.order[0];
  return a.order[1] < b.order[1] ? -1 : Number(a.order[1] > b.order[1]);
};

/**
 * Whether an address lies in any of these CIDR prefixes. One look-up for each length that occurs, however many prefixes;
 * what is no prefix covers nothing.
 */
export const coverOf = (prefixes: Iterable<string>): ((address: string) => boolean) => {
  const networks = new Map<string, Set<bigint>>();
  const lengths = { 4: new Set<number>(), 6: new Set<number>() };
  for (const prefix of prefixes) {
    const [address = '', length, ...rest] = prefix.split('/');
    const ip = readIp(address);
    const bits = ip?.family === 4 ? 32 : 128;
    const long = length === undefined ? bits : /^\d{1,3}$/.test(length) ? Number(length) : undefined;
    if (!ip || long === undefined || long > bits || rest.length > 0) continue;
    const key = `${ip.family}/${long}`;
    const set = networks.get(key) ?? new Set();
    networks.set(key, set.add(networkOf(ip, long)));
    lengths[ip.family].add(long);
  }
  return (address) => {
    const ip = readIp(address);
    if (!ip) return false;
    for (const long of lengths[ip.family])
      if (networks.get(`${ip.family}/${long}`)?.has(networkOf(ip, long))) return true;
    return false;
  };
};
