import type { HostReport, ReportSource } from '../model/report.ts';
import type { Format, FormatOptions } from './format.ts';
import { isMany, surveyOf } from './survey.ts';
import { changeLines, findingLines, loneLines, subnetLines } from './table/audit.ts';
import { wrap } from './table/draw.ts';
import { hostLines, overviewLines } from './table/host.ts';
import { summaryWords } from './words.ts';

const hostsInFull = function* (
  hosts: Iterable<HostReport>,
  wanted: (host: HostReport) => boolean,
  options: FormatOptions,
): Iterable<string[]> {
  for (const host of hosts) if (wanted(host)) yield hostLines(host, options);
};

/** A few hosts: one line each when there are several, the findings, and those in full that are not ready. */
const few = function* (report: ReportSource, options: FormatOptions): Iterable<string[]> {
  const several = report.summary.hosts > 1;
  if (several) yield overviewLines(report.hosts, options);
  yield findingLines(report.groups, options);
  yield* hostsInFull(
    report.hosts,
    ({ verdict }) => !several || options.verbose || verdict !== 'ready',
    options,
  );
};

/** Many hosts: what they have in common. Each in full comes only when asked for. */
const many = function* (report: ReportSource, options: FormatOptions): Iterable<string[]> {
  const survey = surveyOf(report);
  yield findingLines(report.groups, options);
  yield subnetLines(survey, options);
  yield loneLines(survey.lone, options);
  yield changeLines(report.groups, survey.remedies, options);
  if (options.verbose) yield* hostsInFull(report.hosts, () => true, options);
};

/**
 * The report for a person. A few hosts: an overview when there are several, then each that is not ready (all when
 * `verbose`) with what was seen, why, and what to change. Many: the findings, a table by subnet and the remedies they
 * share, on one screen, each host in full only when `verbose`. Last a summary line. No line but a command is longer than
 * `width`.
 */
export const renderTable: Format = function* (report, options) {
  const parts = isMany(report) ? many(report, options) : few(report, options);
  for (const lines of parts) if (lines.length > 0) yield `${lines.join('\n')}\n\n`;
  yield `${wrap(summaryWords(report), options.width, '').join('\n')}\n`;
};
