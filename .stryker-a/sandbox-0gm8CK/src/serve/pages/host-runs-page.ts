import type { HostReport } from '../../model/report.ts';
import { noShownCounts, SHOWN_VERDICTS, SHOWN_WORDS, shownVerdict } from '../../model/shown-verdict.ts';
import type { HostRun, Markup, Theme } from '../dashboard.ts';
import { framed } from './page-frame.ts';

/** Reasons of a run that stand in the open. */
const REASONS = 3;

/** Runs after each other that said the same, newest first. */
type Stretch = readonly [HostRun, ...HostRun[]];

/** The reasons, those for what fails before all others. */
const reasonsOf = ({ because, requirements }: HostReport): readonly string[] => {
  const failing = new Set(requirements.flatMap(({ rule, state }) => (state === 'fail' ? [rule] : [])));
  return because
    .toSorted((a, b) => Number(failing.has(b.rule)) - Number(failing.has(a.rule)))
    .map(({ text }) => text);
};

const saidOf = ({ report }: HostRun): string =>
  JSON.stringify([shownVerdict(report), report.confidence, reasonsOf(report)]);

const stretchesOf = (runs: readonly HostRun[]): readonly Stretch[] => {
  const stretches: [HostRun, ...HostRun[]][] = [];
  for (const run of runs) {
    const last = stretches.at(-1);
    if (last && saidOf(last[0]) === saidOf(run)) last.push(run);
    else stretches.push([run]);
  }
  return stretches;
};

const linkOf = ({ run, index }: HostRun): string => `/runs/${run.id}/hosts/${index}`;

/** A mark for each run, the newest at the right: sign and height say the verdict, not the colour alone. */
const bar = (runs: readonly HostRun[], { html, sign, minuteWords }: Theme): Markup =>
  html`<ol class="beats" aria-label="Verdicts, the newest last">${runs.toReversed().map((one) => {
    const verdict = shownVerdict(one.report);
    const [time, word] = [minuteWords(one.run.startedAt), SHOWN_WORDS[verdict]];
    return html`<li><a class="beat badge ${verdict}" href="${linkOf(one)}" title="${time}: ${word}">${sign(verdict)}<span class="unseen">${time} ${word}</span></a></li>`;
  })}</ol>
`;

const countsWords = (runs: readonly HostRun[]): string => {
  const counts = noShownCounts();
  for (const { report } of runs) counts[shownVerdict(report)] += 1;
  return SHOWN_VERDICTS.filter((verdict) => counts[verdict] > 0)
    .map((verdict) => `${SHOWN_WORDS[verdict]} in ${counts[verdict]}`)
    .join(', ');
};

const timesOf = (stretch: Stretch, { html, minuteWords }: Theme): Markup => {
  const [newest] = stretch;
  const oldest = stretch.at(-1) ?? newest;
  const link = (one: HostRun): Markup => html`<a href="${linkOf(one)}">${minuteWords(one.run.startedAt)}</a>`;
  return stretch.length === 1
    ? html`${link(newest)}`
    : html`${link(newest)}<br><span class="soft">back to</span> ${link(oldest)}<br><span class="soft">${stretch.length} runs</span>`;
};

const row = (stretch: Stretch, look: Theme): Markup => {
  const { html, badge } = look;
  const [{ report, run }] = stretch;
  const reasons = reasonsOf(report);
  const item = (text: string): Markup => html`<li>${text}</li>`;
  const more = reasons.slice(REASONS);
  return html`<tr><th scope="row">${timesOf(stretch, look)}${run.state === 'finished' ? null : html` <span class="run-state ${run.state}">${run.state}</span>`}</th><td>${badge(shownVerdict(report))}${report.verdict === 'undetermined' ? null : html`<br><span class="soft">${report.confidence}</span>`}</td><td><ul class="reasons">${reasons.slice(0, REASONS).map(item)}</ul>${
    more.length > 0
      ? html`<details><summary>${more.length} more</summary><ul class="reasons">${more.map(item)}</ul></details>`
      : null
  }</td></tr>\n`;
};

const table = (runs: readonly HostRun[], look: Theme): Markup =>
  look.html`<div class="rows stretches"><table><thead><tr><th scope="col" class="when">Audit</th><th scope="col" class="narrow">Verdict</th><th scope="col">Why</th></tr></thead><tbody>
${stretchesOf(runs).map((stretch) => row(stretch, look))}</tbody></table></div>
`;

/** A form that asks for the page of a host. */
export const hostForm = ({ html }: Theme, target: string): Markup =>
  html`<form class="search" role="search" action="/host">
<label>One host across all audits <input type="search" name="target" value="${target}" maxlength="253" required autocomplete="off" spellcheck="false" placeholder="name or address"></label>
<button>Show its runs</button>
</form>
`;

/** What the newest runs said of one host, newest first. */
export const hostRunsPage = (
  look: Theme,
  target: string,
  runs: readonly HostRun[],
  signOut: boolean,
): Markup => {
  const { html, hostName } = look;
  const [newest] = runs;
  const name = newest ? hostName(newest.report) : target;
  return framed(look, {
    title: name || 'A host',
    signOut,
    live: false,
    reload: null,
    body: newest
      ? html`<h1>${name}</h1>
<p class="lead">The last ${runs.length === 1 ? 'audit' : `${runs.length} audits`} that probed it: ${countsWords(runs)}.</p>
${bar(runs, look)}${table(runs, look)}`
      : html`<h1>${target ? html`No audit has probed ${target}` : 'A host'}</h1>
<p class="lead">Hosts are recorded under the name or address as typed or listed.</p>
${hostForm(look, target)}`,
  });
};
