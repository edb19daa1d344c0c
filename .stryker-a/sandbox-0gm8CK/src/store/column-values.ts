/**
 * Cells of a file that may be damaged. The library ends the process when a text is not UTF-8, and a damaged cell can have any
 * type. So queries name columns as INTEGER, REAL or, for texts, BLOB (`CAST(target AS BLOB)`), and these read them. All throw
 * RangeError for what is none.
 */
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A text that was selected as a BLOB. */
export const textIn = (cell: unknown): string => {
  if (!(cell instanceof Uint8Array)) throw new RangeError('no text');
  return decoder.decode(cell);
};

/** The same, where NULL is allowed. */
export const textOrNull = (cell: unknown): string | null => (cell === null ? null : textIn(cell));

/** A whole number, 0 or more. */
export const countIn = (cell: unknown): number => {
  if (!Number.isSafeInteger(cell) || (cell as number) < 0) throw new RangeError('no count');
  return cell as number;
};

/** Longest distance of a Date from 1970, ms. */
const FARTHEST_MS = 8.64e15;

/** A time as milliseconds since 1970. */
export const timeIn = (cell: unknown): number => {
  if (!Number.isSafeInteger(cell) || Math.abs(cell as number) > FARTHEST_MS) throw new RangeError('no time');
  return cell as number;
};

/** One of a few words that was selected as a BLOB. */
export const wordIn = <T extends string>(cell: unknown, words: readonly T[]): T => {
  const word = words.find((one) => one === textIn(cell));
  if (word === undefined) throw new RangeError('an unknown word');
  return word;
};

/** Whether a text is a time that Date reads. */
export const isTime = (value: unknown): value is string =>
  typeof value === 'string' && Number.isFinite(Date.parse(value));
