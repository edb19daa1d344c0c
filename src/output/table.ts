import type { HostReport, ReportSource } from '../model/report.ts';
import { wrapIndented } from '../text/fit-text.ts';
import type { Format, FormatOptions } from './format.ts';
import { summaryWords } from './report-words.ts';
import { isMany, type Survey, surveyOf } from './survey.ts';
import { changeLines, findingLines, loneLines, subnetLines } from './table/audit.ts';
import { hostLines } from './table/host.ts';
import { overviewLines } from './table/overview.ts';
import { shardLines } from './table/shards.ts';
import { comparisonLines } from './table/vantages.ts';

const hostsInFull = function* (
  hosts: Iterable<HostReport>,
  wanted: (host: HostReport) => boolean,
  options: FormatOptions,
): Iterable<string[]> {
  for (const host of hosts) if (wanted(host)) yield hostLines(host, options);
};

/** A few hosts: those in full that are not ready, then of several the findings and a line each, where the eye is. */
const few = function* (report: ReportSource, options: FormatOptions): Iterable<string[]> {
  const several = report.summary.hosts > 1;
  yield* hostsInFull(
    report.hosts,
    ({ verdict }) => !several || options.verbose || verdict !== 'ready',
    options,
  );
  if (!several) return;
  yield findingLines(report.groups, options);
  yield overviewLines(report.hosts, options);
};

/** From how many hosts on those that are not ready are not told one by one: what they share would be said again for each. */
const SEVERAL = 6;

/** Some hosts: what they have in common, and a line each. */
const some = function* (report: ReportSource, survey: Survey, options: FormatOptions): Iterable<string[]> {
  yield loneLines(survey.lone, options);
  yield findingLines(report.groups, options);
  yield changeLines(report.groups, survey.remedies, options);
  yield overviewLines(report.hosts, options);
};

/** Many hosts: what they have in common. Each in full comes only when asked for, before that. */
const many = function* (report: ReportSource, survey: Survey, options: FormatOptions): Iterable<string[]> {
  if (options.verbose) yield* hostsInFull(report.hosts, () => true, options);
  yield subnetLines(survey, options);
  yield loneLines(survey.lone, options);
  yield findingLines(report.groups, options);
  yield changeLines(report.groups, survey.remedies, options);
};

/**
 * The report for a person. A few hosts: each that is not ready (all when `verbose`) with what was seen, what to do and last its
 * verdict, then of several the findings and an overview. Up to 24: what they share and a line each. Many: a table by subnet, the findings and the remedies they share, on
 * one screen, after each host in full when `verbose`. Last a summary line. No line but a command is longer than `width`.
 */
export const renderTable: Format = function* (report, options) {
  const survey = yield* surveyOf(report);
  if (report.run.shards) yield `${shardLines(report.run.shards, options).join('\n')}\n\n`;
  if (report.comparison) yield `${comparisonLines(report.comparison, options).join('\n')}\n\n`;
  const isShort = report.summary.hosts <= SEVERAL || options.verbose;
  const parts = isMany(report)
    ? many(report, survey, options)
    : isShort
      ? few(report, options)
      : some(report, survey, options);
  for (const lines of parts)
    if (lines.length > 0)
      yield `${lines.join('\n')}\n${isMany(report) || report.summary.hosts > 1 ? '\n' : ''}`;
  yield `${wrapIndented(summaryWords(report), options.width, '').join('\n')}\n`;
};
