import { UsageError } from '../model/fault.ts';
import type { ScanOptions } from './options.ts';
import { storeUrl } from './store-url.ts';

/** Which fleet, and from where. */
export interface FleetChoice {
  /** URL of its store. */
  readonly redis: string;
  /** Null for all that have a worker. */
  readonly vantages: readonly string[] | null;
  readonly keyFile: string | null;
}

/** The fleet that the options name, or null. Throws UsageError for options of a fleet without one. */
export const fleetChoice = (
  options: Pick<ScanOptions, 'fleet' | 'redis' | 'vantages' | 'fleetKeyFile' | 'shard' | 'probes'>,
): FleetChoice | null => {
  const { fleet, redis, vantages, fleetKeyFile: keyFile, shard, probes } = options;
  if (!fleet) {
    const stray = Object.entries({ redis, vantage: vantages, 'fleet-key-file': keyFile }).find(
      ([, value]) => value !== null,
    );
    if (stray) throw new UsageError(`--${stray[0]}: is for --fleet`);
    return null;
  }
  if (shard !== null) throw new UsageError('--fleet: splits the targets itself; leave --shard out');
  // A worker runs nothing that comes out of a store but its own program.
  if (probes.length > 0)
    throw new UsageError('--fleet: your own probes are not sent to its workers; leave --probes out');
  return { redis: storeUrl(redis), vantages, keyFile };
};
