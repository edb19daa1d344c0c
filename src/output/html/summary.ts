import type { Group, ReportSource } from '../../model/report.ts';
import { SHOWN_VERDICTS, SHOWN_WORDS, type ShownVerdict, shownCounts } from '../../model/shown-verdict.ts';
import { counted } from '../../text/counts.ts';
import { durationWords } from '../../text/duration.ts';
import { minuteWords, WHERE_WORDS } from '../report-words.ts';
import type { LoneRule, SharedRemedy, SubnetCounts, Survey } from '../survey.ts';
import { html, type Markup } from './markup.ts';
import { commandBlocks } from './remedy.ts';
import { sign } from './verdict.ts';

/** How many prefixes of a finding stand in the open; the others unfold. */
const PREFIXES = 12;
/** The same for subnets. */
const SUBNETS = 32;

const leadOf = (
  { blocked, hosts, ready, clearSoFar }: ReportSource['summary'],
  underway: number | undefined,
): string => {
  if (hosts === 0) return underway === undefined ? 'No host was probed.' : 'No host is judged yet.';
  if (blocked > 0)
    return `An offer of Remote Assistance would fail on ${blocked} of ${counted(hosts, 'host')}.`;
  if (ready === hosts)
    return `No obstacle found on the network: ${counted(hosts, 'host')} ready for an offer of Remote Assistance.`;
  const open = hosts - ready - clearSoFar;
  const parts = [
    ...(clearSoFar > 0 ? [`${clearSoFar} of ${counted(hosts, 'host')} clear so far`] : []),
    ...(open > 0 ? [`${open} of ${counted(hosts, 'host')} could not be judged`] : []),
  ];
  return `No host is known to be blocked; ${parts.join(', ')}.`;
};

/** What the reader must know before any number; `underway` as in PageHistory. */
const stateWords = ({ run, summary }: ReportSource, underway: number | undefined): Markup | null => {
  if (underway !== undefined)
    return html`<p class="lead underway"><strong>This audit is still running: ${summary.hosts} of ${counted(underway, 'host')} judged.</strong> Load the page again for more.</p>\n`;
  if (run.running)
    return html`<p class="lead underway"><strong>This audit is still running: these are the results so far.</strong></p>\n`;
  return run.interrupted
    ? html`<p class="lead">The run was interrupted: these are the results up to then.</p>\n`
    : null;
};

/** Headline, one sentence, and the facts of the run. `underway` as in PageHistory. */
export const headSection = (report: ReportSource, underway?: number): Markup => {
  const { run, summary } = report;
  const facts: readonly (readonly [string, string | number])[] = [
    ['Started', minuteWords(run.startedAt)],
    ['Took', durationWords(run.durationMs)],
    ['Probed from', run.vantage],
    ['Engine', `${run.engine} (${run.engineWhy})`],
    ["Novices' Windows", run.novice],
    ['Probes sent', run.probesSent],
    ['Run', run.id],
    ['Seed', run.seed],
  ];
  return html`<header>
<h1>Remote Assistance pre-flight</h1>
<p class="lead">${leadOf(summary, underway)}</p>
${stateWords(report, underway)}<dl class="facts">
${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>
</header>
`;
};

const bar = (summary: ReportSource['summary']): Markup => {
  let x = 0;
  const counts = shownCounts(summary);
  const rects = SHOWN_VERDICTS.filter((verdict) => counts[verdict] > 0).map((verdict) => {
    const width = (1000 * counts[verdict]) / summary.hosts;
    const rect = html`<rect class="${verdict}" x="${x.toFixed(2)}" width="${width.toFixed(2)}" height="10"/>`;
    x += width;
    return rect;
  });
  return html`<svg class="bar" viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">${rects}</svg>`;
};

/** Hosts by verdict, in numbers and as one bar. */
export const countsSection = ({ summary }: ReportSource): Markup => {
  const counts = shownCounts(summary);
  return html`<section aria-labelledby="summary">
<h2 id="summary">Summary</h2>
<ul class="counts">
${SHOWN_VERDICTS.map((verdict) => html`<li class="${verdict}"><strong>${counts[verdict]}</strong>${sign(verdict)} ${SHOWN_WORDS[verdict]}</li>\n`)}</ul>
${summary.hosts > 0 ? bar(summary) : null}
</section>
`;
};

