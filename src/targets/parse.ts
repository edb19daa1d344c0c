import { UsageError } from '../model/fault.ts';
import type { Target } from '../model/target.ts';
import { escapeControls, quoted } from '../text/quoted.ts';
import { whyForbidden } from './forbidden.ts';
import { readName } from './name.ts';
import { parseAddress } from './typed-address.ts';

/** What a message calls the thing that was typed (`target`, `hosts.txt:12`), and what it says was expected. */
export interface Wording {
  readonly at: string;
  readonly expected: string;
}

const SINGLE: Wording = { at: 'target', expected: 'expected a host name, an IPv4 or an IPv6 address' };

/** Text that is meant as an IPv4 address, however wrong; never looked up as a name, where `127.1` would find a host. */
const MEANT_AS_IPV4 = /^(0x[0-9a-f]*|\d+)(\.(0x[0-9a-f]*|\d+))*\.?$/i;

/** What people paste in place of a host, and what is said to it. First match wins. */
const MISTAKES: readonly (readonly [RegExp, string])[] = [
  [/^$/, 'is empty'],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point.
  [/[\u0000-\u001f\u007f-\u009f\s]/, 'has blanks or control characters in it'],
  [/^[a-z][a-z0-9+.-]*:\/\//i, 'is a URL; give only its host'],
  [/^\\\\/, 'is a UNC path; give only the computer name'],
  [/\//, 'is a block of addresses or a path, not a single host'],
  [/^-/, 'starts with a hyphen'],
  [/^[\d.]+-[\d.]+$/, 'is a range of addresses, not a single host'],
  [/^(\[[^\]]*\]|[^:]+):\d*$/, 'has a port; give only the host, the ports are known'],
  [/@/, 'has a user name in it; give only the host'],
];

/** Reads one target. Throws UsageError with the offending text and what is accepted, in the caller's words. */
export const parseTarget = (raw: string, { at, expected }: Wording = SINGLE): Target => {
  const bad = (typed: string, why: string): UsageError =>
    new UsageError(`${escapeControls(at)} ${quoted(typed)}: ${why}; ${expected}`);
  const text = raw.trim();
  const parsed = parseAddress(text);
  if (parsed) {
    const why = whyForbidden(parsed.address);
    if (why) throw new UsageError(`${escapeControls(at)} ${quoted(text)}: ${why}`);
    return { kind: 'address', text, ...parsed };
  }
  if (MEANT_AS_IPV4.test(text)) {
    const meant = parseAddress(text.replace(/\.$/, ''));
    if (meant) throw bad(text, `ends with a dot; write ${meant.address}`);
    const zero = /(^|\.)0\d/.test(text) ? ' (a leading zero would be read as octal by some)' : '';
    throw bad(text, `is not an IPv4 address${zero}, which has four numbers of 0-255`);
  }
  const mistake = MISTAKES.find(([pattern]) => pattern.test(text));
  if (mistake) throw bad(text, mistake[1]);
  if (text.includes(':') || text.includes('[')) throw bad(text, 'is not an IPv6 address');
  const read = readName(text);
  if ('why' in read) throw bad(text, read.why);
  return { kind: 'name', text, name: read.name };
};
