import type { Family } from '../../model/target.ts';

/** The first four groups of a valid IPv6 address. An IPv4 tail counts for two groups. */
const network6 = (address: string): string => {
  const [head = '', tail] = address.replace(/%.*/, '').split('::');
  const before = head === '' ? [] : head.split(':');
  if (tail === undefined) return before.slice(0, 4).join(':');
  // An empty tail counts as a group, which is behind the first four.
  const after = tail.split(':');
  const groups = after.length + (tail.includes('.') ? 1 : 0);
  const zeros = Array.from({ length: 8 - before.length - groups }, () => '0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
};

/** The network that an address most likely shares with its neighbours: its /24, for IPv6 its /64. */
export const subnetOf = (address: string, family: Family): string =>
  family === 4 ? address.slice(0, address.lastIndexOf('.')) : network6(address);
