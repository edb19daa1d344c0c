import type { Family } from '../model/target.ts';
import { covers, type IntervalSet } from './intervals.ts';
import type { BlockPart, SpaceSpec } from './space.ts';
import { ofFamily, type Span, spanOf } from './span.ts';

interface Extent {
  readonly spans: readonly Span[];
  /** Names, and addresses with a zone, each a host of its own. */
  readonly singles: readonly string[];
}

const spanOfBlock = ({ first, count }: BlockPart): Span[] => {
  const span = spanOf(first);
  return span ? [{ ...span, last: span.first + BigInt(count) - 1n }] : [];
};

const extentOf = ({ parts }: SpaceSpec): Extent => {
  const spans: Span[] = [];
  const singles: string[] = [];
  for (const part of parts) {
    if (part.kind === 'block') spans.push(...spanOfBlock(part));
    else if (part.kind === 'names') for (const { name } of part.names) singles.push(name);
    else
      for (const { address } of part.addresses) {
        const span = address.includes('%') ? null : spanOf(address);
        if (span) spans.push(span);
        else singles.push(address);
      }
  }
  return { spans, singles };
};

/** Whether every target of one space is a target of another too. */
export const isWithin = (inner: SpaceSpec, outer: SpaceSpec): boolean => {
  const [small, large] = [extentOf(inner), extentOf(outer)];
  const held: (family: Family) => IntervalSet = ofFamily(large.spans);
  const singles = new Set(large.singles);
  return (
    small.spans.every((span) => covers(held(span.family), span)) &&
    small.singles.every((single) => singles.has(single))
  );
};

/** Parts of a space that a sentence names. */
const MOST_NAMED = 4;

/** What a space holds, for a sentence: `10.1.0.0-10.1.3.255, pc0417, pc0418 and 12 more parts`. */
export const spaceWords = ({ parts }: SpaceSpec): string => {
  const words = parts.flatMap((part) => {
    if (part.kind === 'names') return part.names.slice(0, MOST_NAMED + 1).map(({ name }) => name);
    if (part.kind === 'addresses')
      return part.addresses.slice(0, MOST_NAMED + 1).map(({ address }) => address);
    return part.count === 1
      ? [part.first]
      : [`${part.count.toLocaleString('en')} addresses from ${part.first}`];
  });
  return words.length <= MOST_NAMED
    ? words.join(', ')
    : `${words.slice(0, MOST_NAMED).join(', ')} and others`;
};
