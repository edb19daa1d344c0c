import type { Family } from '../model/target.ts';
import { numberOf, readNet, type Span, spanOf } from './span.ts';

const NOT_SINGLE = 'and only single hosts are asked';

/** The only table of them: single addresses and whole blocks are held against it (RFC 1122 3.2.1.3, RFC 5771, RFC 4291). */
const FORBIDDEN: readonly (readonly [string, string])[] = [
  ['0.0.0.0/8', 'is in 0.0.0.0/8 ("this network"), which names no host'],
  ['224.0.0.0/4', `is a multicast address, ${NOT_SINGLE}`],
  ['255.255.255.255', `is the broadcast address, ${NOT_SINGLE}`],
  ['::', 'is the unspecified address, which names no host'],
  ['ff00::/8', `is a multicast address, ${NOT_SINGLE}`],
];

/** A block of addresses of which none must ever get a packet, and why. */
export interface ForbiddenNet extends Span {
  readonly text: string;
  readonly why: string;
}

const NETS: readonly ForbiddenNet[] = FORBIDDEN.flatMap(([text, why]) => {
  const span = readNet(text);
  return span ? [{ ...span, text, why }] : [];
});

/** The first forbidden block that shares an address with a span, or null. */
export const forbiddenIn = (span: Span): ForbiddenNet | null =>
  NETS.find((net) => net.family === span.family && net.first <= span.last && net.last >= span.first) ?? null;

/** Why an address must never get a packet, or null. Takes canonical addresses; IPv4-mapped counts as IPv4. */
export const whyForbidden = (address: string, family: Family): string | null => {
  const span = spanOf(address);
  if (span) return forbiddenIn(span)?.why ?? null;
  // A zone that is no name of an interface.
  const number = numberOf({ address, family });
  return forbiddenIn({ family, first: number, last: number })?.why ?? null;
};
