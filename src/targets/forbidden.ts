import { ipText } from '../ip/ip.ts';
import { readNet, type Span, spanOf } from './span.ts';

const NOT_SINGLE = 'and only single hosts can be probed';

/**
 * The only table of them: single addresses and whole blocks are held against it (RFC 1122 3.2.1.3, RFC 1112 4, RFC 5771,
 * RFC 4291).
 */
const FORBIDDEN: readonly (readonly [string, string])[] = [
  ['0.0.0.0/8', 'is in 0.0.0.0/8 ("this network"), which names no host'],
  ['224.0.0.0/4', `is a multicast address, ${NOT_SINGLE}`],
  ['255.255.255.255', `is the broadcast address, ${NOT_SINGLE}`],
  ['240.0.0.0/4', 'is in 240.0.0.0/4 (reserved), which names no host'],
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

/** fe80::/10: every link has these addresses, so that one alone does not say where to send to (RFC 4007 6). No IPv4 has such a number. */
const LINK_LOCAL = { first: 0xfe80n << 112n, last: (0xfec0n << 112n) - 1n };

/** Why addresses without a zone cannot be probed, or null. */
export const whyNeedsZone = ({ first, last }: Pick<Span, 'first' | 'last'>): string | null =>
  first <= LINK_LOCAL.last && last >= LINK_LOCAL.first
    ? `is link-local and needs a zone, the interface to use: ${ipText(first, 6)}%eth0`
    : null;

/** Why an address must never get a packet, or null. Takes canonical addresses; IPv4-mapped counts as IPv4. */
export const whyForbidden = (address: string): string | null => {
  const span = spanOf(address);
  if (!span) return 'is not an address';
  return forbiddenIn(span)?.why ?? (address.includes('%') ? null : whyNeedsZone(span));
};