const finding = (group: Group): Markup => {
  const { text, hosts, prefixes, signature, commands } = group;
  const shown = prefixes.slice(0, PREFIXES).join(', ');
  const rest = prefixes.slice(PREFIXES);
  return html`<li><p>${text}</p>
<p class="soft">${counted(hosts, 'host')}${shown ? `: ${shown}` : null} <code>${signature}</code></p>${
    rest.length > 0
      ? html`<details><summary>${rest.length} more prefixes</summary><p>${rest.map((prefix, i) => [i > 0 ? ', ' : null, prefix])}</p></details>`
      : null
  }${
    commands.length > 0
      ? html`<details><summary>Rules that open it</summary>${commandBlocks(group)}</details>`
      : null
  }</li>
`;
};

/** One entry for each group of hosts that share a cause. */
export const findingsSection = function* (groups: readonly Group[]): Iterable<Markup> {
  if (groups.length === 0) return;
  yield html`<section aria-labelledby="findings">
<h2 id="findings">Findings</h2>
<ol class="findings">
`;
  for (const group of groups) yield finding(group);
  yield html`</ol>\n</section>\n`;
};

const number = (counts: SubnetCounts, verdict: ShownVerdict): Markup => {
  const mark = verdict === 'blocked' && counts.blocked > 0 ? ' some-blocked' : null;
  return html`<td class="number${mark}">${counts[verdict]}</td>`;
};

const subnetRow = (counts: SubnetCounts): Markup =>
  html`<tr><th scope="row">${counts.subnet?.text ?? 'no address'}</th><td class="number">${counts.hosts}</td>${SHOWN_VERDICTS.map((verdict) => number(counts, verdict))}</tr>\n`;

const silentFold = (silent: readonly SubnetCounts[]): Markup => {
  const hosts = silent.reduce((sum, one) => sum + one.hosts, 0);
  const list = silent.map((one, i) => [
    i > 0 ? ', ' : null,
    `${one.subnet?.text ?? 'no address'} (${one.hosts})`,
  ]);
  return html`<details><summary>Nothing answered in ${counted(silent.length, 'more subnet')} (${counted(hosts, 'host')})</summary><p>${list}</p></details>\n`;
};

const subnetTable = function* (subnets: readonly SubnetCounts[]): Iterable<Markup> {
  const heads = ['Hosts', 'Ready', 'Clear so far', 'Blocked', 'Undetermined', 'Unreachable'];
  yield html`<div class="scroll" role="region" aria-labelledby="subnets" tabindex="0"><table class="subnets">
<thead><tr><th scope="col">Subnet</th>${heads.map((head) => html`<th scope="col" class="number">${head}</th>`)}</tr></thead>
<tbody>
`;
  for (const counts of subnets) yield subnetRow(counts);
  yield html`</tbody></table></div>\n`;
};

/** A row for each subnet, the worst first; many, and those in which nothing answered, are folded away. */
export const subnetsSection = function* ({ subnets, silent }: Survey): Iterable<Markup> {
  yield html`<section aria-labelledby="subnets">
<h2 id="subnets">By subnet</h2>
`;
  if (subnets.length > 0) yield* subnetTable(subnets.slice(0, SUBNETS));
  if (subnets.length > SUBNETS) {
    yield html`<details class="paper-open"><summary>${counted(subnets.length - SUBNETS, 'more subnet')}</summary>\n`;
    yield* subnetTable(subnets.slice(SUBNETS));
    yield html`</details>\n`;
  }
  if (silent.length > 0) yield silentFold(silent);
  yield html`</section>\n`;
};

/** Why hosts are blocked that share no finding. */
export const loneSection = (rules: readonly LoneRule[]): Markup | null =>
  rules.length === 0
    ? null
    : html`<section aria-labelledby="lone">
<h2 id="lone">Blocked, but not by a shared filter</h2>
<ul>
${rules.map(({ hosts, rule, example, text }) => html`<li>${counted(hosts, 'host')} <code>${rule}</code>, for example ${example}: ${text}</li>\n`)}</ul>
</section>
`;

const sharedRemedy = ({ remedy, hosts, example, same }: SharedRemedy): Markup =>
  html`<li><strong>${remedy.title}</strong> <span class="soft">(${WHERE_WORDS[remedy.where]}; ${counted(hosts, 'host')})</span>
<p>${same ? null : `For ${example}: `}${remedy.text}</p>${commandBlocks(remedy)}</li>
`;

/** What the blocked hosts ask for, each remedy once. */
export const remediesSection = (remedies: readonly SharedRemedy[]): Markup | null =>
  remedies.length === 0
    ? null
    : html`<section aria-labelledby="remedies">
<h2 id="remedies">What to do</h2>
<ol class="remedies">
${remedies.map(sharedRemedy)}</ol>
</section>
`;
