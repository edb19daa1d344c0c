import { ipText } from '../ip/ip.ts';
import type { IndexRange } from '../model/shard.ts';
import type { SpacePart, SpaceSpec } from './space.ts';
import { sizeOfPart } from './space.ts';
import { spanOf } from './span.ts';

/** Hosts of a space that stand next to each other in the order in which it is cut. */
interface Segment {
  /** IPv4 before IPv6 before hosts of which the subnet is not known: names, and addresses with a zone. */
  readonly rank: 4 | 6 | 7;
  readonly first: bigint;
  readonly count: number;
  /** Number of its first host in the space. */
  readonly index: number;
}

/** Bits of an address in which hosts of one subnet differ: whole /24s and /64s stay together. */
const HOST_BITS = { 4: 8n, 6: 64n, 7: 0n } as const;

const segmentsOf = (part: SpacePart, index: number): Segment[] => {
  if (part.kind === 'names') return [{ rank: 7, first: BigInt(index), count: part.names.length, index }];
  if (part.kind === 'block') {
    const span = spanOf(part.first);
    return span ? [{ rank: span.family, first: span.first, count: part.count, index }] : [];
  }
  return part.addresses.map(({ address }, at) => {
    const span = address.includes('%') ? null : spanOf(address);
    return span
      ? { rank: span.family, first: span.first, count: 1, index: index + at }
      : { rank: 7, first: BigInt(index + at), count: 1, index: index + at };
  });
};

const byAddress = (a: Segment, b: Segment): number => a.rank - b.rank || (a.first < b.first ? -1 : 1);

/** Ranges ascending, those that touch as one. */
const joined = (ranges: readonly IndexRange[]): IndexRange[] => {
  const whole: { from: number; count: number }[] = [];
  for (const { from, count } of ranges.toSorted((a, b) => a.from - b.from)) {
    const before = whole.at(-1);
    if (before && before.from + before.count === from) before.count += count;
    else whole.push({ from, count });
  }
  return whole;
};

/** A part of a space without the hosts before `skip` and behind the next `count`. */
const sliceOf = (part: SpacePart, skip: number, count: number): SpacePart => {
  if (part.kind === 'names') return { kind: 'names', names: part.names.slice(skip, skip + count) };
  if (part.kind === 'addresses')
    return { kind: 'addresses', addresses: part.addresses.slice(skip, skip + count) };
  const { family, first } = part;
  const number = (spanOf(first)?.first ?? 0n) + BigInt(skip);
  return { kind: 'block', family, first: ipText(number, family), count };
};

/** The hosts of some ranges, which ascend, as a space of their own, in the same order. */
export const specWithin = ({ parts }: SpaceSpec, ranges: readonly IndexRange[]): SpaceSpec => {
  const kept: SpacePart[] = [];
  let start = 0;
  let at = 0;
  for (const part of parts) {
    const end = start + sizeOfPart(part);
    for (; at < ranges.length; at += 1) {
      const { from = 0, count = 0 } = ranges[at] ?? {};
      const [low, high] = [Math.max(from, start), Math.min(from + count, end)];
      if (low < high) kept.push(sliceOf(part, low - start, high - low));
      if (from + count > end) break;
    }
    start = end;
  }
  return { parts: kept };
};

/**
 * Cuts a space into `count` shards of about equal size; gives the hosts of shard `number`, from 1 on, as ranges of their
 * numbers in the space. Each host is in exactly one shard. All hosts of a /24 (IPv6: /64) are in the same, wherever they
 * stand in the space, so that limits for a subnet need no shared state; of a name the subnet is not known. A shard may
 * be empty where subnets are few. Costs depend on the parts of the space, never on its hosts.
 */
export const shardsOf = ({ parts }: SpaceSpec, count: number): ((number: number) => IndexRange[]) => {
  const segments: Segment[] = [];
  let size = 0;
  for (const part of parts) {
    for (const segment of segmentsOf(part, size)) segments.push(segment);
    size += sizeOfPart(part);
  }
  segments.sort(byAddress);
  /** Hosts before each segment in the order of addresses. */
  const before = new Float64Array(segments.length + 1);
  for (const [at, segment] of segments.entries()) before[at + 1] = (before[at] ?? 0) + segment.count;

  /** The first segment for which `isBehind` holds; it holds for all after that one. */
  const firstWhere = (isBehind: (segment: Segment, at: number) => boolean): number => {
    let low = 0;
    let high = segments.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const segment = segments[middle];
      if (segment && !isBehind(segment, middle)) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  /** Hosts before the first with this address or a later one. */
  const placeFrom = (rank: Segment['rank'], address: bigint): number => {
    const at = firstWhere(
      (one) => one.rank > rank || (one.rank === rank && one.first + BigInt(one.count) > address),
    );
    const segment = segments[at];
    const inside = segment?.rank === rank ? address - segment.first : 0n;
    return (before[at] ?? size) + (inside > 0n ? Number(inside) : 0);
  };

  /** Where shard `number` begins in the order of addresses: an equal share before it, but for the subnet that this would cut. */
  const cut = (number: number): number => {
    const wanted = Math.floor((number * size) / count);
    const at = firstWhere((_, place) => (before[place + 1] ?? size) > wanted);
    const segment = segments[at];
    if (!segment) return size;
    const { rank, first } = segment;
    const bits = HOST_BITS[rank];
    const subnet = (first + BigInt(wanted - (before[at] ?? 0))) >> bits;
    const [low, high] = [placeFrom(rank, subnet << bits), placeFrom(rank, (subnet + 1n) << bits)];
    return wanted - low <= high - wanted ? low : high;
  };

  return (number) => {
    const [start, end] = [cut(number - 1), cut(number)];
    const ranges: IndexRange[] = [];
    for (let at = firstWhere((_, place) => (before[place + 1] ?? size) > start); ; at += 1) {
      const segment = segments[at];
      const begins = before[at] ?? size;
      if (!segment || begins >= end) break;
      const [low, high] = [Math.max(start, begins), Math.min(end, begins + segment.count)];
      if (low < high) ranges.push({ from: segment.index + low - begins, count: high - low });
    }
    return joined(ranges);
  };
};
