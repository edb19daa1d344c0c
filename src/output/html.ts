import { createHash } from 'node:crypto';
import type { HostReport, ReportSource } from '../model/report.ts';
import type { Format, FormatOptions } from './format.ts';
import { hostDetails, hostRow } from './html/host.ts';
import { html, type Markup, trusted } from './html/markup.ts';
import { STYLE } from './html/style.ts';
import {
  countsSection,
  findingsSection,
  headSection,
  loneSection,
  remediesSection,
  subnetsSection,
} from './html/summary.ts';
import { isMany, surveyOf } from './survey.ts';

/** Rows of one table: a browser lays out a table as a whole, so a /16 in one would take it many seconds. */
const ROWS = 500;

/** Nothing may be loaded or run; only this style sheet is applied. Holds even if something slipped through escaping. */
const policyOf = (style: string): string =>
  `default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`;

const top = ({ summary }: ReportSource): Markup => html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(STYLE)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Remote Assistance pre-flight: ${summary.ready} of ${summary.hosts} ready</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<a class="skip" href="#hosts">Skip to the hosts</a>
`;

const bottom = ({ tool, run }: ReportSource): Markup => html`<footer>
<p>Written by ${tool.name} ${tool.version} for run ${run.id}, finished ${run.finishedAt}.</p>
</footer>
</body>
</html>
`;

/** What many hosts have in common. */
const overview = function* (report: ReportSource): Iterable<Markup | null> {
  const survey = surveyOf(report);
  yield* findingsSection(report.groups);
  yield* subnetsSection(survey);
  yield loneSection(survey.lone);
  yield remediesSection(survey.remedies);
};

const detailsOf = function* (
  report: ReportSource,
  title: string,
  wanted: (host: HostReport) => boolean,
): Iterable<Markup> {
  yield html`<section aria-labelledby="hosts">\n<h2 id="hosts">${title}</h2>\n`;
  let index = 0;
  let shown = 0;
  for (const host of report.hosts) {
    if (wanted(host)) {
      shown++;
      yield hostDetails(host, index, report.summary.hosts === 1);
    }
    index++;
  }
  if (shown === 0) yield html`<p>None.</p>\n`;
  yield html`</section>\n`;
};

const rowsOf = function* (
  report: ReportSource,
  title: string,
  wanted: (host: HostReport) => boolean,
): Iterable<Markup> {
  yield html`<section aria-labelledby="rows">\n<h2 id="rows">${title}</h2>\n`;
  let index = 0;
  let shown = 0;
  for (const host of report.hosts) {
    if (wanted(host)) {
      if (shown % ROWS === 0) {
        if (shown > 0) yield html`</tbody></table></div>\n`;
        yield html`<div class="rows"><table><caption>From number ${shown + 1} on</caption><thead><tr><th scope="col" class="wide">Host</th><th scope="col" class="narrow">Verdict</th><th scope="col">Why</th></tr></thead><tbody>\n`;
      }
      shown++;
      yield hostRow(host, index);
    }
    index++;
  }
  yield shown > 0 ? html`</tbody></table></div>\n` : html`<p>None.</p>\n`;
  yield html`</section>\n`;
};

const needsAttention = ({ verdict }: HostReport): boolean =>
  verdict === 'blocked' || verdict === 'undetermined';

const page = function* (report: ReportSource, { verbose }: FormatOptions): Iterable<Markup | null> {
  yield top(report);
  yield headSection(report);
  yield html`<main>\n`;
  yield countsSection(report);
  if (isMany(report)) yield* overview(report);
  else yield* findingsSection(report.groups);
  if (verbose || !isMany(report)) yield* detailsOf(report, 'Hosts', () => true);
  else {
    yield* detailsOf(report, 'Blocked and undetermined hosts', needsAttention);
    yield* rowsOf(report, 'Ready and unreachable hosts', (host) => !needsAttention(host));
  }
  yield html`</main>\n`;
  yield bottom(report);
};

/**
 * The report as one HTML page that needs nothing else: no script, no request, light and dark, a phone and paper. A few
 * hosts, or any number when `verbose`, stand in full behind their verdicts; of many, the ready and the unreachable are
 * rows. Hosts are walked up to three times and never collected. Text from the network is escaped and made visible, and a
 * content security policy stands behind that.
 */
export const renderHtml: Format = function* (report, options) {
  for (const part of page(report, options)) if (part) yield part.text;
};
