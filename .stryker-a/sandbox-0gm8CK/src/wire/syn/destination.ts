import type { Family } from '../../model/target.ts';

/** Where packets go and where from. Addresses are four 32-bit words as they lie in memory; IPv4 uses the first. */
export interface Destination {
  readonly family: Family;
  readonly to: Int32Array;
  readonly from: Int32Array;
  /** Interface number of a link-local address, otherwise 0. */
  readonly scope: number;
  /** Whether nothing but this machine can answer from there. */
  readonly isLoopback: boolean;
  /** Sum of both addresses for a checksum, in network order (RFC 1071). */
  readonly sum: number;
}

/** Sum of the two halves of a 32-bit word. */
export const halves = (word: number): number => (word & 0xffff) + (word >>> 16);

/** A ones' complement sum in 16 bits. */
export const folded = (sum: number): number => halves(halves(sum)) & 0xffff;

/** Sum of addresses as they lie in memory, in network order: with the bytes of each half the other way, so is the sum. */
export const addressSum = (to: Int32Array, from: Int32Array): number => {
  let sum = 0;
  for (let i = 0; i < 4; i++) sum += halves(to[i] ?? 0) + halves(from[i] ?? 0);
  const inMemory = folded(sum);
  return ((inMemory & 0xff) << 8) | (inMemory >>> 8);
};

/** Whether two addresses are the same. */
export const isSameAddress = (a: Int32Array, b: Int32Array): boolean =>
  a[0] === b[0] && a[1] === b[1] && a[2] === b[2] && a[3] === b[3];
