import type { ReportSource, Run, Summary } from '../model/report.ts';
import { nagiosStatus } from '../output/nagios.ts';
import { EXIT_INTERRUPTED } from './interrupt.ts';
import type { ScanOptions } from './options.ts';

/** The undetermined hosts that count as ready: those that are clear so far, where they are to. */
export const acceptedClear = (
  { summary }: Pick<ReportSource, 'summary'>,
  undetermined: ScanOptions['undetermined'],
): number => (undetermined === 'warn' ? 0 : summary.clearSoFar);

/**
 * 0 all ready, 1 some blocked, 3 none blocked but some undetermined, unreachable or still to come, 130 interrupted (DESIGN section 6). A
 * monitoring plugin has exit codes of its own. `accepted`: undetermined hosts that count as ready.
 */
export const exitCode = (
  summary: Summary,
  run: Pick<Run, 'interrupted' | 'running'>,
  format: ScanOptions['format'],
  accepted: number,
): number => {
  if (format === 'nagios') return nagiosStatus(summary, run, accepted).code;
  if (run.interrupted) return EXIT_INTERRUPTED;
  if (summary.blocked > 0) return 1;
  const open = summary.undetermined - accepted + summary.unreachable;
  return open > 0 || summary.hosts === 0 || run.running ? 3 : 0;
};

/** The exit code of a command that ends with this report. */
export const exitCodeOf = (
  report: Pick<ReportSource, 'summary' | 'run'>,
  { format, undetermined }: Pick<ScanOptions, 'format' | 'undetermined'>,
): number => exitCode(report.summary, report.run, format, acceptedClear(report, undetermined));
