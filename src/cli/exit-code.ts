import type { Summary } from '../model/report.ts';
import { nagiosStatus } from '../output/nagios.ts';
import { EXIT_INTERRUPTED } from './interrupt.ts';
import type { ScanOptions } from './options.ts';

/**
 * 0 all ready, 1 some blocked, 3 none blocked but some undetermined or unreachable, 130 interrupted (DESIGN section 6).
 * A monitoring plugin speaks by its own codes.
 */
export const exitCode = (summary: Summary, interrupted: boolean, format: ScanOptions['format']): number => {
  if (format === 'nagios') return nagiosStatus(summary, interrupted).code;
  if (interrupted) return EXIT_INTERRUPTED;
  if (summary.blocked > 0) return 1;
  return summary.undetermined + summary.unreachable > 0 || summary.hosts === 0 ? 3 : 0;
};
