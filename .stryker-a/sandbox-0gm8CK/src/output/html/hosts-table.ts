import type { HostReport, ReportSource } from '../../model/report.ts';
import { forEachRequirement, portOf, REQUIREMENTS } from '../../model/requirement.ts';
import { SHOWN_VERDICTS, SHOWN_WORDS, shownCounts, shownVerdict } from '../../model/shown-verdict.ts';
import { counted } from '../../text/counts.ts';
import { REQUIREMENT_TITLES } from '../report-words.ts';
import { hostTree, reasonOf } from './host.ts';
import { Interner } from './intern.ts';
import { html, type Markup, trusted } from './markup.ts';
import type { PageLinks } from './page-links.ts';

/** Hosts that the table of a page holds. Two /16; a browser with more would be slow, and the file too large to send. */
export const MOST_LISTED = 131_072;

/** Whether a host asks for somebody's attention. */
export const needsAttention = (host: HostReport): boolean => {
  const verdict = shownVerdict(host);
  return verdict === 'blocked' || verdict === 'undetermined';
};

/** The hosts of the table: all, or of very many those that need attention, with null for each of the others. */
const listed = function* ({ hosts, summary }: ReportSource): Iterable<HostReport | null> {
  let left = MOST_LISTED;
  for (const host of hosts) {
    const isListed = summary.hosts <= MOST_LISTED || needsAttention(host);
    if (isListed && left-- === 0) return;
    yield isListed ? host : null;
  }
};

const column = (id: string, title: string, kind = ''): Markup =>
  html`<th scope="col" class="${id}${kind}" aria-sort="none"><button type="button" data-sort="${id}">${title}</button></th>`;

const SHORT = forEachRequirement((name) => String(portOf(name) ?? 'RPC'));

const controls = (summary: ReportSource['summary']): Markup => {
  const counts = shownCounts(summary);
  return html`<form class="controls" role="search" aria-labelledby="hosts">
<label class="query">Search <input type="search" id="query" autocomplete="off" spellcheck="false" placeholder="name, address, verdict, reason"></label>
<label>Verdict <select id="verdict"><option value="">all</option>${SHOWN_VERDICTS.filter((verdict) => counts[verdict] > 0).map((verdict) => html`<option value="${verdict}">${SHOWN_WORDS[verdict]} (${counts[verdict]})</option>`)}</select></label>
<label>Subnet <select id="net"><option value="">all</option></select></label>
<button type="button" id="clear">Show all</button>
</form>
<p role="status" id="count" class="soft"></p>
`;
};

/**
 * The table of hosts that the script of the page fills: search, filters, sorting, details on demand. Hidden until the script
 * runs and on paper, where the static part stands for it. `runsOf` gives the verdicts of a host run by run, in letters.
 */
export const liveTable = function* (
  report: ReportSource,
  runsOf: (target: string) => string,
  hasRuns: boolean,
  site?: PageLinks,
): Iterable<Markup | null> {
  const { summary } = report;
  yield html`<div class="live" id="live"${site ? html` data-host="${site.hostHref}"` : null} hidden>
${controls(summary)}${
  summary.hosts > MOST_LISTED
    ? html`<p class="soft">Of ${counted(summary.hosts, 'host')}, those that are blocked or undetermined are listed, ${MOST_LISTED} at most. The machine-readable formats contain all hosts.</p>\n`
    : null
}<div class="viewport" id="viewport"><table id="list" aria-labelledby="hosts"><thead><tr>${column('name', 'Host')}${column('address', 'Address')}${column('status', 'Verdict')}${REQUIREMENTS.map((name) => html`<th scope="col" class="need" aria-sort="none"><button type="button" data-sort="${name}" aria-label="${REQUIREMENT_TITLES[name]}">${SHORT[name]}</button></th>`)}${hasRuns ? html`<th scope="col" class="runs">Runs</th>` : null}${column('reason', 'Why')}</tr></thead><tbody></tbody></table></div>
<p class="soft keys">Arrow keys, Page Up, Page Down, Home and End move in the table; Enter opens a host, Escape closes it.</p>
<dialog id="host" aria-labelledby="host-name"><header><h3 id="host-name" tabindex="-1"></h3><button type="button" id="close">Close</button></header><div id="host-body"></div></dialog>
</div>
<script type="application/json" id="data">[`;
  const interner = new Interner();
  let first = true;
  for (const host of listed(report)) {
    if (host === null) {
      yield null;
      continue;
    }
    const runs = runsOf(host.target);
    yield trusted(`${first ? '' : ','}\n${interner.line(host, reasonOf(host), hostTree(host, runs), runs)}`);
    first = false;
  }
  yield html`\n]</script>\n`;
};
