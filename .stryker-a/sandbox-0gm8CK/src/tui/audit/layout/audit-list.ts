import { oneLine, pad, width } from '../../../text/fit-text.ts';
import { isJudged } from '../../kit/host-code.ts';
import { clipLine, type StyledLine, span } from '../../kit/layout/line.ts';
import { type SortColumn, sortMark, sortWords } from '../../kit/sorting.ts';
import type { AuditView } from '../audit-state.ts';
import { cellOf } from '../cell-words.ts';
import { innerColumns } from '../geometry.ts';
import { around, chosenOf, rankOf } from '../select.ts';

const LONGEST_NAME = 60;
const STATE = 14;

const nothingWords = (view: AuditView): string =>
  view.search && view.search.scanned < view.targets.size
    ? 'Nothing found yet, still searching'
    : 'No such host. 1 shows all verdicts, esc clears the search';

/** From this height on the columns have names, which a click sorts by. */
const WITH_HEAD = 4;
const headHeight = (height: number): number => (height >= WITH_HEAD ? 1 : 0);

const nameWidth = (view: AuditView, titles: readonly string[]): number => {
  const room = Math.max(8, innerColumns(view) - 2 - 2 - STATE);
  return Math.min(room, Math.max(20, ...titles.map((title) => width(title) + 2)), LONGEST_NAME);
};

const shownHosts = (view: AuditView, height: number): { index: number; title: string }[] => {
  const chosen = chosenOf(view);
  return chosen === null
    ? []
    : around(view, chosen, height - headHeight(height)).map((index) => ({
        index,
        title: view.targets.titleOf(index),
      }));
};

/** What this place of the list is: a host, or the name of a column; null for neither. */
export const listHit = (
  view: AuditView,
  height: number,
  row: number,
  column: number,
): { host: number } | { sort: SortColumn } | null => {
  const shown = shownHosts(view, height);
  if (shown.length === 0) return null;
  const head = headHeight(height);
  if (row < head) {
    const name = nameWidth(
      view,
      shown.map(({ title }) => title),
    );
    return { sort: column < 2 + name ? 'host' : 'verdict' };
  }
  const host = shown[row - head];
  return host ? { host: host.index } : null;
};

/** The list of hosts that filter and search let through, in at most `height` lines around the chosen one. */
export const listLines = (view: AuditView, height: number): StyledLine[] => {
  const chosen = chosenOf(view);
  if (chosen === null) return [[span(nothingWords(view), 'quiet')]];
  const shown = shownHosts(view, height);
  const name = nameWidth(
    view,
    shown.map(({ title }) => title),
  );
  const head: StyledLine = [
    span('  '),
    span(pad(`Host${sortMark(view.order, 'host')}`, name), 'quiet'),
    span(`Verdict${sortMark(view.order, 'verdict')}`, 'quiet'),
  ];
  const rows = shown.map(({ index, title }) => {
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
  return headHeight(height) === 0 ? rows : [clipLine(head, innerColumns(view)), ...rows];
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

/** What the list is narrowed to, and how it is sorted; empty when it is as the run has it. */
export const listWords = ({ filter, search, order }: AuditView): string =>
  [
    ...[sortWords(order)].filter((words) => words !== ''),
    ...(filter === null ? [] : [cellOf(filter).word]),
    ...(search === null ? [] : [`"${oneLine(search.text)}"`]),
  ].join(', ');
