import { AIRY, marginOf } from '../kit/layout/frame.ts';
import type { AuditView } from './audit-state.ts';
import { type MapRow, rowOf } from './map-rows.ts';

/** The smallest screen that is drawn on, cells. */
export const SMALLEST = { columns: 40, rows: 12 } as const;
/** Columns between the margins. */
export const innerColumns = (view: AuditView): number => view.columns - 2 * marginOf(view);

/** Where, bar, verdicts, speeds, and the title of the page. */
export const HEAD = 5;
/** From this height on what is chosen has two lines under the page, and notices have one of their own. */
const ROOMY = 16;
/** And from this one on another, where lines are short. */
const TALL = 20;

/** Whether there is room for two lines about what is chosen. */
export const isRoomy = ({ rows }: { readonly rows: number }): boolean => rows >= ROOMY;
/** Lines under the page about what is chosen on it: none where it is open, or covered. */
export const previewHeight = (view: AuditView): number => {
  if (view.isOpen || view.overlay !== null) return 0;
  if (!isRoomy(view)) return 1;
  return view.rows >= TALL && innerColumns(view) < AIRY ? 3 : 2;
};
/** Lines of the page itself: under it are what is chosen, a notice and the keys. */
export const pageHeight = (view: AuditView): number =>
  Math.max(1, view.rows - 1 - HEAD - previewHeight(view) - (isRoomy(view) ? 2 : 1));

/** A row of the map has so many hosts at most. */
const ROW = 256;
const WIDTHS = [256, 128, 64, 32, 16] as const;
/** The longest /24 without its length, `192.168.100.0`, and a space. */
const SHORTEST_LABEL = 14;

/** How hosts become cells: `width` cells in a line, `share` hosts in a cell. */
export interface MapGeometry {
  readonly width: number;
  readonly share: number;
}

/**
 * Powers of two, so that the edges of smaller networks fall between cells. One cell a host while the whole run fits the
 * page like that; else a /24 is one line and neighbours share a cell. The view may ask for either.
 */
export const mapGeometry = (view: AuditView): MapGeometry => {
  const columns = innerColumns(view);
  const width = WIDTHS.find((cells) => columns - cells >= SHORTEST_LABEL) ?? 16;
  const fits = view.targets.size <= width * (pageHeight(view) - 1);
  return { width, share: (view.zoomed ?? fits) ? 1 : ROW / width };
};

/** A line of the map: hosts `from` to `to - 1` of the row at place `at`. */
export interface MapLine {
  readonly row: MapRow;
  readonly at: number;
  readonly from: number;
  readonly to: number;
}

const lineAt = (view: AuditView, at: number, line: number): MapLine | null => {
  const row = view.blocks.rows[at];
  if (!row) return null;
  const { width, share } = mapGeometry(view);
  const from = row.from + line * width * share;
  return { row, at, from, to: Math.min(row.to, from + width * share) };
};

/** The line that holds the cursor; null while no row is known. */
export const cursorLine = (view: AuditView): MapLine | null => {
  const at = rowOf(view.blocks, view.cursor);
  const row = view.blocks.rows[at];
  if (!row) return null;
  const { width, share } = mapGeometry(view);
  const cursor = Math.min(view.cursor, row.to - 1);
  return lineAt(view, at, Math.floor((cursor - row.from) / (width * share)));
};

/** The line after or before this one; null past the ends. */
export const nextLine = (view: AuditView, line: MapLine, step: 1 | -1): MapLine | null => {
  const { width, share } = mapGeometry(view);
  const place = (line.from - line.row.from) / (width * share) + step;
  if (step === 1) return line.to < line.row.to ? lineAt(view, line.at, place) : lineAt(view, line.at + 1, 0);
  if (place >= 0) return lineAt(view, line.at, place);
  const before = view.blocks.rows[line.at - 1];
  return before
    ? lineAt(view, line.at - 1, Math.floor((before.to - 1 - before.from) / (width * share)))
    : null;
};

/** The hosts of the cell that holds the cursor; null while no row is known. */
export const cursorCell = (view: AuditView): { from: number; to: number; column: number } | null => {
  const line = cursorLine(view);
  if (!line) return null;
  const { share } = mapGeometry(view);
  const cursor = Math.min(view.cursor, line.to - 1);
  const column = Math.floor((cursor - line.from) / share);
  const from = line.from + column * share;
  return { from, to: Math.min(line.to, from + share), column };
};

/** The first host of `from` to `to - 1` that shows in their common cell: the one with the highest code. */
export const worstOf = (states: Uint8Array, from: number, to: number): number => {
  let worst = from;
  for (let at = from + 1; at < to; at++) if ((states[at] ?? 0) > (states[worst] ?? 0)) worst = at;
  return worst;
};
