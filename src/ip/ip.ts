import { isIP } from 'node:net';

/** An IP address by what it is. `zone` is the interface of a link-local address (`eth0`, `2`), empty when none was given. */
export interface Ip {
  readonly family: 4 | 6;
  readonly number: bigint;
  readonly zone: string;
}

/** An interface's name or number; whatever else stands there would end up in reports. */
const ZONE = /^[\w.-]+$/;

/** The number of an IPv4 address that isIP() accepts. */
const numberOfFour = (text: string): number =>
  text.split('.').reduce((number, part) => number * 256 + Number(part), 0);

const groupsOf = (text: string): readonly string[] => (text === '' ? [] : text.split(':'));

const joined = (groups: readonly string[]): bigint =>
  groups.length === 0 ? 0n : BigInt(`0x${groups.map((group) => group.padStart(4, '0')).join('')}`);

/** The number of an IPv6 address without a zone that isIP() accepts. */
const numberOfSix = (text: string): bigint => {
  const dottedAt = text.includes('.') ? text.lastIndexOf(':') + 1 : text.length;
  const low = numberOfFour(text.slice(dottedAt));
  const plain =
    dottedAt === text.length
      ? text
      : `${text.slice(0, dottedAt)}${(low >>> 16).toString(16)}:${(low & 0xffff).toString(16)}`;
  const [before = '', after = ''] = plain.split('::');
  const [head, tail] = [groupsOf(before), groupsOf(after)];
  return (joined(head) << BigInt(16 * (8 - head.length))) | joined(tail);
};

/**
 * Reads one literal address: IPv4 in four plain decimal parts, or IPv6 with an optional zone (`fe80::1%eth0`). What counts as
 * an address is decided by Node's own isIP() and nothing else. `::ffff:1.2.3.4` is an IPv4-mapped IPv6 address (RFC 4291 2.5.5.2) and
 * comes out as IPv4, as the packets will be. Null when the text is no address.
 */
export const readIp = (text: string): Ip | null => {
  const mark = text.indexOf('%');
  const bare = mark < 0 ? text : text.slice(0, mark);
  const zone = mark < 0 ? '' : text.slice(mark + 1);
  const family = isIP(bare);
  if (family === 4) return mark < 0 ? { family, number: BigInt(numberOfFour(bare)), zone } : null;
  if (family !== 6 || (mark >= 0 && !ZONE.test(zone))) return null;
  const number = numberOfSix(bare);
  return number >> 32n === 0xffffn
    ? { family: 4, number: number & 0xffff_ffffn, zone: '' }
    : { family: 6, number, zone };
};

/** An IPv4 address from its number, 0 to 2^32 - 1. */
export const dotted = (number: number): string =>
  `${number >>> 24}.${(number >>> 16) & 255}.${(number >>> 8) & 255}.${number & 255}`;

const ZEROS = /\b0(?::0)+\b/g;

/** An IPv6 address as RFC 5952 writes it: lower-case, and `::` for the longest run of zeros, the first of equal ones. */
const coloned = (number: bigint): string => {
  const digits = number.toString(16).padStart(32, '0');
  const text = (digits.match(/.{4}/g) ?? [])
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
  let longest = { length: 0, at: 0 };
  for (const { 0: run, index } of text.matchAll(ZEROS))
    if (run.length > longest.length) longest = { length: run.length, at: index };
  if (longest.length === 0) return text;
  return `${text.slice(0, Math.max(0, longest.at - 1))}::${text.slice(longest.at + longest.length + 1)}`;
};

/** The canonical text of an address from its number; without a zone. */
export const ipText = (number: bigint, family: 4 | 6): string =>
  family === 4 ? dotted(Number(number)) : coloned(number);

/** An address in its one canonical text, by which addresses are compared, with its zone; null for any other text. */
export const canonicalIp = (text: string): { readonly address: string; readonly family: 4 | 6 } | null => {
  const ip = readIp(text);
  if (!ip) return null;
  const bare = ipText(ip.number, ip.family);
  return { address: ip.zone === '' ? bare : `${bare}%${ip.zone}`, family: ip.family };
};

/** Whether two texts are one address; zones, which only this machine knows, do not count. False for anything but addresses. */
export const isSameIp = (a: string, b: string): boolean => {
  const [one, other] = [readIp(a), readIp(b)];
  return one !== null && one.family === other?.family && one.number === other.number;
};

/** Whether an address, in its canonical form, is a loopback address: no other machine can have answered. */
export const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

/** Whether a host, a name or an address without brackets, is this machine: `localhost` or a loopback address. */
export const isLoopbackHost = (host: string): boolean =>
  host.toLowerCase() === 'localhost' || (readIp(host) !== null && isLoopback(host));

/** Bits of an address. */
export const ADDRESS_BITS = { 4: 32, 6: 128 } as const;

/** Length of the network that neighbours most likely share: a /24, of IPv6 a /64, by custom the size of one LAN. */
export const SUBNET_BITS = { 4: 24, 6: 64 } as const;

/** A network by its first address and length: `10.1.2.0/24`, `2001:db8::/64`. `number`: any address in it. */
export const networkText = (number: bigint, family: 4 | 6, length: number): string => {
  const host = BigInt(ADDRESS_BITS[family] - length);
  return `${ipText((number >> host) << host, family)}/${length}`;
};

/** The subnet that an address most likely shares with its neighbours, as `networkText` writes it; null for what is no address. */
export const subnetText = (address: string): string | null => {
  const ip = readIp(address);
  return ip && networkText(ip.number, ip.family, SUBNET_BITS[ip.family]);
};
