import { UsageError } from '../model/fault.ts';
import { escapeControls } from '../text/quoted.ts';
import { readCsv } from './csv.ts';
import { decodeText, whyNoText } from './decode.ts';
import { splitItems, type TargetItem } from './item.ts';

/** How the bytes of a list are to be read. */
export interface SourceOptions {
  /** What messages call it: the name of the file, or `stdin`. */
  readonly name: string;
  /** Read as CSV, and take this column. Without it, the list is plain text. */
  readonly csvColumn?: string;
}

/** The items of one list, and how many rows of a CSV had nothing in the column. */
export interface SourceItems {
  readonly items: readonly TargetItem[];
  readonly emptyCells: number;
}

const readPlain = (text: string, name: string): TargetItem[] =>
  text.split(/\r\n|\n|\r/).flatMap((line, place) => {
    const items = splitItems(line.replace(/#.*$/s, ''), `${name}:${place + 1}`);
    if (items.some((item) => item.text.includes('"'))) {
      throw new UsageError(
        `${escapeControls(name)}:${place + 1}: has quotes like a CSV file; name its column with --csv-column`,
      );
    }
    return items;
  });

/**
 * Reads a list of targets, from a file or stdin, into items for `readTargetSpec`. Plain text: any number of items a line,
 * with blanks or commas between, `#` starts a comment. CSV: see `readCsv`. See
 * decodeText() for the encodings. Throws UsageError with name and line; what the items say is not looked at yet.
 */
export const parseSource = (bytes: Uint8Array, { name, csvColumn }: SourceOptions): SourceItems => {
  const other = whyNoText(bytes);
  if (other !== null) throw new UsageError(`${escapeControls(name)}: ${other}; save the list as CSV or text`);
  const text = decodeText(bytes);
  return csvColumn === undefined
    ? { items: readPlain(text, name), emptyCells: 0 }
    : readCsv(text, name, csvColumn);
};
