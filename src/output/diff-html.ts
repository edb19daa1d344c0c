import type { RunDiff } from '../model/history.ts';
import { headOf } from './html/head.ts';
import { diffSection } from './html/history.ts';
import { html } from './html/markup.ts';
import { minuteWords } from './words.ts';

/** Two runs compared, as one HTML page that needs nothing else and runs no script. Text from the network is escaped. */
export const renderDiffHtml = function* (diff: RunDiff): Iterable<string> {
  const { before, after } = diff;
  yield html`${headOf('Remote Assistance pre-flight: what changed')}<header>
<h1>What changed</h1>
<p class="lead">${minuteWords(before.startedAt)} to ${minuteWords(after.startedAt)}</p>
</header>
<main>
`.text;
  for (const part of diffSection(diff)) if (part) yield part.text;
  yield '</main>\n</body>\n</html>\n';
};
