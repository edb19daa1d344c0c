import { networkText, readIp } from '../../ip/ip.ts';
import { clip, width } from '../../text/fit-text.ts';

/** Hosts without a block of their own stand in rows of so many. */
const NUMBERED = 64;
/** A block is a /24 or a /120: more hosts than that are the same ones again. */
const BLOCK = 256;
/** Fewer neighbours than this out of one block get no row: an unsorted list would be a column of single cells. */
const FEWEST = 4;

/** A row of the map: hosts `from` to `to - 1`, which follow each other in the run. `block` null: named by number. */
export interface MapRow {
  readonly from: number;
  readonly to: number;
  readonly block: string | null;
}

/**
 * The rows found by now, in the order of the run; they cover hosts 0 to `covered - 1`. What was read beyond that, up to
 * `scanned`, is one run of neighbours out of block `key` whose end has not been seen.
 */
export interface RowIndex {
  readonly rows: readonly MapRow[];
  readonly covered: number;
  readonly scanned: number;
  readonly key: string | null;
}

/** Nothing has been read yet. */
export const NO_ROWS: RowIndex = { rows: [], covered: 0, scanned: 0, key: null };

/** The /24 or /120 an address belongs to, as people write it; null for what is not an address. */
export const blockOf = (text: string): string | null => {
  const ip = readIp(text);
  return ip && networkText(ip.number, ip.family, ip.family === 4 ? 24 : 120);
};

const withRun = (rows: MapRow[], from: number, to: number, key: string | null): void => {
  if (key !== null && to - from >= FEWEST) {
    rows.push({ from, to, block: key });
    return;
  }
  const last = rows.at(-1);
  if (last && last.block === null && to - last.from <= NUMBERED)
    rows[rows.length - 1] = { from: last.from, to, block: null };
  else rows.push({ from, to, block: null });
};

/** The rows with up to `most` more hosts read. The same object when all have been. */
export const extendRows = (
  index: RowIndex,
  { size, textOf }: { readonly size: number; readonly textOf: (index: number) => string },
  most: number,
): RowIndex => {
  if (index.covered >= size) return index;
  const rows = [...index.rows];
  let { covered, key } = index;
  const end = Math.min(size, index.scanned + most);
  for (let at = index.scanned; at < end; at++) {
    const block = blockOf(textOf(at));
    const full = at - covered >= (key === null ? NUMBERED : BLOCK);
    if (at > covered && (block !== key || full)) {
      withRun(rows, covered, at, key);
      covered = at;
    }
    key = block;
  }
  if (end === size) {
    withRun(rows, covered, size, key);
    covered = size;
  }
  return { rows, covered, scanned: end, key };
};

/** Place of the row that holds this host; the last one for hosts not read yet, -1 when there is none. */
export const rowOf = ({ rows }: RowIndex, host: number): number => {
  let low = 0;
  let high = rows.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((rows[middle]?.from ?? 0) <= host) low = middle;
    else high = middle - 1;
  }
  return high < 0 ? -1 : low;
};

/** What a row is called, in full. */
export const rowName = ({ from, to, block }: MapRow): string =>
  block ?? `${(from + 1).toLocaleString('en')}-${to.toLocaleString('en')}`;

/** The same in at most so many columns: the length of a prefix goes first, then the front of a long address. */
export const rowLabel = (row: MapRow, columns: number): string => {
  const name = rowName(row);
  if (width(name) <= columns) return name;
  const bare = name.replace(/\/\d+$/, '');
  return bare.length <= columns ? bare : columns < 2 ? clip(bare, columns) : `…${bare.slice(1 - columns)}`;
};
