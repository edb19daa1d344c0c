import { UsageError } from '../model/fault.ts';
import type { Family } from '../model/target.ts';
import { mistakeLines, refuseBad } from './bad-items.ts';
import { makeCollector } from './collect.ts';
import { makeGuard, type ReadyGuard, type SpaceGuard } from './guard.ts';
import {
  common,
  covers,
  firstComers,
  type Interval,
  type IntervalSet,
  total,
  union,
  without,
} from './intervals.ts';
import type { ReadItem, TargetItem } from './item.ts';
import { type Excludes, keyOfName, type ReadyExcludes, readyExcludes } from './read-excludes.ts';
import { readItems } from './read-items.ts';
import { MOST_TARGETS, type SpaceSpec, sizeOfPart } from './space.ts';
import type { Span } from './span.ts';

/** What the targets of an audit are read from. Items may hold several targets with commas or blanks between. */
export interface TargetRequest {
  /** In the order in which they are to stand in the space. */
  readonly items: readonly TargetItem[];
  readonly excludes: Excludes;
  readonly guard: SpaceGuard;
  /** Leaves out what is wrong, forbidden or out of scope, instead of throwing. */
  readonly skipBad?: boolean;
}

/** A block that was written with host bits set, and so is more than its address. */
export interface Widened extends TargetItem {
  /** Its own form: `10.1.2.0/24` for `10.1.2.5/24`. */
  readonly whole: string;
}

/** A target space, its size, and how many targets were taken away; an address counts for the first reason only. */
export interface TargetSpec {
  readonly spec: SpaceSpec;
  readonly size: number;
  readonly removed: {
    /** By an exclude, names among them. */
    readonly excluded: number;
    /** By `scope.deny`. */
    readonly denied: number;
    /** Addresses of own networks that name no single host. */
    readonly own: number;
  };
  /** What is wrong with items that were left out: the first lines, and a count of the others. */
  readonly skipped: readonly string[];
  readonly widened: readonly Widened[];
}

const hasZone = (item: ReadItem): boolean => item.kind === 'address' && item.target.address.includes('%');

/** The numbers of all addresses and blocks of one family; an address with a zone is a host of its own and stays out. */
const spansOf = (items: readonly ReadItem[], family: Family): Span[] =>
  items.flatMap((item) =>
    item.kind !== 'name' && item.span.family === family && !hasZone(item) ? [item.span] : [],
  );

interface FamilyPlan {
  /** What each span of the family still brings, in the order of the spans. */
  readonly pieces: readonly (readonly Interval[])[];
  readonly counts: { readonly excluded: bigint; readonly denied: bigint; readonly own: bigint };
}

const within = (intervals: readonly Interval[], set: IntervalSet): bigint =>
  intervals.reduce((sum, interval) => sum + total(common(interval, set)), 0n);

const planFamily = (
  items: readonly ReadItem[],
  excludes: ReadyExcludes,
  guard: ReadyGuard,
  family: Family,
): FamilyPlan => {
  const spans = spansOf(items, family);
  const asked = union(spans);
  const excluded = excludes.spans(family);
  const left = asked.flatMap((interval) => without(interval, excluded));
  const scoped = left.flatMap((interval) => without(interval, guard.denied(family)));
  const gone = union([...excluded, ...guard.denied(family), ...guard.own(family)]);
  return {
    // What is gone comes first, so that no target is the first comer there.
    pieces: firstComers([...gone, ...spans]).slice(gone.length),
    counts: {
      excluded: within(asked, excluded),
      denied: within(left, guard.denied(family)),
      own: within(scoped, guard.own(family)),
    },
  };
};

type Single = Extract<ReadItem, { kind: 'name' | 'address' }>;

/** What becomes of the names and the zones that stand alone: probed once each, unless an exclude names them. */
const makeTaker = (excludes: ReadyExcludes): ((item: Single) => 'take' | 'excluded' | 'known') => {
  const known = new Set<string>();
  return (item) => {
    const key = item.kind === 'name' ? item.target.name : item.target.address;
    if (known.has(key)) return 'known';
    known.add(key);
    const isExcluded =
      item.kind === 'name'
        ? excludes.names.has(keyOfName(key))
        : excludes.zoned.has(key) || covers(excludes.spans(6), item.span);
    return isExcluded ? 'excluded' : 'take';
  };
};

const emptySpace = ({ excluded, denied, own }: TargetSpec['removed'], skipped: number): UsageError => {
  const why = [
    skipped > 0 ? `${skipped} that cannot be probed` : '',
    excluded > 0 ? `${excluded} excluded` : '',
    denied > 0 ? `${denied} denied by scope.deny` : '',
    own > 0 ? `${own} that name no single host` : '',
  ];
  return new UsageError(`no target is left: ${why.filter((part) => part !== '').join(', ')}`);
};

/**
 * Reads what an audit is to ask into a description of a target space. Targets stand in the order of their items; one that
 * an earlier item has is not repeated. Costs depend on the number of items, never on the number of addresses. Throws
 * UsageError for an item that is wrong, forbidden, out of scope or of the wrong family, for more than 2^32 targets, and
 * when none is left.
 */
export const readTargetSpec = ({ items, excludes, guard, skipBad = false }: TargetRequest): TargetSpec => {
  const ready = makeGuard(guard);
  const { good: asked, bad } = readItems(items, ready.check);
  if (asked.length + bad.length === 0)
    throw new UsageError(
      'no target given; expected a host name, an address, a block of addresses or a range of them',
    );
  const others = asked.length > 0;
  if (!skipBad) refuseBad(bad, others ? '--skip-bad leaves such entries out and probes the others' : null);

  const out = readyExcludes(excludes);
  const plans = { 4: planFamily(asked, out, ready, 4), 6: planFamily(asked, out, ready, 6) };
  const pieces = { 4: plans[4].pieces.values(), 6: plans[6].pieces.values() };
  const fateOf = makeTaker(out);
  const space = makeCollector();
  let excludedAlone = 0;
  for (const item of asked) {
    if (item.kind === 'name' || (item.kind === 'address' && hasZone(item))) {
      const fate = fateOf(item);
      if (fate === 'known') continue;
      if (fate === 'excluded') excludedAlone += 1;
      else if (item.kind === 'name') space.addName(item.target);
      else space.addAddress(item.target);
      continue;
    }
    const { family } = item.span;
    for (const piece of pieces[family].next().value ?? []) {
      if (item.kind === 'address' && item.text !== item.target.address) space.addAddress(item.target);
      else space.addBlock(family, piece);
    }
  }

  const spec: SpaceSpec = { parts: space.parts() };
  const size = spec.parts.reduce((sum, part) => sum + sizeOfPart(part), 0);
  const sum = (reason: 'excluded' | 'denied' | 'own'): number =>
    Number(plans[4].counts[reason] + plans[6].counts[reason]);
  const removed = { excluded: sum('excluded') + excludedAlone, denied: sum('denied'), own: sum('own') };
  if (size > MOST_TARGETS) throw new UsageError(`${size} targets are more than one audit can probe (2^32)`);
  if (size === 0) throw emptySpace(removed, bad.length);
  const widened = asked.flatMap((item) =>
    item.kind === 'span' && item.whole !== undefined
      ? [{ text: item.text, at: item.at, whole: item.whole }]
      : [],
  );
  return { spec, size, removed, skipped: mistakeLines(bad), widened };
};
