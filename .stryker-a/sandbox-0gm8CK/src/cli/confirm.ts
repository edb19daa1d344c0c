import { UsageError } from '../model/fault.ts';
import { estimateText, MOST_UNCONFIRMED } from './estimate.ts';
import type { ScanOptions } from './options.ts';
import { say } from './say.ts';

/** Says what is of no result, unless that is not wanted. */
export const tell = ({ quiet }: ScanOptions, text: string): void => {
  if (!quiet) say(text);
};

/** Asks for --yes where there are many hosts. Throws UsageError. */
export const confirm = (hosts: number, options: ScanOptions): void => {
  if (hosts <= MOST_UNCONFIRMED) return;
  const estimate = estimateText(hosts, options);
  if (!options.yes) throw new UsageError(`${estimate}; add --yes to probe them`);
  tell(options, estimate);
};
