import { scaleBand, scaleLinear, scalePoint } from 'd3-scale';
import { line, stack } from 'd3-shape';
import { REQUIREMENTS, type RequirementName } from '../../model/evidence.ts';
import { CHANGE_KINDS, type ChangeKind, type RunDiff } from '../../model/history.ts';
import { SHOWN_VERDICTS, SHOWN_WORDS, type ShownVerdict, shownCounts } from '../../model/shown-verdict.ts';
import { counted } from '../../text/counts.ts';
import {
  type Fold,
  foldsOf,
  LISTED,
  type Listed,
  nothingWords,
  remarksOn,
  SUBNETS,
  uncertainWords,
} from '../diff-parts.ts';
import { hostName, minuteWords, REQUIREMENT_TITLES } from '../report-words.ts';
import { html, type Markup } from './markup.ts';
import { hostLink, type PageLinks } from './page-links.ts';
import { type Availability, type FlappingHost, lettersOf, type RunRead, type TrendRead } from './trend.ts';
import { historySigns } from './verdict.ts';

const KIND_TITLES: Readonly<Record<ChangeKind, string>> = {
  'newly-blocked': 'Newly blocked',
  mended: 'Fixed',
  appeared: 'Appeared',
  gone: 'Gone',
  'changed-cause': 'Blocked by something else',
};

/** Changes of a kind, or hosts that go to and fro: so many stand in the open, so many are named at all. */
const [OPEN, NAMED] = [12, 500];

const hostItem = (host: Listed, site: PageLinks | undefined): Markup =>
  html`<li><strong>${hostLink(hostName(host), host.target, site)}</strong><br>${host.text}</li>\n`;

const hostItems = (hosts: readonly Listed[], site: PageLinks | undefined): Markup => html`<ul class="changes">
${hosts.map((host) => hostItem(host, site))}</ul>`;

/** A subnet with its hosts behind what they have in common, as one example. */
const foldItem = ({ where, example, hosts }: Fold, site: PageLinks | undefined): Markup => {
  const left = hosts.length - NAMED;
  return html`<li><details><summary><strong>${where}</strong> <span class="soft">${counted(hosts.length, 'host')}, for example</span> ${example.text}</summary>${hostItems(hosts.slice(0, NAMED), site)}${left > 0 ? html`<p class="soft">And ${left} more, not shown.</p>` : null}</details></li>\n`;
};

const foldList = (hosts: readonly Listed[], site: PageLinks | undefined): Markup => {
  const folds = foldsOf(hosts);
  const [open, folded] = [folds.slice(0, SUBNETS), folds.slice(SUBNETS, NAMED)];
  const left = folds.length - open.length - folded.length;
  const items = (some: readonly Fold[]): Markup =>
    html`<ul class="folds">\n${some.map((fold) => foldItem(fold, site))}</ul>\n`;
  return html`${items(open)}${
    folded.length > 0
      ? html`<details><summary>${counted(folded.length, 'more subnet')}</summary>${items(folded)}${left > 0 ? html`<p class="soft">And ${counted(left, 'more subnet')}, not shown.</p>` : null}</details>\n`
      : null
  }`;
};

/** Few hosts of a kind one by one, many by subnet, as `diff` lists them. */
const hostList = (title: string, hosts: readonly Listed[], site: PageLinks | undefined): Markup | null => {
  if (hosts.length === 0) return null;
  const head = html`<h3>${title} <span class="soft">${hosts.length}</span></h3>\n`;
  if (hosts.length > LISTED) return html`${head}${foldList(hosts, site)}`;
  const [open, folded] = [hosts.slice(0, OPEN), hosts.slice(OPEN)];
  return html`${head}${hostItems(open, site)}${
    folded.length > 0
      ? html`<details><summary>${folded.length} more</summary>${hostItems(folded, site)}</details>\n`
      : null
  }`;
};

/** What changed from one run to another, under `heading`. */
export const diffSection = function* (
  diff: RunDiff,
  heading: string,
  site?: PageLinks,
): Iterable<Markup | null> {
  const { before, changes, summary } = diff;
  yield html`<section aria-labelledby="changes">
<h2 id="changes">${heading}</h2>
<p>${nothingWords(diff) ?? counted(changes.length, 'change')} since ${minuteWords(before.startedAt)}: ${summary.same - summary.uncertain} of ${counted(summary.compared, 'host')} in both runs ${summary.same - summary.uncertain === 1 ? 'is' : 'are'} unchanged${uncertainWords(diff)}.</p>
${remarksOn(diff).map((remark) => html`<p>${remark}</p>\n`)}`;
  for (const kind of CHANGE_KINDS)
    yield hostList(
      KIND_TITLES[kind],
      changes.filter((change) => change.kind === kind),
      site,
    );
  yield hostList('Uncertain', diff.uncertain, site);
  yield html`</section>\n`;
};

/** Pictures stretch to the width of the page; words stand beside them, in the size of all words. */
const [WIDTH, HEIGHT] = [1000, 160];
/** From below to above. Trouble stands on the ground, where heights can be compared. */
const LAYERS: readonly ShownVerdict[] = ['blocked', 'undetermined', 'clear-so-far', 'ready', 'unreachable'];

const dayOf = (run: RunRead | undefined): string => (run ? minuteWords(run.startedAt) : '');

