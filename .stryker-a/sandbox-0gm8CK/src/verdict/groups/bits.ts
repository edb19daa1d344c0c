/** A set of the 256 addresses of one block, the lowest as bit 0. A bigint: 32 bytes, and set algebra is an operator. */
export type Bits = bigint;

/** The set of `size` addresses from `from` on. */
export const stretch = (from: number, size: number): Bits => ((1n << BigInt(size)) - 1n) << BigInt(from);

/** The set of one address. */
export const bit = (low: number): Bits => 1n << BigInt(low);

/** How many addresses a set holds. */
export const countBits = (bits: Bits): number => {
  let count = 0;
  for (let rest = bits; rest !== 0n; rest &= rest - 1n) count += 1;
  return count;
};
