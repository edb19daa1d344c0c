import type { RunEntry } from '../../model/history.ts';
import { SHOWN_VERDICTS, SHOWN_WORDS, shownCounts } from '../../model/shown-verdict.ts';
import type { Child, Markup, Theme } from '../dashboard.ts';
import { RUNS_PER_PAGE, scheduleHref } from '../routes.ts';
import { hostForm } from './host-runs-page.ts';
import { framed } from './page-frame.ts';

/** Targets that are named of one run, and how much of each, characters. */
const TARGETS = 3;
const TARGET_LENGTH = 60;

/** Without a script the page of a running audit loads itself again after this long, seconds. */
export const RELOAD = 15;

const short = (text: string): string => {
  const chars = [...text];
  return chars.length > TARGET_LENGTH ? `${chars.slice(0, TARGET_LENGTH - 1).join('')}…` : text;
};

const targetsCell = ({ targets }: RunEntry, { html }: Theme): Markup =>
  html`${targets.slice(0, TARGETS).map((target, i) => [i > 0 ? ', ' : null, short(target)])}${
    targets.length > TARGETS ? html` <span class="soft">and ${targets.length - TARGETS} more</span>` : null
  }`;

/** `256`, or `100 of 256` when not all were judged, with a bar while it goes on. */
const hostsCell = ({ id, state, hosts, summary }: RunEntry, { html }: Theme): Markup =>
  state !== 'running' && summary.hosts === hosts
    ? html`${hosts}`
    : html`<span data-of="done">${summary.hosts}</span> of ${hosts}${
        state === 'running'
          ? html`<progress max="${Math.max(hosts, 1)}" value="${summary.hosts}" aria-label="Progress of ${id}"></progress>`
          : null
      }`;

/** The previous audit of the same targets: of the same schedule, else of the same targets. */
const earlierOf = (run: RunEntry, older: readonly RunEntry[]): RunEntry | undefined => {
  const same = JSON.stringify(run.targets);
  return older.find(
    (one) =>
      one.state === 'finished' &&
      (run.schedule === undefined ? JSON.stringify(one.targets) === same : one.schedule === run.schedule),
  );
};

const links = (run: RunEntry, older: readonly RunEntry[], { html }: Theme): Markup => {
  const { id } = run;
  const earlier = run.state === 'running' ? undefined : earlierOf(run, older);
  const link = (to: string, text: string): Child =>
    html`<li><a href="${to}" aria-label="${text} of ${id}">${text}</a></li>`;
  return html`<ul class="links">${[
    link(`/runs/${id}`, 'Report'),
    link(`/runs/${id}/hosts`, 'Hosts'),
    earlier ? link(`/diff/${earlier.id}/${id}`, 'Changes') : null,
    link(`/runs/${id}.json`, 'JSON'),
    link(`/runs/${id}.ndjson`, 'NDJSON'),
    link(`/runs/${id}.csv`, 'CSV'),
  ]}</ul>`;
};

const row = (run: RunEntry, older: readonly RunEntry[], look: Theme): Markup => {
  const { html, minuteWords, durationWords } = look;
  const { id, state, startedAt, schedule, summary, durationMs } = run;
  const counts = shownCounts(summary);
  const marks = SHOWN_VERDICTS.map((verdict) => {
    const alarm = verdict === 'blocked' && summary.blocked > 0 ? ' some-blocked' : null;
    return html`<td class="number${alarm}" data-head="${SHOWN_WORDS[verdict]}"><span data-of="${verdict}">${counts[verdict]}</span></td>`;
  });
  return html`<tr id="run-${id}" data-state="${state}">
<th scope="row"><a href="/runs/${id}">${minuteWords(startedAt)}</a> <span class="run-state ${state}">${state}</span><code class="id">${id}</code></th>
<td data-head="targets">${targetsCell(run, look)}${schedule === undefined ? null : html`<span class="schedule">schedule <a href="${scheduleHref(schedule)}">${schedule}</a></span>`}${links(run, older, look)}</td>
<td class="number" data-head="hosts">${hostsCell(run, look)}</td>${marks}
<td class="number" data-head="took"><span data-of="took">${durationWords(durationMs)}</span></td></tr>
`;
};

/** A table of runs, newest first, of which the first `shown` are rows; those behind are compared with. */
export const runsTable = (runs: readonly RunEntry[], shown: number, look: Theme): Markup => {
  const { html } = look;
  const numbers = ['Hosts', 'Ready', 'Clear so far', 'Blocked', 'Undetermined', 'Unreachable', 'Took'];
  return html`<div class="scroll" role="region" aria-labelledby="title" tabindex="0"><table class="runs">
<thead><tr><th scope="col">Started</th><th scope="col">Targets</th>${numbers.map((head) => html`<th scope="col" class="number">${head}</th>`)}</tr></thead>
<tbody>
${runs.slice(0, shown).map((run, i) => row(run, runs.slice(i + 1), look))}</tbody></table></div>
`;
};

const pager = (offset: number, more: boolean, { html }: Theme): Markup | null => {
  if (offset === 0 && !more) return null;
  const newer = Math.max(0, offset - RUNS_PER_PAGE);
  return html`<nav class="pager" aria-label="Pages">${
    offset > 0 ? html`<a href="/${newer > 0 ? `?offset=${newer}` : null}" rel="prev">Newer</a> ` : null
  }${more ? html`<a href="/?offset=${offset + RUNS_PER_PAGE}" rel="next">Older</a>` : null}</nav>\n`;
};

const nothing = (offset: number, { html }: Theme): Markup =>
  offset > 0
    ? html`<p>No older audits.</p>\n`
    : html`<p class="lead">No audit is recorded yet.</p>
<p>An audit probes the hosts of subnets and lists and records the results. Start one and it appears here while it runs:</p>
<pre><code>ra-preflight audit 10.1.2.0/24</code></pre>
<p class="soft">With --db FILE, audit and serve must name the same file. A check of single hosts is not recorded.</p>
`;

/** The list of audits from number `offset` on. `runs` may be one longer than a page, which says that there are more. */
export const runsPage = (
  look: Theme,
  runs: readonly RunEntry[],
  offset: number,
  signOut: boolean,
): Markup => {
  const { html } = look;
  const running = runs.some(({ state }) => state === 'running');
  return framed(look, {
    title: 'Remote Assistance pre-flight: audits',
    signOut,
    live: true,
    reload: running ? RELOAD : null,
    body: html`<h1 id="title">Audits</h1>
<p class="soft" id="live" role="status"></p>
<div id="runs" data-offset="${offset}">
${runs.length === 0 ? nothing(offset, look) : runsTable(runs, RUNS_PER_PAGE, look)}</div>
${offset === 0 && runs.length > 0 ? hostForm(look, '') : null}${pager(offset, runs.length > RUNS_PER_PAGE, look)}`,
  });
};
