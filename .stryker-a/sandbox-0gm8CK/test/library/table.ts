import type { Report } from '../../src/model/report.ts';
import { renderTable } from '../../src/output/table.ts';

/** The table of a report as text. */
export const tableOf = (report: Report): string =>
  [...renderTable(report, { width: 100, colour: false, verbose: false })].join('');
