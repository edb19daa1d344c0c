import { blockPlaceOf } from '../groups/prefixes.ts';

/** Bits of an IPv6 block, a /120, below the /64 that it lies in. */
const BELOW_64 = 56n;

/** The subnet that an address shares with its neighbours, as a number: its /24, for IPv6 its /64. Null for what is no address. */
export const subnetOf = (address: string): bigint | null => {
  const spot = blockPlaceOf(address);
  if (!spot) return null;
  return address.includes(':') ? spot.block >> BELOW_64 : spot.block;
};
