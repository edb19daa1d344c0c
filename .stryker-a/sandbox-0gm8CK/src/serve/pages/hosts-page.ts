import type { RunEntry } from '../../model/history.ts';
import type { HostReport } from '../../model/report.ts';
import { SHOWN_VERDICTS, SHOWN_WORDS, verdictOf } from '../../model/shown-verdict.ts';
import type { HostLine, HostPlace, HostQuery, Markup, Theme } from '../dashboard.ts';
import { hostQueryText, hostRunsHref } from '../routes.ts';
import { framed } from './page-frame.ts';

const searchForm = (id: string, { verdict, search }: HostQuery, { html }: Theme): Markup =>
  html`<form class="search" role="search" action="/runs/${id}/hosts">
<label>Name or address <input type="search" name="search" value="${search}" maxlength="253" autocomplete="off" spellcheck="false"></label>
<label>Verdict <select name="verdict"><option value="">all</option>${SHOWN_VERDICTS.map(
    (one) =>
      html`<option value="${one}"${one === verdict ? html` selected` : null}>${SHOWN_WORDS[one]}</option>`,
  )}</select></label>
<button>Search</button>
</form>
`;

const why = ({ fails, why: text }: HostLine, { html }: Theme): Markup =>
  html`${fails.length > 0 ? html`<strong>${fails.join(', ')}:</strong> ` : null}${text}`;

const table = (id: string, lines: readonly HostLine[], look: Theme): Markup => {
  const { html, badge, hostName } = look;
  return html`<div class="rows hosts"><table><thead><tr><th scope="col" class="name">Host</th><th scope="col" class="narrow">Verdict</th><th scope="col">Why</th></tr></thead><tbody>
${lines.map((line) => html`<tr><th scope="row"><a href="/runs/${id}/hosts/${line.index}">${hostName(line)}</a></th><td>${badge(line.verdict)}${verdictOf(line.verdict) === 'undetermined' ? null : html`<br><span class="soft">${line.confidence}</span>`}</td><td>${why(line, look)}</td></tr>\n`)}</tbody></table></div>
`;
};

const pager = (id: string, query: HostQuery, lines: readonly HostLine[], { html }: Theme): Markup | null => {
  const last = lines.length >= query.limit ? lines.at(-1) : undefined;
  if (query.after === null && !last) return null;
  const to = (after: HostPlace | null) => `/runs/${id}/hosts${hostQueryText({ ...query, after })}`;
  return html`<nav class="pager" aria-label="Pages">${
    query.after === null ? null : html`<a href="${to(null)}">From the start</a> `
  }${last ? html`<a href="${to(last)}" rel="next">More hosts</a>` : null}</nav>\n`;
};

/** The hosts of a run that a query found, with a form to search for others. */
export const hostsPage = (
  look: Theme,
  run: RunEntry,
  query: HostQuery,
  lines: readonly HostLine[],
  signOut: boolean,
): Markup => {
  const { html, minuteWords } = look;
  return framed(look, {
    title: `Hosts of ${run.id}`,
    signOut,
    live: false,
    reload: null,
    body: html`<h1>Hosts</h1>
<p class="lead">Audit of ${minuteWords(run.startedAt)}, ${run.state}. <a href="/runs/${run.id}">Its report</a></p>
${searchForm(run.id, query, look)}${
  lines.length === 0 ? html`<p>No host was found.</p>\n` : table(run.id, lines, look)
}${pager(run.id, query, lines, look)}`,
  });
};

/** One host in full. */
export const hostPage = (
  look: Theme,
  run: RunEntry,
  host: HostReport,
  index: number,
  signOut: boolean,
): Markup => {
  const { html, minuteWords, hostName, hostDetails } = look;
  return framed(look, {
    title: `${hostName(host)} in ${run.id}`,
    signOut,
    live: false,
    reload: null,
    body: html`<h1>${hostName(host)}</h1>
<p class="lead">Audit of ${minuteWords(run.startedAt)}. <a href="/runs/${run.id}">Its report</a>, <a href="/runs/${run.id}/hosts">all its hosts</a>, <a href="${hostRunsHref(host.target)}">all runs of this host</a></p>
${hostDetails(host, index, true)}`,
  });
};
