import { createHash } from 'node:crypto';
import { UsageError } from '../model/fault.ts';
import { type HowProbed, hostsIn, type Shard } from '../model/shard.ts';
import { shardsOf, specWithin } from '../targets/shards.ts';
import { type SpaceSpec, sizeOfPart } from '../targets/space.ts';
import { outputsOf, type ScanOptions } from './options.ts';

/** What decides how a host is probed, of the options. */
export const howProbed = ({
  novice,
  rpcRange,
  sample,
  retries,
  families: { v4, v6 },
  ping,
  map,
  locate,
}: Pick<
  ScanOptions,
  'novice' | 'rpcRange' | 'sample' | 'retries' | 'families' | 'ping' | 'map' | 'locate'
>): HowProbed => ({
  novice,
  rpcPorts: rpcRange && `${rpcRange.from}-${rpcRange.to}`,
  sample,
  retries,
  ipv4: v4,
  ipv6: v6,
  ping,
  map,
  locate,
});

const digest = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest();

/** The name of a target space: equal where it holds the same targets in the same order. */
export const spaceHash = ({ parts }: SpaceSpec): string => digest(parts).toString('hex');

/** A seed that every machine finds by itself for the same targets and options. */
export const commonSeed = (space: string, how: HowProbed): number => digest([space, how]).readUInt32BE();

/**
 * The shard of a space that the options choose, its hosts as a space of their own, and the seed that all its shards share unless
 * one was given.
 */
export const takeShard = (
  targets: readonly string[],
  spec: SpaceSpec,
  options: ScanOptions,
): {
  readonly shard: Shard;
  readonly spec: SpaceSpec;
  readonly size: number;
  readonly seed: number;
} | null => {
  if (options.shard === null) return null;
  const { number, of } = options.shard;
  const ranges = shardsOf(spec, of)(number);
  const space = spaceHash(spec);
  const how = howProbed(options);
  const hosts = spec.parts.reduce((sum, part) => sum + sizeOfPart(part), 0);
  return {
    shard: { targets, number, of, hosts, space, how, ranges },
    spec: specWithin(spec, ranges),
    size: hostsIn(ranges),
    seed: options.seed ?? commonSeed(space, how),
  };
};

/** Refuses a shard whose result could not be merged. */
export const checkPart = (options: Pick<ScanOptions, 'shard' | 'format' | 'outputs'>): void => {
  const { shard } = options;
  const [first, ...others] = outputsOf(options);
  if (shard === null || (first?.format === 'ndjson' && others.length === 0)) return;
  throw new UsageError(
    `--shard: the result is a part for 'ra-preflight merge'; write it with -o part${shard.number}.ndjson`,
  );
};
