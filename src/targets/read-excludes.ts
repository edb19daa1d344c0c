import { ipText, readIp } from '../ip/ip.ts';
import { UsageError } from '../model/fault.ts';
import type { Family } from '../model/target.ts';
import { escapeControls, quoted } from '../text/quoted.ts';
import { refuseBad } from './bad-items.ts';
import { covers, type IntervalSet } from './intervals.ts';
import type { ReadItem, TargetItem } from './item.ts';
import { readItems } from './read-items.ts';
import { ofFamily, type Span } from './span.ts';

/** Addresses that must not be probed, from `first` to `last` in canonical text, and what they were written as. */
export interface ExcludedSpan {
  readonly text: string;
  readonly first: string;
  readonly last: string;
}

/**
 * What is left out of a run, as plain JSON: it goes with the run when that is resumed. The addresses of an excluded name are
 * spans like any other, with the name as their text.
 */
export interface Excludes {
  readonly spans: readonly ExcludedSpan[];
  /** As they are looked up, each once: an absolute one with its dot, so that the search list is not tried. */
  readonly names: readonly string[];
}

/** Nothing is left out. */
export const NO_EXCLUDES: Excludes = { spans: [], names: [] };

/** A name as it is compared: an absolute name and the same without its last dot are one for an exclude, which had better leave out too much. */
export const keyOfName = (name: string): string => name.replace(/\.$/, '');

const spanOfItem = (item: Exclude<ReadItem, { kind: 'name' }>): ExcludedSpan => {
  if (item.kind === 'address') {
    const { address } = item.target;
    return { text: item.text, first: address, last: address };
  }
  const { family, first, last } = item.span;
  return { text: item.text, first: ipText(first, family), last: ipText(last, family) };
};

/** Reads what is to be left out: the grammar of targets; forbidden addresses and blocks of any size are welcome. Throws UsageError. */
export const readExcludes = (items: readonly TargetItem[]): Excludes => {
  const { good, bad } = readItems(items);
  refuseBad(bad, null);
  return {
    spans: good.flatMap((item) => (item.kind === 'name' ? [] : [spanOfItem(item)])),
    names: [...new Set(good.flatMap((item) => (item.kind === 'name' ? [item.target.name] : [])))],
  };
};

/** The excluded addresses as numbers; those of one zone only apart. */
export interface ReadyExcludes {
  readonly spans: (family: Family) => IntervalSet;
  /** Whole addresses with their zones. */
  readonly zoned: ReadonlySet<string>;
  /** As keyOfName() gives them. */
  readonly names: ReadonlySet<string>;
}

const readSpan = ({ text, first, last }: ExcludedSpan): Span & { readonly text: string } => {
  const [from, to] = [readIp(first), readIp(last)];
  if (!from || !to || from.family !== to.family || from.number > to.number)
    throw new UsageError(`the exclude ${quoted(text)} is damaged`);
  return { text, family: from.family, first: from.number, last: to.number };
};

const isZoned = ({ first }: ExcludedSpan): boolean => first.includes('%');

/** Makes excludes ready for look-ups. Throws UsageError for spans that are none. */
export const readyExcludes = ({ spans, names }: Excludes): ReadyExcludes => ({
  spans: ofFamily(spans.filter((span) => !isZoned(span)).map(readSpan)),
  zoned: new Set(spans.filter(isZoned).map(({ first }) => first)),
  names: new Set(names.map(keyOfName)),
});

/**
 * Makes the check that every address passes before it gets a packet, whatever name led to it: why it is left out, or null.
 * Takes canonical addresses. Throws UsageError for excludes that are damaged.
 */
export const makeExcludes = (excludes: Excludes): ((address: string) => string | null) => {
  const ready = readyExcludes(excludes);
  const written = excludes.spans.filter((span) => !isZoned(span)).map(readSpan);
  return (address) => {
    if (ready.zoned.has(address)) return `is excluded by ${quoted(address)}`;
    const ip = readIp(address);
    if (!ip) return null;
    const span = { first: ip.number, last: ip.number };
    if (!covers(ready.spans(ip.family), span)) return null;
    const by = written.find(
      ({ family, first, last }) => family === ip.family && first <= ip.number && last >= ip.number,
    );
    return `is excluded by ${escapeControls(by?.text ?? address)}`;
  };
};
