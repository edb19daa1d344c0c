import { Address4, Address6 } from 'ip-address';
import type { Family } from '../model/target.ts';
import { readCanonical } from './canonical.ts';

/** An address in the one form in which it is compared, asked and reported. */
export interface ParsedAddress {
  readonly address: string;
  readonly family: Family;
}

/** `::ffff:1.2.3.4` is an IPv4 address in IPv6 clothes (RFC 4291 2.5.5.2); the packets are IPv4. */
const MAPPED = new Address6('::ffff:0:0/96');

/**
 * Reads one literal address: IPv4 in four plain decimal parts, IPv6 with an optional zone (`fe80::1%eth0`) or brackets.
 * Null when the text is no address. IPv6 comes out lower-case and compressed, IPv4-mapped as IPv4.
 */
export const parseAddress = (text: string): ParsedAddress | null => {
  const canonical = readCanonical(text);
  if (canonical) return { address: text, family: canonical.family };
  const bare = /^\[[^[\]]*\]$/.test(text) ? text.slice(1, -1) : text;
  if (bare.includes('/')) return null;
  if (bare === text && Address4.isValid(bare))
    return { address: new Address4(bare).correctForm(), family: 4 };
  if (!Address6.isValid(bare)) return null;
  const six = new Address6(bare);
  // A zone is an interface's name or number; whatever else stands there would end up in the report.
  if (six.zone && !/^%[\w.-]+$/.test(six.zone)) return null;
  if (six.isInSubnet(MAPPED)) return { address: six.to4().correctForm(), family: 4 };
  return { address: `${six.correctForm()}${six.zone}`, family: 6 };
};
