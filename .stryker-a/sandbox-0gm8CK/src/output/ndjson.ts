import {
  type HostReport,
  REPORT_SCHEMA,
  type ReportSource,
  type Run,
  type RunStart,
} from '../model/report.ts';
import type { Format } from './format.ts';
import { checked, jsonText } from './json-text.ts';
import { hostSchema, reportSchema } from './schema.ts';

const { tool: toolSchema, run: runSchema, groups: groupsSchema, summary: summarySchema } = reportSchema.shape;

/** What is known of a run before its first answer. Unknown fields are dropped: the end of a run is in the last line. */
const runStartSchema = runSchema.omit({
  finishedAt: true,
  probesSent: true,
  durationMs: true,
  interrupted: true,
  running: true,
});

/**
 * The first line of ndjson: `{"schema","tool","run"}`, where `run` holds what is known when a run starts. Given a complete
 * run it says no more, so that a run reads the same whether it was written live or from a store.
 */
export const runLine = (tool: ReportSource['tool'], run: RunStart | Run): string => {
  checked(toolSchema, tool, 'tool');
  checked(runStartSchema, run, 'run');
  return `${jsonText({ schema: REPORT_SCHEMA, tool, run: runStartSchema.parse(run) })}\n`;
};

/** One line of ndjson: a host as in `hosts[]` of the json report. Throws when it breaks the contract. */
export const hostLine = (host: HostReport): string =>
  `${jsonText(checked(hostSchema, host, `host ${host.target}`))}\n`;

/** A host of a part: its number in the whole audit, then what hostLine() has. */
export const partLine = (index: number, host: HostReport): string =>
  `${jsonText({ index, ...checked(hostSchema, host, `host ${host.target}`) })}\n`;

/** The last line of ndjson: `{"summary","groups","run"}`, with the complete run. Throws when it breaks the contract. */
export const summaryLine = ({
  run,
  summary,
  groups,
  comparison,
}: Pick<ReportSource, 'run' | 'summary' | 'groups' | 'comparison'>): string => {
  checked(runSchema, run, 'run');
  checked(summarySchema, summary, 'summary');
  checked(groupsSchema, groups, 'groups');
  return `${jsonText({ summary, groups, run, ...(comparison ? { comparison } : {}) })}\n`;
};

/** The report as one JSON object a line: the run, each host, then the summary. A file without the last line was cut off. */
export const renderNdjson: Format = function* (report) {
  yield runLine(report.tool, report.run);
  for (const host of report.hosts) yield hostLine(host);
  yield summaryLine(report);
};
