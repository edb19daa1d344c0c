/** Consecutive numbers of hosts of a target space: `count` of them, from `from` on. */
export interface IndexRange {
  readonly from: number;
  readonly count: number;
}

/** What decides how a host is probed; parts of one audit have it in common. Rates, waits and engines are each machine's own. */
export interface HowProbed {
  readonly novice: string;
  /** `50000-50100`, null for all ports above 1024. */
  readonly rpcPorts: string | null;
  readonly sample: number;
  readonly retries: number;
  readonly ipv4: boolean;
  readonly ipv6: boolean;
  readonly ping: boolean;
  readonly map: boolean;
  readonly locate: boolean;
}

/** A share of a target space that one machine probes, and what shows which others belong to it. */
export interface Shard {
  /** The targets of the whole, as typed on this machine. */
  readonly targets: readonly string[];
  /** 1 to `of`. */
  readonly number: number;
  /** Shards of the whole. */
  readonly of: number;
  /** Hosts of the whole space. */
  readonly hosts: number;
  /** SHA-256 of the whole space, in hexadecimal digits. */
  readonly space: string;
  readonly how: HowProbed;
  /** The hosts of this shard by their numbers in the whole space: ascending, and not adjacent. */
  readonly ranges: readonly IndexRange[];
}

/** How many hosts some ranges hold. */
export const hostsIn = (ranges: readonly IndexRange[]): number =>
  ranges.reduce((sum, { count }) => sum + count, 0);

/**
 * Where hosts of some ranges stand in the whole: number within the ranges to number in the whole, and back. `ranges`
 * ascend. The way back gives null for a host of none of them; the way there throws RangeError.
 */
export const placesIn = (ranges: readonly IndexRange[]) => {
  /** Hosts before each range. */
  const before: number[] = [];
  let sum = 0;
  for (const { count } of ranges) {
    before.push(sum);
    sum += count;
  }
  /** The last range that `isUpTo` says begins at or before what is looked for. */
  const last = (isUpTo: (at: number) => boolean): number => {
    let low = 0;
    let high = ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isUpTo(middle)) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  };
  return {
    inWhole: (place: number): number => {
      const at = last((one) => (before[one] ?? 0) <= place);
      const range = ranges[at];
      const offset = place - (before[at] ?? 0);
      if (!range || offset >= range.count) throw new RangeError(`host ${place} of ${sum}`);
      return range.from + offset;
    },
    placeOf: (index: number): number | null => {
      const at = last((one) => (ranges[one]?.from ?? 0) <= index);
      const range = ranges[at];
      return range && index < range.from + range.count ? (before[at] ?? 0) + index - range.from : null;
    },
  };
};
