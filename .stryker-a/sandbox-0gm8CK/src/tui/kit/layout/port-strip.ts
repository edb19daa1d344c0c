import type { RangeReport } from '../../../model/report.ts';
import {
  DYNAMIC_PORTS,
  inRange,
  LEGACY_PORTS,
  MODERN_PORTS,
  type PortRange,
  portCount,
} from '../../../model/target.ts';
import type { PortFact } from '../host-view.ts';
import { BLANK, lineWidth, type Span, type StyledLine, span, type Tone } from './line.ts';

/** What one column of the strip can say, its letter first. The order is the order of the legend. */
const CELLS = {
  open: { letter: 'o', tone: 'cell-open', says: 'open' },
  closed: { letter: 'c', tone: 'cell-closed', says: 'closed, path clear' },
  reachable: { letter: 'r', tone: 'cell-closed', says: 'reachable range' },
  silent: { letter: 's', tone: 'cell-silent', says: 'no answer' },
  rejected: { letter: 'x', tone: 'cell-rejected', says: 'rejected' },
  filtered: { letter: 'f', tone: 'cell-rejected', says: 'filtered range' },
  mixed: { letter: 'm', tone: 'cell-mixed', says: 'mixed' },
  unknown: { letter: '?', tone: 'quiet', says: 'not known' },
  waiting: { letter: '-', tone: 'quiet', says: 'probing' },
  untouched: { letter: '·', tone: 'quiet', says: 'not probed' },
} as const satisfies Record<string, { letter: string; tone: Tone; says: string }>;
type Cell = keyof typeof CELLS;

/** The letter's meaning for one port. Silence has its own: a healthy Windows host is silent on ports without a listener. */
const cellOf = ({ state, reason }: PortFact): Cell => {
  if (state === null) return 'waiting';
  if (state === 'filtered') return reason === 'no-response' ? 'silent' : 'rejected';
  return state;
};

const merge = (a: Cell, b: Cell): Cell => {
  if (a === b || b === 'waiting' || b === 'unknown') return a;
  if (a === 'waiting' || a === 'unknown' || a === 'untouched') return b;
  // Open and closed both mean that the path is clear.
  if ((a === 'open' || a === 'closed') && (b === 'open' || b === 'closed')) return 'open';
  return 'mixed';
};

const SIZE = portCount(DYNAMIC_PORTS);
const bucketOf = (port: number, columns: number): number =>
  Math.min(columns - 1, Math.floor(((port - DYNAMIC_PORTS.from) * columns) / SIZE));

/** First and last port of a column. */
export const bucket = (column: number, columns: number): PortRange => ({
  from: DYNAMIC_PORTS.from + Math.ceil((column * SIZE) / columns),
  to: DYNAMIC_PORTS.from + Math.ceil(((column + 1) * SIZE) / columns) - 1,
});

/** What exact ranges say of a column; null where they say nothing. */
const rangeCell = (ranges: readonly RangeReport[], { from, to }: PortRange): Cell | null => {
  const states = new Set(
    ranges.filter((r) => r.exact && r.from <= to && from <= r.to).map(({ state }) => state),
  );
  const [state] = states;
  return state === undefined ? null : states.size > 1 ? 'mixed' : state;
};

/** One port that answered says more than its range; silence says less. */
const withRange = (cell: Cell, range: Cell | null): Cell =>
  range !== null && (cell === 'untouched' || cell === 'silent') ? range : cell;

/** The columns of the port map: what was answered, and between answers what an exact range says. */
export const stripCells = (
  facts: Iterable<PortFact>,
  ranges: readonly RangeReport[],
  columns: number,
): Cell[] => {
  const cells = Array.from({ length: columns }, (): Cell => 'untouched');
  for (const fact of facts) {
    if (!inRange(fact.port, DYNAMIC_PORTS)) continue;
    const at = bucketOf(fact.port, columns);
    const before = cells[at] ?? 'untouched';
    cells[at] = before === 'untouched' ? cellOf(fact) : merge(before, cellOf(fact));
  }
  return cells.map((cell, column) => withRange(cell, rangeCell(ranges, bucket(column, columns))));
};

/** The strip itself: neighbours of one kind share a span, so that a row costs a few spans and not one per column. */
export const stripLine = (cells: readonly Cell[]): StyledLine => {
  const spans: Span[] = [];
  for (const cell of cells) {
    const { letter, tone } = CELLS[cell];
    const last = spans.at(-1);
    if (last?.tone === tone) spans[spans.length - 1] = span(last.text + letter, tone);
    else spans.push(span(letter, tone));
  }
  return spans;
};

/** Port numbers under the strip, at the edges of the ranges that Windows allocates from; those that collide are left out. */
export const axisLine = (columns: number): StyledLine => {
  const end = `${DYNAMIC_PORTS.to}`;
  let text = `${DYNAMIC_PORTS.from}`;
  for (const port of [LEGACY_PORTS.to, MODERN_PORTS.from]) {
    const at = bucketOf(port, columns);
    const label = `|${port}`;
    if (at > text.length && at + label.length < columns - end.length) text = text.padEnd(at) + label;
  }
  return columns < text.length + end.length + 1
    ? BLANK
    : [span(text.padEnd(columns - end.length) + end, 'quiet')];
};

/** Letter and meaning of the kinds of cell that the strip shows, as few lines as they need. */
export const legendLines = (cells: readonly Cell[], columns: number): StyledLine[] => {
  const present = new Set(cells);
  const lines: Span[][] = [[]];
  for (const [kind, { letter, tone, says }] of Object.entries(CELLS)) {
    if (!present.has(kind as Cell)) continue;
    const entry = [span(letter, tone), span(` ${says}`, 'quiet')];
    const line = lines.at(-1) ?? [];
    if (line.length > 0 && lineWidth(line) + 3 + lineWidth(entry) > columns) lines.push(entry);
    else line.push(...(line.length > 0 ? [span('   ')] : []), ...entry);
  }
  return lines;
};
