import type { VantageCell, VantageComparison } from '../../model/vantages.ts';
import { html, type Markup } from './markup.ts';

/** Rows of the matrix in a page: more would not be read, and are in the json. */
const MOST_ROWS = 256;

const cellMarkup = ({ hosts, clear, blocked, undetermined, unreachable }: VantageCell): Markup => {
  if (hosts === 0) return html`<td>-</td>`;
  const words = [
    ...(blocked > 0 ? [`${blocked} blocked`] : []),
    ...(clear > 0 ? [`${clear} clear`] : []),
    ...(undetermined > 0 ? [`${undetermined} undetermined`] : []),
    ...(unreachable > 0 ? [`${unreachable} unreachable`] : []),
  ];
  return html`<td>${words.join(', ')}</td>`;
};

/** How the vantages of a fleet compare: on what they disagree, what each found, and subnet by vantage. */
export const vantagesSection = ({ vantages, matrix, findings }: VantageComparison): Markup => {
  const isSplit = (cells: readonly VantageCell[]): boolean =>
    cells.some(({ blocked }) => blocked > 0) && cells.some(({ clear }) => clear > 0);
  const rows = matrix.toSorted((a, b) => Number(isSplit(b.cells)) - Number(isSplit(a.cells)));
  const more = rows.length - MOST_ROWS;
  return html`<section aria-labelledby="vantages">
<h2 id="vantages">Vantages</h2>
${findings.length === 0 ? html`<p>All vantages agree, as far as they can tell.</p>` : html`<ol>${findings.map(({ text }) => html`<li>${text}</li>\n`)}</ol>`}
<div class="rows"><table>
<thead><tr><th scope="col">Vantage</th><th scope="col">Hosts</th><th scope="col">Ready</th><th scope="col">Clear so far</th><th scope="col">Blocked</th><th scope="col">Undetermined</th><th scope="col">Unreachable</th></tr></thead>
<tbody>${vantages.map(
    ({ name, sick, summary: { hosts, ready, clearSoFar, blocked, undetermined, unreachable } }) =>
      html`<tr><th scope="row">${name}${sick ? ' (sick: nothing came back to it)' : ''}</th><td>${hosts}</td><td>${ready}</td><td>${clearSoFar}</td><td>${blocked}</td><td>${undetermined - clearSoFar}</td><td>${unreachable}</td></tr>\n`,
  )}</tbody>
</table></div>
<div class="rows"><table>
<thead><tr><th scope="col">Subnet</th>${vantages.map(({ name }) => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>${rows
    .slice(0, MOST_ROWS)
    .map(
      ({ subnet, cells }) =>
        html`<tr><th scope="row">${subnet ?? 'no address'}</th>${cells.map(cellMarkup)}</tr>\n`,
    )}</tbody>
</table></div>
${more > 0 ? html`<p>and ${more} more subnets, in the json report</p>` : html``}</section>
`;
};
