/** What differs between a check of a few hosts and an audit of many. */
export interface ScanMode {
  readonly command: 'check' | 'audit';
  readonly bulk: boolean;
  /** Probes in flight, unless --concurrency says: `least`, or as many as --rate, up to `most`. */
  readonly concurrency: { readonly least: number; readonly most: number };
  readonly hostsAtOnce: number;
  /** Share of the whole rate that the hosts of one subnet may get together. */
  readonly subnetShare: number;
}

/** How `check` probes: few hosts, each at once and in full. */
export const CHECK: ScanMode = {
  command: 'check',
  bulk: false,
  concurrency: { least: 512, most: 512 },
  hostsAtOnce: 64,
  subnetShare: 1,
};
/**
 * Nine packets to a dead host keep seven probes in flight for a second: with fewer in flight than the rate, silence would decide how
 * long an audit takes. Of the hosts there are as many at once as the rate is enough for.
 */
export const AUDIT: ScanMode = {
  command: 'audit',
  bulk: true,
  concurrency: { least: 2048, most: 16_384 },
  hostsAtOnce: 16_384,
  subnetShare: 0.5,
};

/** Probes in flight at the same time where --concurrency does not say. */
export const usualConcurrency = ({ concurrency: { least, most } }: ScanMode, rate: number): number =>
  Math.min(most, Math.max(least, rate));
