import { dotted, ipText } from '../ip/ip.ts';
import { UsageError } from '../model/fault.ts';
import type { Family, Target, TargetSpace } from '../model/target.ts';
import { quoted } from '../text/quoted.ts';
import { numberOf } from './span.ts';
import { parseAddress } from './typed-address.ts';

/** Most targets of one audit: as many as there are IPv4 addresses. Numbers below it are safe integers. */
export const MOST_TARGETS = 2 ** 32;

/** Consecutive addresses from `first`, a canonical address without a zone. */
export interface BlockPart {
  readonly kind: 'block';
  readonly family: Family;
  readonly first: string;
  readonly count: number;
}

/** Single addresses whose text differs from the canonical form, or that have a zone. */
export interface AddressesPart {
  readonly kind: 'addresses';
  readonly addresses: readonly { readonly text: string; readonly address: string; readonly family: Family }[];
}

/** Host names that follow each other. */
export interface NamesPart {
  readonly kind: 'names';
  readonly names: readonly { readonly text: string; readonly name: string }[];
}

/** A part of a target space: a block, single addresses, or names. */
export type SpacePart = BlockPart | AddressesPart | NamesPart;

/**
 * A target space as plain JSON. Whoever keeps it can make the very same space again, without the files that were read. No
 * target is in it twice.
 */
export interface SpaceSpec {
  readonly parts: readonly SpacePart[];
}

/** How many targets a part holds. */
export const sizeOfPart = (part: SpacePart): number => {
  switch (part.kind) {
    case 'block':
      return part.count;
    case 'addresses':
      return part.addresses.length;
    case 'names':
      return part.names.length;
  }
};

interface Run {
  readonly count: number;
  readonly at: (offset: number) => Target;
}

const broken = (part: string): UsageError =>
  new UsageError(`the stored targets are damaged: ${part} is not part of a target space`);

const listed = (targets: readonly Target[]): Run => ({
  count: targets.length,
  at: (offset) => {
    const target = targets[offset];
    if (!target) throw new RangeError(`target ${offset}`);
    return target;
  },
});

const blockRun = ({ family, first, count }: BlockPart): Run => {
  const parsed = parseAddress(first);
  const start = parsed && parsed.family === family && parsed.address === first ? numberOf(parsed) : -1n;
  const room = (1n << (family === 4 ? 32n : 128n)) - start;
  if (start < 0n || !Number.isSafeInteger(count) || count < 1 || BigInt(count) > room) {
    throw broken(`${quoted(first)} + ${Number(count)}`);
  }
  const low = Number(start);
  const addressAt =
    family === 4
      ? (offset: number) => dotted(low + offset)
      : (offset: number) => ipText(start + BigInt(offset), 6);
  return {
    count,
    at: (offset) => {
      const address = addressAt(offset);
      return { kind: 'address', text: address, address, family };
    },
  };
};

const runOf = (part: SpacePart): Run => {
  switch (part.kind) {
    case 'block':
      return blockRun(part);
    case 'addresses':
      return listed(part.addresses.map((address) => ({ kind: 'address', ...address })));
    case 'names':
      return listed(part.names.map((name) => ({ kind: 'name', ...name })));
  }
};

/**
 * Makes a space from its description. Memory grows with the parts, not with the addresses; `at` is a binary search.
 * Throws UsageError for a description that cannot have come from `readTargetSpec`.
 */
export const makeSpace = ({ parts }: SpaceSpec): TargetSpace => {
  const runs = parts.map(runOf);
  /** Where each run ends, counted from the start of the space. */
  const ends = new Float64Array(runs.length);
  let size = 0;
  for (const [place, { count }] of runs.entries()) {
    size += count;
    ends[place] = size;
  }
  if (size > MOST_TARGETS) throw broken(`a total of ${size}`);
  return {
    size,
    at: (index) => {
      if (!Number.isInteger(index) || index < 0 || index >= size) {
        throw new RangeError(`target ${index} of ${size}`);
      }
      let low = 0;
      let high = runs.length - 1;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((ends[middle] ?? size) <= index) low = middle + 1;
        else high = middle;
      }
      const run = runs[low];
      if (!run) throw new RangeError(`target ${index} of ${size}`);
      return run.at(index - (ends[low - 1] ?? 0));
    },
  };
};
