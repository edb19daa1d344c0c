import { Address6 } from 'ip-address';

/** An address as a number of so many bits. */
interface Numbered {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

const FOUR = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

const numbered = (address: string): Numbered | null => {
  const four = FOUR.exec(address);
  if (four) {
    const parts = four.slice(1).map(Number);
    if (parts.some((part) => part > 255)) return null;
    return { bits: 32, value: BigInt(parts.reduce((sum, part) => sum * 256 + part, 0)) };
  }
  const bare = address.split('%', 1)[0] ?? '';
  return Address6.isValid(bare) ? { bits: 128, value: new Address6(bare).bigInt() } : null;
};

/** The network part of `value`, as a number of `length` bits. */
const networkOf = ({ bits, value }: Numbered, length: number): bigint => value >> BigInt(bits - length);

/** How addresses are gathered for a person: by the customary size of one LAN. */
const LAN = { 32: 24, 128: 64 } as const;

/** A LAN: `10.1.2.0/24` or `2001:db8:0:1::/64`. `order` sorts IPv4 before IPv6 and each by number. */
export interface Subnet {
  readonly text: string;
  readonly order: readonly [bits: number, network: bigint];
}

/** The /24 of an IPv4 and the /64 of an IPv6 address; null for what is not an address. */
export const subnetOf = (address: string | null): Subnet | null => {
  const number = address === null ? null : numbered(address);
  if (!number || address === null) return null;
  const network = networkOf(number, LAN[number.bits]);
  const text =
    number.bits === 32
      ? `${address.slice(0, address.lastIndexOf('.'))}.0/24`
      : `${Address6.fromBigInt(network << 64n).correctForm()}/64`;
  return { text, order: [number.bits, network] };
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
  const lengths = { 32: new Set<number>(), 128: new Set<number>() };
  for (const prefix of prefixes) {
    const [address = '', length, ...rest] = prefix.split('/');
    const number = numbered(address);
    const long = length === undefined ? number?.bits : /^\d{1,3}$/.test(length) ? Number(length) : undefined;
    if (!number || long === undefined || long > number.bits || rest.length > 0) continue;
    const key = `${number.bits}/${long}`;
    const set = networks.get(key) ?? new Set();
    networks.set(key, set.add(networkOf(number, long)));
    lengths[number.bits].add(long);
  }
  return (address) => {
    const number = numbered(address);
    if (!number) return false;
    for (const long of lengths[number.bits])
      if (networks.get(`${number.bits}/${long}`)?.has(networkOf(number, long))) return true;
    return false;
  };
};
