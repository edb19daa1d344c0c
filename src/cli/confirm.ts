import { UsageError } from '../model/fault.ts';
import { estimateText, MOST_UNCONFIRMED } from './estimate.ts';
import { logUnlessQuiet } from './log.ts';
import type { ScanOptions } from './options.ts';

/** Asks for --yes where there are many hosts. Throws UsageError. */
export const confirm = (hosts: number, options: ScanOptions): void => {
  if (hosts <= MOST_UNCONFIRMED) return;
  const estimate = estimateText(hosts, options);
  if (!options.yes) throw new UsageError(`${estimate}; add --yes to probe them`);
  logUnlessQuiet(options, estimate);
};