const countsPicture = (runs: readonly RunRead[]): Markup => {
  const most = Math.max(0, ...runs.map(({ summary }) => summary.hosts));
  const x = scaleBand(
    runs.map((_, i) => i),
    [0, WIDTH],
  )
    .paddingInner(0.15)
    .paddingOuter(0.05);
  const y = scaleLinear([0, Math.max(most, 1)], [HEIGHT, 0]);
  const layers = stack<unknown, RunRead, ShownVerdict>()
    .keys(LAYERS)
    .value(({ summary }, verdict) => shownCounts(summary)[verdict])(runs);
  const bars = layers.map((layer) =>
    layer.map(([from, to], i) =>
      to > from
        ? html`<rect class="${layer.key}" x="${(x(i) ?? 0).toFixed(1)}" y="${y(to).toFixed(1)}" width="${x.bandwidth().toFixed(1)}" height="${(y(from) - y(to)).toFixed(1)}"/>`
        : null,
    ),
  );
  return html`<figure class="timeline"><div class="plot"><div class="ticks" aria-hidden="true"><span>${most}</span><span>0</span></div><svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" role="img" aria-labelledby="timeline-words">${bars}</svg></div>
<div class="axis" aria-hidden="true"><span>${dayOf(runs[0])}</span><span>${dayOf(runs.at(-1))}</span></div>
<figcaption id="timeline-words">Hosts by verdict in ${counted(runs.length, 'run')}, from below: ${LAYERS.map((verdict, i) => [i > 0 ? ', ' : null, html`<span class="word ${verdict}">${SHOWN_WORDS[verdict]}</span>`])}.</figcaption></figure>
`;
};

const shareWords = ({ pass, known }: Availability): string =>
  known === 0 ? 'unknown' : `${((100 * pass) / known).toFixed(1)} %`;

const availabilityPicture = (runs: readonly RunRead[], name: RequirementName): Markup => {
  const x = scalePoint(
    runs.map((_, i) => i),
    [0, WIDTH],
  ).padding(0.1);
  const y = scaleLinear([0, 1], [96, 4]);
  const path = line<RunRead>()
    .defined(({ availability }) => availability[name].known > 0)
    .x((_, i) => Math.round(x(i) ?? 0))
    .y(({ availability }) => Number(y(availability[name].pass / availability[name].known).toFixed(1)))(runs);
  const last = runs.at(-1);
  return html`<li><h4>${REQUIREMENT_TITLES[name]}</h4><p><strong>${last ? shareWords(last.availability[name]) : null}</strong> <span class="soft">in the last run</span></p><svg viewBox="0 0 ${WIDTH} 100" preserveAspectRatio="none" aria-hidden="true" focusable="false"><path class="guide" d="M0 4H1000M0 96H1000"/><path class="line" d="${path ?? ''}"/></svg></li>
`;
};

const runsTable = (
  runs: readonly RunRead[],
): Markup => html`<details class="paper-open"><summary>The numbers of each run</summary><div class="scroll" role="region" aria-labelledby="trend" tabindex="0"><table><thead><tr><th scope="col">Run</th>${SHOWN_VERDICTS.map((verdict) => html`<th scope="col" class="number">${SHOWN_WORDS[verdict]}</th>`)}${REQUIREMENTS.map((name) => html`<th scope="col" class="number">${REQUIREMENT_TITLES[name]}</th>`)}</tr></thead><tbody>
${runs.toReversed().map((run) => html`<tr><th scope="row">${minuteWords(run.startedAt)}</th>${SHOWN_VERDICTS.map((verdict) => html`<td class="number">${shownCounts(run.summary)[verdict]}</td>`)}${REQUIREMENTS.map((name) => html`<td class="number">${shareWords(run.availability[name])}</td>`)}</tr>\n`)}</tbody></table></div></details>
`;

/** How the runs went: verdicts and availability of each requirement as pictures, with their numbers in a table. */
export const trendSection = ({ runs }: TrendRead): Markup | null =>
  runs.length < 2
    ? null
    : html`<section aria-labelledby="trend">
<h2 id="trend">Trend</h2>
${countsPicture(runs)}<h3>Availability</h3>
<p class="soft">Share of hosts that pass, of those with a known result. Lines: 0 % and 100 %.</p>
<ul class="spark">
${REQUIREMENTS.map((name) => availabilityPicture(runs, name))}</ul>
${runsTable(runs)}</section>
`;

const flappingRow = (host: FlappingHost, site: PageLinks | undefined): Markup =>
  html`<tr><th scope="row">${hostLink(hostName(host), host.target, site)}</th><td class="number">${host.changes}</td><td class="runs">${historySigns(lettersOf(host))}</td></tr>\n`;

const flappingTable = (
  hosts: readonly FlappingHost[],
  site: PageLinks | undefined,
): Markup => html`<div class="scroll" role="region" aria-labelledby="flapping" tabindex="0"><table class="flapping"><thead><tr><th scope="col">Host</th><th scope="col" class="number">Changes</th><th scope="col">Runs (newest on the right)</th></tr></thead><tbody>
${hosts.map((host) => flappingRow(host, site))}</tbody></table></div>
`;

/** Hosts that went to and fro: where a cause comes and goes, like a laptop, a policy or a path that alternates. */
export const flappingSection = (hosts: readonly FlappingHost[], site?: PageLinks): Markup | null => {
  if (hosts.length === 0) return null;
  const [open, folded] = [hosts.slice(0, OPEN), hosts.slice(OPEN, NAMED)];
  const left = hosts.length - open.length - folded.length;
  return html`<section aria-labelledby="flapping">
<h2 id="flapping">Flapping hosts</h2>
<p class="soft">✓ ready, ○ clear so far, ✕ blocked, ? undetermined, – unreachable, · not probed</p>
${flappingTable(open, site)}${
  folded.length > 0
    ? html`<details><summary>${folded.length} more</summary>${flappingTable(folded, site)}</details>\n`
    : null
}${left > 0 ? html`<p class="soft">And ${left} more, not shown.</p>` : null}</section>
`;
};
