import type { RunEntry } from '../../model/history.ts';
import { shownCounts, shownCountsWords } from '../../model/shown-verdict.ts';
import type { Markup, ScheduleStatus, Schedules, Theme } from '../dashboard.ts';
import { scheduleHref } from '../routes.ts';
import { framed } from './page-frame.ts';
import { RELOAD, runsTable } from './runs-page.ts';

/** How a schedule stands, as a class and in words. */
const statusWords = (
  { running, overdueSince, last, isConfigured }: ScheduleStatus,
  { minuteWords }: Theme,
): readonly [kind: string, words: string] => {
  if (running) return ['running', `running, ${running.summary.hosts} of ${running.hosts} hosts`];
  if (overdueSince !== null) return ['overdue', `overdue since ${minuteWords(overdueSince)}`];
  if (!isConfigured) return ['gone', 'not in the configuration'];
  if (!last) return ['waiting', 'never ran'];
  return last.state === 'finished' ? ['waiting', 'waiting'] : ['interrupted', 'last run interrupted'];
};

const statusMark = (one: ScheduleStatus, look: Theme): Markup => {
  const [kind, words] = statusWords(one, look);
  return look.html`<span class="run-state ${kind}">${words}</span>`;
};

const lastCell = (last: RunEntry | null, { html, minuteWords }: Theme): Markup => {
  if (!last) return html`<span class="soft">none</span>`;
  const counts = shownCountsWords(shownCounts(last.summary));
  return html`<a href="/runs/${last.id}">${minuteWords(last.startedAt)}</a><br><span class="soft">${counts || 'no host judged'}</span>`;
};

const nextCell = ({ next }: ScheduleStatus, { html, minuteWords }: Theme): Markup =>
  next[0] === undefined ? html`<span class="soft">none</span>` : html`${minuteWords(next[0])}`;

const table = (schedules: readonly ScheduleStatus[], look: Theme): Markup => {
  const { html } = look;
  return html`<div class="scroll" role="region" aria-labelledby="title" tabindex="0"><table class="runs schedules">
<thead><tr>${['Schedule', 'When', 'State', 'Next run', 'Last run'].map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>
${schedules.map((one) => html`<tr><th scope="row"><a href="${scheduleHref(one.name)}">${one.name}</a></th><td data-head="when">${one.words}</td><td data-head="state">${statusMark(one, look)}</td><td data-head="next run">${nextCell(one, look)}</td><td data-head="last run">${lastCell(one.last, look)}</td></tr>\n`)}</tbody></table></div>
`;
};

const HINT =
  'Schedules are [[schedule]] tables in the configuration; ra-preflight schedule run, or an external scheduler, runs them. ra-preflight serve --config FILE names the configuration.';

const troubleLine = ({ isBroken }: Schedules, { html }: Theme): Markup | null =>
  isBroken
    ? html`<p class="trouble" role="alert">The configuration cannot be read, so it is not known what is due. See the server's own output for details.</p>\n`
    : null;

/** All schedules: those of the configuration and those that runs of the history belong to. */
export const schedulesPage = (look: Theme, known: Schedules, signOut: boolean): Markup => {
  const { html } = look;
  return framed(look, {
    title: 'Schedules',
    signOut,
    live: false,
    reload: null,
    body: html`<h1 id="title">Schedules</h1>
${troubleLine(known, look)}${
  known.schedules.length === 0
    ? html`<p class="lead">No schedule is known.</p>\n<p>${HINT}</p>\n`
    : table(known.schedules, look)
}`,
  });
};

/** One schedule: when it runs, how it stands, and what became of its last runs. */
export const schedulePage = (
  look: Theme,
  known: Schedules,
  one: ScheduleStatus,
  runs: readonly RunEntry[],
  signOut: boolean,
): Markup => {
  const { html, minuteWords } = look;
  const facts: readonly (readonly [string, Markup])[] = [
    ['State', statusMark(one, look)],
    ['When', html`${one.words || 'unknown'}`],
    [
      'Next runs',
      one.next.length === 0
        ? html`none`
        : html`${one.next.map((time, i) => [i > 0 ? html`<br>` : null, minuteWords(time)])}`,
    ],
    ['Targets', html`${one.targets.join(', ') || 'unknown'}`],
  ];
  return framed(look, {
    title: `Schedule ${one.name}`,
    signOut,
    live: true,
    reload: one.running ? RELOAD : null,
    body: html`<h1 id="title">Schedule ${one.name}</h1>
${troubleLine(known, look)}<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${
  one.overdueSince === null
    ? null
    : html`<p class="trouble">No run has started since it was due. Is ra-preflight schedule run, or the timer that calls schedule once, still active?</p>\n`
}<h2>Last runs</h2>
<p class="soft" id="live" role="status"></p>
<div id="runs">
${runs.length === 0 ? html`<p>It has not run yet.</p>\n` : runsTable(runs, runs.length, look)}</div>
`,
  });
};
