import { ipText } from '../ip/ip.ts';
import { UsageError } from '../model/fault.ts';
import type { Target } from '../model/target.ts';
import { escapeControls, quoted } from '../text/quoted.ts';
import { asBlock } from './mask.ts';
import { parseTarget } from './parse.ts';
import { numberOf, readNet, type Span } from './span.ts';
import { parseAddress } from './typed-address.ts';

/** A piece of typed text that stands for targets, and where it stood, for messages (`target`, `hosts.txt:12`). */
export interface TargetItem {
  readonly text: string;
  readonly at: string;
  /** One item, although it has blanks: a cell of a CSV. */
  readonly isWhole?: true;
}

type AddressTarget = Extract<Target, { kind: 'address' }>;
type NameTarget = Extract<Target, { kind: 'name' }>;

/** An item that was read: a name, a single address, or a block or range. */
export type ReadItem = TargetItem &
  (
    | { readonly kind: 'name'; readonly target: NameTarget }
    | { readonly kind: 'address'; readonly target: AddressTarget; readonly span: Span }
    /** `whole` is the block in its own form where host bits were set: `10.1.2.0/24` for `10.1.2.5/24`. */
    | { readonly kind: 'span'; readonly span: Span; readonly whole?: string }
  );

const EXPECTED =
  'expected a host name, an address, a block like 10.1.2.0/24 or a range like 10.1.2.10-10.1.2.50';

/** A complaint about an item: one line with where it stood, its text and why. */
export const badItem = ({ text, at }: TargetItem, why: string): UsageError =>
  new UsageError(`${escapeControls(at)} ${quoted(text)}: ${why}`);

/** Splits text at blanks and commas; a range that was written with blanks around its hyphen stays in one piece. */
export const splitItems = (text: string, at: string): TargetItem[] => {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  const items: TargetItem[] = [];
  for (let place = 0; place < words.length; place += 1) {
    const [word = '', hyphen, last] = words.slice(place, place + 3);
    const isRange = hyphen === '-' && last !== undefined && parseAddress(word) !== null;
    items.push({ text: isRange ? `${word}-${last}` : word, at });
    if (isRange) place += 2;
  }
  return items;
};

const readBlock = (item: TargetItem): { readonly span: Span; readonly whole?: string } => {
  if (item.text.includes('%'))
    throw badItem(item, 'is a block with a zone; a zone goes with a single address');
  const span = readNet(item.text);
  const [address = '', mask = ''] = item.text.split('/');
  if (span) {
    const first = ipText(span.first, span.family);
    const bits = (span.family === 4 ? 33 : 129) - (span.last - span.first + 1n).toString(2).length;
    return parseAddress(address)?.address === first ? { span } : { span, whole: `${first}/${bits}` };
  }
  const meant = asBlock(address, mask);
  if (meant !== null) throw badItem(item, `has a mask after its slash; write ${meant}`);
  throw badItem(
    item,
    'is not a block of addresses, which is an address, a slash and 0-32 (IPv4) or 0-128 (IPv6), e.g. 10.1.2.0/24',
  );
};

/** Null when the text is no range at all, but perhaps a name with a hyphen. */
const readRange = (item: TargetItem): Span | null => {
  const [, from = '', to = ''] = /^([^-]+)-(.*)$/.exec(item.text) ?? [];
  const first = parseAddress(from);
  if (!first || !(first.family === 6 || to.includes(':') || /^[\d.]*$/.test(to))) return null;
  if (item.text.includes('%'))
    throw badItem(item, 'is a range with a zone; a zone goes with a single address');
  const isShort = first.family === 4 && /^\d{1,3}$/.test(to);
  const last = parseAddress(isShort ? first.address.replace(/\d+$/, to) : to);
  if (!last) {
    const short = first.family === 4 ? ', or only the last number of the last one (10.1.2.10-50)' : '';
    throw badItem(item, `is not a range of addresses: give its first and last address in full${short}`);
  }
  if (last.family !== first.family)
    throw badItem(item, 'is a range from IPv4 to IPv6 or the other way round');
  const span = { family: first.family, first: numberOf(first), last: numberOf(last) };
  if (span.first > span.last) {
    throw badItem(item, `is a reversed range, did you mean ${last.address}-${first.address}?`);
  }
  return span;
};

/** Ranges and stars inside of an address, as nmap reads them. */
const OCTETS = /^(?=.*[*-])[\d*-]+(\.[\d*-]+){3}$/;

/**
 * Reads one item: a host name, an address, a CIDR block (host bits may be set) or a range `first-last`, for IPv4 also with
 * only the last number of the last address. All addresses count, network and broadcast address too. Throws UsageError.
 */
export const readItem = ({ text: raw, at }: TargetItem): ReadItem => {
  const item = { text: raw.trim(), at };
  const { text } = item;
  const parsed = parseAddress(text);
  if (parsed) {
    const number = numberOf(parsed);
    const span = { family: parsed.family, first: number, last: number };
    return { ...item, kind: 'address', target: { kind: 'address', text, ...parsed }, span };
  }
  if (/^(?!\\\\).*\//.test(text) && !text.includes('://'))
    return { ...item, kind: 'span', ...readBlock(item) };
  const range = readRange(item);
  if (range) return { ...item, kind: 'span', span: range };
  if (OCTETS.test(text)) {
    throw badItem(item, `has a range inside an octet, which is not supported; ${EXPECTED}`);
  }
  if (/^[\d.]+-[\d.]+$/.test(text)) throw badItem(item, `is not a range of addresses; ${EXPECTED}`);
  const target = parseTarget(text, { at, expected: EXPECTED });
  if (target.kind === 'name') return { ...item, kind: 'name', target };
  throw badItem(item, EXPECTED);
};

/** Whether a text stands for more than one host: a block or a range. */
export const isBlock = (text: string): boolean => {
  try {
    return readItem({ text, at: '' }).kind === 'span';
  } catch {
    return false;
  }
};
