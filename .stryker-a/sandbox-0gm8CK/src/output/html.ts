import type { HostReport, ReportSource } from '../model/report.ts';
import { shownCounts } from '../model/shown-verdict.ts';
import { counted } from '../text/counts.ts';
import type { Format, FormatOptions } from './format.ts';
import { SCRIPT } from './html/client.ts';
import { diffSection, flappingSection, trendSection } from './html/history.ts';
import { hostDetails, hostRow } from './html/host.ts';
import { liveTable, MOST_LISTED, needsAttention } from './html/hosts-table.ts';
import { html, type Markup, trusted } from './html/markup.ts';
import { Matrix } from './html/matrix.ts';
import { headOf } from './html/page-head.ts';
import { type PageLinks, siteNavigation } from './html/page-links.ts';
import { shardsSection } from './html/shards.ts';
import {
  countsSection,
  findingsSection,
  headSection,
  loneSection,
  remediesSection,
  subnetsSection,
} from './html/summary.ts';
import { type PageHistory, readTrend, type TrendRead } from './html/trend.ts';
import { vantagesSection } from './html/vantages.ts';
import { isMany, type Survey, surveyOf } from './survey.ts';

export type { PageLinks } from './html/page-links.ts';
export type { FlappingHost, PageHistory } from './html/trend.ts';

/** Up to so many hosts stand in full in the page itself, for paper and for readers without scripts. */
const MOST_STATIC = 300;

const top = ({ summary }: ReportSource, { site }: PageHistory): Markup => html`${headOf(
  `Remote Assistance pre-flight: ${summary.ready} of ${summary.hosts} ready`,
  SCRIPT,
)}<a class="skip" href="#hosts">Skip to the hosts</a>
${siteNavigation(site)}`;

const bottom = ({ tool, run }: ReportSource, { underway }: PageHistory): Markup => html`<footer>
<p>Written by ${tool.name} ${tool.version} for run ${run.id}, ${underway === undefined && !run.running ? 'finished' : 'as of'} ${run.finishedAt}.</p>
</footer>
<script>${trusted(SCRIPT)}</script>
</body>
</html>
`;

const watched = function* (
  hosts: Iterable<HostReport>,
  see: (host: HostReport) => void,
): Iterable<HostReport> {
  for (const host of hosts) {
    see(host);
    yield host;
  }
};

/** Hosts in full, behind their verdicts. */
const staticDetails = function* (
  { hosts, summary }: ReportSource,
  runsOf: (target: string) => string,
  site: PageLinks | undefined,
): Iterable<Markup> {
  let index = 0;
  for (const host of hosts) {
    yield hostDetails(host, index, summary.hosts === 1, runsOf(host.target), site);
    index++;
  }
};

/** Of very many hosts the first that need attention, as rows. */
const staticRows = function* ({ hosts, summary }: ReportSource): Iterable<Markup | null> {
  const { blocked, undetermined } = shownCounts(summary);
  const wanted = blocked + undetermined;
  yield html`<p>Blocked and undetermined: ${counted(wanted, 'host')}${wanted > MOST_STATIC ? `, the first ${MOST_STATIC} follow` : null}. With scripts enabled, the page lists and searches all hosts.</p>
<div class="rows"><table><thead><tr><th scope="col" class="wide">Host</th><th scope="col" class="narrow">Verdict</th><th scope="col">Why</th></tr></thead><tbody>\n`;
  let index = 0;
  let left = MOST_STATIC;
  for (const host of hosts) {
    if (left === 0) break;
    if (needsAttention(host)) left--;
    yield needsAttention(host) ? hostRow(host, index) : null;
    index++;
  }
  yield html`</tbody></table></div>\n`;
};

const hostsSection = function* (
  report: ReportSource,
  trend: TrendRead | null,
  verbose: boolean,
  site: PageLinks | undefined,
): Iterable<Markup | null> {
  const runsOf = (target: string): string => trend?.letters.get(target) ?? '';
  const { hosts } = report.summary;
  yield html`<section aria-labelledby="hosts">\n<h2 id="hosts">Hosts</h2>\n`;
  if (hosts === 0) yield html`<p>None.</p>\n`;
  if (hosts > 1) yield* liveTable(report, runsOf, trend !== null, site);
  // The script hides what follows on screens, where the table above has it.
  if (hosts > 1) yield html`<div class="paper">\n`;
  if (hosts <= MOST_STATIC || verbose) yield* staticDetails(report, runsOf, site);
  else yield* staticRows(report);
  if (hosts > 1) yield html`</div>\n`;
  yield html`</section>\n`;
};

/** The way through a long page. */
const contents = (report: ReportSource, { diff, trend }: PageHistory): Markup => {
  const parts = [
    report.comparison && ['vantages', 'Vantages'],
    report.run.shards && ['shards', 'Shards'],
    diff && ['changes', 'Since the last run'],
    report.groups.length > 0 && ['findings', 'Findings'],
    trend && trend.runs.length > 1 && ['trend', 'Trend'],
    report.summary.hosts > 1 && ['matrix', 'Hosts and requirements'],
    isMany(report) && ['subnets', 'By subnet'],
    ['hosts', 'Hosts'],
  ].filter((part) => Array.isArray(part));
  return html`<nav aria-label="On this page"><ul>${parts.map(([id = '', title = '']) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>\n`;
};

const overview = function* (survey: Survey): Iterable<Markup | null> {
  yield loneSection(survey.lone);
  yield remediesSection(survey.remedies);
};

const page = function* (
  report: ReportSource,
  { verbose }: FormatOptions,
  history: PageHistory,
): Iterable<Markup | '' | null> {
  const { diff, trend, flapping = [], site, underway } = history;
  const matrix = new Matrix(site);
  const survey = yield* surveyOf({
    hosts: watched(report.hosts, (host) => matrix.add(host)),
    groups: report.groups,
  });
  const read = trend ? yield* readTrend(trend, MOST_LISTED) : null;
  yield top(report, history);
  yield headSection(report, underway);
  if (isMany(report)) yield contents(report, history);
  yield html`<main>\n`;
  yield countsSection(report);
  if (report.comparison) yield vantagesSection(report.comparison);
  if (report.run.shards) yield shardsSection(report.run.shards);
  if (diff) yield* diffSection(diff, 'Since the last run', site);
  yield* findingsSection(report.groups);
  if (isMany(report)) yield* overview(survey);
  if (read) yield trendSection(read);
  yield flappingSection(flapping, site);
  yield* matrix.section();
  if (isMany(report)) yield* subnetsSection(survey);
  yield* hostsSection(report, read, verbose, site);
  yield html`</main>\n`;
  yield bottom(report, history);
};

/**
 * The report as one HTML page that needs nothing else, with what scheduled runs know beside it: changes since the run before,
 * the last runs as pictures, and hosts that go to and fro. `history` is all of it optional.
 */
export const renderHtmlWith = function* (
  report: ReportSource,
  options: FormatOptions,
  history: PageHistory,
): Iterable<string> {
  for (const part of page(report, options, history)) yield part ? part.text : '';
};

/**
 * The report as one HTML page that needs nothing else: no request, light and dark, a phone and paper. Hosts stand in a table
 * that the page's own script searches, sorts and opens; for paper and without scripts up to 300 hosts, or any number when
 * `verbose`, stand there in full, and of more those that need attention as rows. Hosts are walked up to three times and
 * never collected. Text from the network is escaped and made visible, and a content security policy stands behind that.
 */
export const renderHtml: Format = (report, options) => renderHtmlWith(report, options, {});
