import { domainToASCII } from 'node:url';
import { canonicalIp } from '../ip/ip.ts';
import { quoted } from '../text/quoted.ts';

/** A host name as it is looked up, or why the text is none. */
export type ReadName = { readonly name: string } | { readonly why: string };

/** What separates labels before IDNA has mapped them (RFC 3490 3.1). */
const DOTS = /[.\u3002\uff0e\uff61]/;
/** A label as typed, in any script. All else must be refused here: IDNA takes a text for a URL's host, and cuts and decodes it. */
const TYPED_LABEL = /^[\p{L}\p{M}\p{N}_-]+$/u;
/** A label of a host name: letters, digits, hyphens inside, and the underscores that Windows networks have (RFC 1123). */
const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;
const MOST = 253;

const whyNoLabel = (labels: readonly string[], pattern: RegExp): string | null => {
  for (const label of labels) {
    if (label.length === 0) return 'has an empty part between its dots';
    if (label.length > 63) return 'has a part of more than 63 characters';
    if (!pattern.test(label)) return `has ${quoted(label)} in it, which cannot be part of a host name`;
  }
  return null;
};

const isPlainAscii = (text: string): boolean => /^[\u0021-\u007e]*$/.test(text);

/** A name of labels, absolute when it ends in a dot: then the look-up must not try it in the search list. */
const readDnsName = (text: string): ReadName => {
  const relative = text.replace(new RegExp(`${DOTS.source}$`), '');
  if (relative === '') return { why: 'is not a host name' };
  const typed = relative.split(DOTS);
  const wrongAsTyped = whyNoLabel(typed, TYPED_LABEL);
  if (wrongAsTyped !== null) return { why: wrongAsTyped };
  const name = isPlainAscii(relative) ? relative.toLowerCase() : domainToASCII(relative);
  if (name === '' || name.length > MOST) return { why: 'is not a host name' };
  const labels = name.split('.');
  const wrong = whyNoLabel(labels, LABEL);
  if (wrong !== null) return { why: wrong };
  if (labels.length !== typed.length) return { why: 'is not a host name' };
  if (/(?:^|\.)(?:\d+|0x[0-9a-f]*)$/.test(name))
    return { why: 'ends in a number like an address, but is none' };
  return { name: relative === text ? name : `${name}.` };
};

/**
 * Reads a host name, in any script, into the ASCII form that is looked up. `DOMAIN\PC` and `PC$`, as Windows and Active
 * Directory write a computer and its account, mean the PC. A name that ends in a dot keeps it. Nothing of the text is cut off
 * or decoded on the way: what is no name as a whole is refused.
 */
export const readName = (text: string): ReadName => {
  const at = text.indexOf('\\');
  const computer = text.slice(at + 1);
  if (at >= 0 && ('why' in readDnsName(text.slice(0, at)) || canonicalIp(computer) !== null))
    return { why: 'has a backslash in it, but is not DOMAIN\\COMPUTER' };
  return readDnsName(computer.replace(/\$$/, ''));
};
