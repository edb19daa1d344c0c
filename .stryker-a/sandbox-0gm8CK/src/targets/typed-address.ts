import { canonicalIp } from '../ip/ip.ts';
import type { Family } from '../model/target.ts';

/** An address in the one form in which it is compared, probed and reported. */
export interface ParsedAddress {
  readonly address: string;
  readonly family: Family;
}

/**
 * Reads one literal address as people write it: IPv4, IPv6 with an optional zone (`fe80::1%eth0`), and IPv6 in brackets.
 * Null when the text is not an address. IPv6 comes out lower-case and compressed, IPv4-mapped as IPv4.
 */
export const parseAddress = (text: string): ParsedAddress | null => {
  const inner = /^\[(.*)\]$/s.exec(text)?.[1];
  if (inner === undefined) return canonicalIp(text);
  return inner.includes(':') ? canonicalIp(inner) : null;
};
