import type { ReportSource } from '../model/report.ts';
import { WHAT_IF_SCHEMA, type WhatIf } from '../model/what-if.ts';
import type { FormatOptions } from '../output/format.ts';
import { openingsFor } from '../verdict/what-if/what-if.ts';

/** Which filters to open for the blocked hosts of a report, as a table for people or as JSON. `db`: as it was given, or null. */
export const whatIfText = async (
  { run, hosts }: Pick<ReportSource, 'run' | 'hosts'>,
  format: 'table' | 'json',
  screen: FormatOptions,
  db: string | null,
): Promise<string> => {
  const { id, startedAt, vantage, interrupted, running } = run;
  const about = { id, startedAt, vantage, interrupted, ...(running && { running }) };
  const whatIf: WhatIf = { schema: WHAT_IF_SCHEMA, run: about, ...openingsFor(hosts) };
  if (format === 'json') {
    const { renderWhatIfJson } = await import('../output/what-if-schema.ts');
    return renderWhatIfJson(whatIf);
  }
  const { renderWhatIf } = await import('../output/what-if.ts');
  return renderWhatIf(whatIf, screen, db);
};
