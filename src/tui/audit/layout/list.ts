import { clipLine, type Line, span } from '../../layout/line.ts';
import { oneLine, pad, width } from '../../text.ts';
import { innerColumns } from '../geometry.ts';
import { around, chosenOf, rankOf } from '../select.ts';
import { type AuditView, isJudged } from '../state.ts';
import { cellOf } from '../words.ts';

const LONGEST_NAME = 60;
const STATE = 14;

const nothingWords = (view: AuditView): string =>
  view.search && view.search.scanned < view.targets.size
    ? 'Nothing yet, still looking'
    : 'No such host. 1 shows all verdicts, esc clears the search';

/** The list of hosts that filter and search let through, in at most `height` lines around the chosen one. */
export const listLines = (view: AuditView, height: number): Line[] => {
  const chosen = chosenOf(view);
  if (chosen === null) return [[span(nothingWords(view), 'quiet')]];
  const shown = around(view, chosen, height).map((index) => ({
    index,
    title: view.targets.titleOf(index),
  }));
  const room = Math.max(8, innerColumns(view) - 2 - 2 - STATE);
  const longest = Math.max(20, ...shown.map(({ title }) => width(title) + 2));
  const name = Math.min(room, longest, LONGEST_NAME);
  return shown.map(({ index, title }) => {
    const { letter, cell, word, tone } = cellOf(view.states[index]);
    const isChosen = index === chosen;
    return clipLine(
      [
        span(pad(isChosen ? '►' : '', 2), 'chosen'),
        span(`${pad(title, name - 1)} `, isChosen ? 'chosen' : 'plain'),
        span(letter, cell),
        span(` ${isJudged(view.states[index] ?? 0) ? word.toUpperCase() : word}`, tone),
      ],
      innerColumns(view),
    );
  });
};

/** Where the chosen host is in the list, for the title of the page. */
export const listPlace = (view: AuditView): string => {
  const { search, targets } = view;
  const { rank, total } = rankOf(view, chosenOf(view) ?? 0);
  const n = (value: number): string => value.toLocaleString('en');
  const read =
    search && search.scanned < targets.size
      ? `, ${Math.floor((100 * search.scanned) / targets.size)} % looked at`
      : '';
  return `${total === 0 ? 'none' : `${n(rank + 1)} of ${n(total)}`}${read}`;
};

/** What the list is narrowed to; empty when it is not. */
export const listWords = ({ filter, search }: AuditView): string =>
  [
    ...(filter === null ? [] : [cellOf(filter).word]),
    ...(search === null ? [] : [`"${oneLine(search.text)}"`]),
  ].join(', ');
