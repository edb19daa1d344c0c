import { UsageError } from '../model/fault.ts';
import { type HowProbed, hostsIn } from '../model/shard.ts';
import { shortList } from '../text/and-list.ts';
import { escapeControls } from '../text/quoted.ts';
import type { PartHead } from './part-file.ts';

/** Shards that a message names; of more, only how many. */
const MOST_NAMED = 10;

/** What the options that decide how hosts are probed are called. */
const OPTIONS: Readonly<Record<keyof HowProbed, string>> = {
  novice: '--novice',
  rpcPorts: '--rpc-ports',
  sample: '--sample',
  retries: '--retries',
  ipv4: 'IPv4 (-6 leaves it out)',
  ipv6: 'IPv6 (-4 leaves it out)',
  ping: 'ping',
  map: 'map',
  locate: 'locate',
};

const worded = (value: unknown): string => escapeControls(String(value ?? 'not given')).slice(0, 100);

/** What two parts of one audit would have in common and these have not, or null. */
const difference = (one: PartHead, other: PartHead): string | null => {
  const differs = (what: string, a: unknown, b: unknown): string | null =>
    a === b ? null : `${what} is ${worded(a)} there, and ${worded(b)} in ${escapeControls(other.file)}`;
  if (one.shard.space !== other.shard.space)
    return `was made for other targets than ${escapeControls(other.file)} (lists, excludes and scope must be the same on all machines)`;
  const [a, b] = [one.shard.how, other.shard.how];
  for (const key of Object.keys(OPTIONS) as (keyof HowProbed)[]) {
    const found = differs(OPTIONS[key], a[key], b[key]);
    if (found !== null) return found;
  }
  return (
    differs('the version of ra-preflight', one.version, other.version) ??
    differs('--seed', one.run.seed, other.run.seed) ??
    differs('the number of shards', one.shard.of, other.shard.of) ??
    differs('the number of hosts', one.shard.hosts, other.shard.hosts)
  );
};

const checkOverlap = (parts: readonly PartHead[]): void => {
  const ranges = parts
    .flatMap(({ file, shard }) => shard.ranges.map((range) => ({ ...range, file })))
    .toSorted((a, b) => a.from - b.from);
  for (const [at, range] of ranges.entries()) {
    const next = ranges[at + 1];
    if (next && range.from + range.count > next.from)
      throw new UsageError(
        `${escapeControls(next.file)}: has hosts of ${escapeControls(range.file)} too, which no audit writes; make both again`,
      );
  }
};

/**
 * Checks that parts belong to one audit, and that each shard is there once; gives the numbers of those that are missing,
 * ascending. Throws UsageError that names the file and what differs.
 */
export const checkMatchingParts = (parts: readonly PartHead[]): number[] => {
  const [first] = parts;
  if (!first) throw new UsageError('no part given');
  const known = new Map<number, string>();
  for (const part of parts) {
    const why = difference(part, first);
    if (why !== null) throw new UsageError(`${escapeControls(part.file)}: ${why}`);
    const { number } = part.shard;
    const twin = known.get(number);
    if (twin !== undefined)
      throw new UsageError(
        `${escapeControls(part.file)}: is shard ${number}/${first.shard.of}, and so is ${escapeControls(twin)}; give one of them`,
      );
    known.set(number, part.file);
  }
  checkOverlap(parts);
  const missing = Array.from({ length: first.shard.of }, (_, at) => at + 1).filter((one) => !known.has(one));
  const hosts = parts.reduce((sum, { shard }) => sum + hostsIn(shard.ranges), 0);
  if (missing.length === 0 && hosts !== first.shard.hosts)
    throw new UsageError(
      `the parts have ${hosts} hosts, and their audit ${first.shard.hosts}; make them again`,
    );
  return missing;
};

/** `3/5, 5/5`: shards by their names, as many as a message may hold. */
export const shardNames = (numbers: readonly number[], of: number): string =>
  shortList(
    numbers.map((number) => `${number}/${of}`),
    MOST_NAMED,
  );
