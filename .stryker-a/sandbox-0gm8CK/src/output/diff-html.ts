import type { RunDiff, RunEntry } from '../model/history.ts';
import { diffSection } from './html/history.ts';
import { html, type Markup } from './html/markup.ts';
import { headOf } from './html/page-head.ts';
import { type PageLinks, siteNavigation } from './html/page-links.ts';
import { minuteWords } from './report-words.ts';

const runWords = ({ id, startedAt }: RunEntry, site: PageLinks | undefined): Markup => {
  const time = minuteWords(startedAt);
  return site ? html`<a href="${site.runHref(id)}">${time}</a>` : html`${time}`;
};

/** Two runs compared, as one HTML page that runs no script. Text from the network is escaped. `site`: the pages around it. */
export const renderDiffHtml = function* (diff: RunDiff, site?: PageLinks): Iterable<string> {
  const { before, after } = diff;
  yield html`${headOf('Remote Assistance pre-flight: what changed')}${siteNavigation(site)}<header>
<h1>What changed</h1>
<p class="lead">From ${runWords(before, site)} to ${runWords(after, site)}</p>
</header>
<main>
`.text;
  for (const part of diffSection(diff, 'Changes', site)) if (part) yield part.text;
  yield '</main>\n</body>\n</html>\n';
};
