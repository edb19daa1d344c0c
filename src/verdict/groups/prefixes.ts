import { ADDRESS_BITS, networkText, readIp } from '../../ip/ip.ts';
import type { Family } from '../../model/target.ts';
import { type Bits, stretch } from './bits.ts';

/** Addresses of a block: a /24 of IPv4, a /120 of IPv6. */
const BLOCK = 256;
/** Set in the number of a block of IPv6, whose own number has 120 bits; so blocks of IPv4 sort first. */
const SIX = 1n << 120n;

/** Where an address sits: the number of its /24 or /120, and its place in there, 0 to 255. */
export interface BlockPlace {
  readonly block: bigint;
  readonly low: number;
}

/** Consecutive addresses of one block, aligned to their number, a power of two. */
export interface Aligned {
  readonly from: number;
  readonly size: number;
}

interface Prefix {
  readonly family: Family;
  readonly start: bigint;
  readonly length: number;
}

/** Where an address sits, its zone left aside; null for what is not an address. */
export const blockPlaceOf = (address: string): BlockPlace | null => {
  const ip = readIp(address.replace(/%.*/s, ''));
  if (!ip) return null;
  const block = ip.number >> 8n;
  return { block: ip.family === 4 ? block : block | SIX, low: Number(ip.number & 255n) };
};

const prefixOf = (block: bigint, { from, size }: Aligned): Prefix => {
  const family = block < SIX ? 4 : 6;
  const start = (((block | SIX) ^ SIX) << 8n) | BigInt(from);
  return { family, start, length: ADDRESS_BITS[family] - Math.log2(size) };
};

const words = ({ family, start, length }: Prefix): string => networkText(start, family, length);

/** The prefix of a whole block: `10.1.2.0/24`. */
export const blockWords = (block: bigint): string => words(prefixOf(block, { from: 0, size: BLOCK }));

const shrink = (members: Bits, from: number, size: number): Aligned => {
  const half = size / 2;
  if (size === 1) return { from, size };
  if ((members & stretch(from, half)) === 0n) return shrink(members, from + half, half);
  if ((members & stretch(from + half, half)) === 0n) return shrink(members, from, half);
  return { from, size };
};

/**
 * The fewest aligned pieces of a block that cover all members and no blocker, each as small as its members allow. An
 * address that is neither may be covered. Members must not be blockers.
 */
export const cover = (members: Bits, blockers: Bits, from = 0, size = BLOCK): Aligned[] => {
  const inside = stretch(from, size);
  if ((members & inside) === 0n) return [];
  if ((blockers & inside) === 0n) return [shrink(members, from, size)];
  const half = size / 2;
  return [...cover(members, blockers, from, half), ...cover(members, blockers, from + half, half)];
};

/** Whether two prefixes are the halves of one that is twice as large. */
const areHalves = (a: Prefix, b: Prefix): boolean =>
  a.length === b.length && (a.start ^ b.start) === 1n << BigInt(ADDRESS_BITS[a.family] - a.length);

/**
 * The pieces of several blocks as CIDR prefixes in the order of their addresses, IPv4 first. Only whole halves become one,
 * so that no block is claimed that has no member.
 */
export const prefixWords = (
  slices: Iterable<{ readonly block: bigint; readonly pieces: readonly Aligned[] }>,
): string[] => {
  const sorted = [...slices].toSorted((a, b) => (a.block < b.block ? -1 : 1));
  const out: Prefix[] = [];
  for (const { block, pieces } of sorted) {
    for (const piece of pieces) {
      let next = prefixOf(block, piece);
      for (let last = out.at(-1); last && areHalves(last, next); last = out.at(-1)) {
        out.pop();
        next = { ...last, length: last.length - 1 };
      }
      out.push(next);
    }
  }
  return out.map(words);
};
