import { ADDRESS_BITS, readIp } from '../ip/ip.ts';
import type { Family } from '../model/target.ts';
import { type IntervalSet, union } from './intervals.ts';
import { type ParsedAddress, parseAddress } from './typed-address.ts';

/** Consecutive addresses of one family as numbers, both ends included. */
export interface Span {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

/** The number of an address as `parseAddress` gives it; a zone does not count. */
export const numberOf = ({ address }: ParsedAddress): bigint => {
  const ip = readIp(address);
  if (!ip) throw new TypeError(`not a canonical address: ${address}`);
  return ip.number;
};

/** One address as a span of its own; null when the text is none. A zone does not count. */
export const spanOf = (text: string): Span | null => {
  const ip = readIp(text);
  return ip && { family: ip.family, first: ip.number, last: ip.number };
};

/** All addresses of some spans, for each family. */
export const ofFamily = (spans: readonly Span[]): ((family: Family) => IntervalSet) => {
  const sets = {
    4: union(spans.filter(({ family }) => family === 4)),
    6: union(spans.filter(({ family }) => family === 6)),
  };
  return (family) => sets[family];
};

/** How many addresses a span holds. */
export const sizeOf = ({ first, last }: { readonly first: bigint; readonly last: bigint }): bigint =>
  last - first + 1n;

/**
 * Reads a CIDR block or a single address; host bits may be set, `10.1.2.3/24` is its whole block. A block of IPv4-mapped
 * addresses is the IPv4 block that it holds. Null when the text is neither.
 */
export const readNet = (text: string): Span | null => {
  const [base = '', bits, ...rest] = text.split('/');
  const parsed = parseAddress(base);
  if (!parsed || rest.length > 0) return null;
  const { family } = parsed;
  const most = ADDRESS_BITS[family];
  const mapped = family === 4 && base.includes(':') ? 96 : 0;
  const length = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) - mapped : -1;
  if (length < 0 || length > most) return null;
  const size = 1n << BigInt(most - length);
  const first = (numberOf(parsed) / size) * size;
  return { family, first, last: first + size - 1n };
};
