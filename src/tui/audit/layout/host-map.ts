import { pad } from '../../../text/fit-text.ts';
import { CODES } from '../../kit/host-code.ts';
import { AIRY } from '../../kit/layout/frame.ts';
import { BLANK, lineWidth, type Span, type StyledLine, span } from '../../kit/layout/line.ts';
import type { AuditView } from '../audit-state.ts';
import { cellOf, VERDICT_CODES } from '../cell-words.ts';
import {
  cursorCell,
  cursorLine,
  innerColumns,
  type MapGeometry,
  type MapLine,
  mapGeometry,
  nextLine,
  worstOf,
} from '../geometry.ts';
import { rowLabel, rowName } from '../map-rows.ts';

/** Counts of a line stand behind its cells when so many columns are left. */
const COUNTS = 28;

/** The lines of the map that a window of `height` shows around the cursor. Only these are made. */
const windowLines = (view: AuditView, height: number): MapLine[] => {
  const start = cursorLine(view);
  if (!start) return [];
  const lines = [start];
  const grow = (step: 1 | -1, until: number): void => {
    while (lines.length < until) {
      const edge = step === 1 ? lines.at(-1) : lines[0];
      const found = edge ? nextLine(view, edge, step) : null;
      if (!found) return;
      if (step === 1) lines.push(found);
      else lines.unshift(found);
    }
  };
  grow(-1, Math.floor(height / 2) + 1);
  grow(1, height);
  grow(-1, height);
  return lines;
};

/** Neighbouring cells of one tone are one span: a span costs, a letter does not. */
const cellSpans = (view: AuditView, line: MapLine, { share }: MapGeometry, chosen: number | null): Span[] => {
  const spans: Span[] = [];
  let text = '';
  let tone: Span['tone'] = 'plain';
  for (let from = line.from, column = 0; from < line.to; from += share, column++) {
    const worst = worstOf(view.states, from, Math.min(line.to, from + share));
    const { letter, cell } = cellOf(view.states[worst]);
    const drawn = column === chosen ? 'cell-chosen' : cell;
    if (drawn !== tone && text !== '') {
      spans.push(span(text, tone));
      text = '';
    }
    tone = drawn;
    text += letter;
  }
  return [...spans, span(text, tone)];
};

/** How many hosts of the line have each verdict, as far as they fit. */
const countSpans = (view: AuditView, { from, to }: MapLine, columns: number): Span[] => {
  const counts = CODES.map(() => 0);
  for (let at = from; at < to; at++) counts[view.states[at] ?? 0] = (counts[view.states[at] ?? 0] ?? 0) + 1;
  const spans: Span[] = [];
  for (const code of VERDICT_CODES) {
    const n = counts[code] ?? 0;
    const more = n === 0 ? [] : [span('  '), span(`${cellOf(code).letter} ${n}`, cellOf(code).tone)];
    if (lineWidth([...spans, ...more]) <= columns) spans.push(...more);
  }
  return spans;
};

/** Ticks over the cells, with the place within a full row that they stand for, and the cursor's column. */
const ruler = (label: number, { width, share }: MapGeometry, chosen: number | null): StyledLine => {
  const cells = Array.from({ length: width }, () => ' ');
  for (let column = 0; column + 4 <= width; column += Math.max(8, width / 4))
    for (const [at, digit] of [...String(column * share)].entries()) cells[column + at] = digit;
  const text = cells.join('');
  if (chosen === null) return [span(' '.repeat(label)), span(text, 'quiet')];
  return [
    span(' '.repeat(label)),
    span(text.slice(0, chosen), 'quiet'),
    span('▼', 'chosen'),
    span(text.slice(chosen + 1), 'quiet'),
  ];
};

/** Lines of the map that show, and the columns before their cells. */
const mapFrame = (view: AuditView, height: number): { lines: MapLine[]; label: number } => {
  const lines = windowLines(view, height - 1);
  const room = innerColumns(view) - mapGeometry(view).width;
  const longest = Math.max(0, ...lines.map(({ row }) => rowName(row).length));
  return { lines, label: Math.min(room, Math.max(14, longest + 2)) };
};

/** The first host of the cell at this place of the map, the ruler being row 0; null where there is none. */
export const cellAt = (view: AuditView, height: number, row: number, column: number): number | null => {
  const { lines, label } = mapFrame(view, height);
  const line = lines[row - 1];
  if (!line || column < label) return null;
  const at = line.from + (column - label) * mapGeometry(view).share;
  return at < line.to ? at : null;
};

/** The map in at most `height` lines: a ruler, then a line for each stretch of hosts around the cursor. */
export const mapLines = (view: AuditView, height: number): StyledLine[] => {
  const geometry = mapGeometry(view);
  const { lines, label } = mapFrame(view, height);
  if (lines.length === 0) return [[span('Reading the targets', 'quiet')]];
  const cursor = cursorLine(view);
  const chosen = cursorCell(view)?.column ?? null;
  const counts = innerColumns(view) - label - geometry.width;
  return [
    ruler(label, geometry, chosen),
    ...lines.map((line) => {
      const isChosen = line.at === cursor?.at && line.from === cursor.from;
      const name = line.from === line.row.from ? rowLabel(line.row, label - 1) : '';
      const cells = cellSpans(view, line, geometry, isChosen ? chosen : null);
      const drawn = lineWidth(cells);
      return [
        span(`${pad(name, label - 1)}${isChosen ? '►' : ' '}`, isChosen ? 'chosen' : 'plain'),
        ...cells,
        ...(counts >= COUNTS
          ? [span(' '.repeat(geometry.width - drawn)), ...countSpans(view, line, counts)]
          : BLANK),
      ];
    }),
  ];
};

/** Where the cursor is, for the title of the page. */
export const mapPlace = (view: AuditView): string => {
  const line = cursorLine(view);
  if (!line) return '';
  const { rows, covered } = view.blocks;
  const read =
    covered < view.targets.size ? `, ${Math.floor((100 * covered) / view.targets.size)} % read` : '';
  const row = innerColumns(view) < AIRY ? '' : 'row ';
  return `${row}${(line.at + 1).toLocaleString('en')} of ${rows.length.toLocaleString('en')}${read}`;
};
