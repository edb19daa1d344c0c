import { UsageError } from '../model/fault.ts';
import { estimateText, MOST_UNCONFIRMED } from './estimate.ts';
import { log } from './log.ts';
import type { ScanOptions } from './options.ts';

/** Says what is of no result, unless that is not wanted. */
export const logUnlessQuiet = ({ quiet }: ScanOptions, text: string): void => {
  if (!quiet) log(text);
};

/** Asks for --yes where there are many hosts. Throws UsageError. */
export const confirm = (hosts: number, options: ScanOptions): void => {
  if (hosts <= MOST_UNCONFIRMED) return;
  const estimate = estimateText(hosts, options);
  if (!options.yes) throw new UsageError(`${estimate}; add --yes to probe them`);
  logUnlessQuiet(options, estimate);
};
