import { UsageError } from '../model/fault.ts';
import { escaped } from '../model/shown.ts';
import { readCsv } from './csv.ts';
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

/** Byte order marks. Windows PowerShell's `>` and Export-Csv -Encoding Unicode write UTF-16LE with one. */
const MARKS: readonly (readonly [readonly number[], string])[] = [
  [[0xef, 0xbb, 0xbf], 'utf-8'],
  [[0xff, 0xfe], 'utf-16le'],
  [[0xfe, 0xff], 'utf-16be'],
];

const decode = (bytes: Uint8Array): string => {
  const encoding = MARKS.find(([mark]) => mark.every((byte, place) => bytes[place] === byte))?.[1];
  if (encoding !== undefined) return new TextDecoder(encoding).decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // Excel saves CSV in the ANSI code page. The columns with addresses are ASCII, the others must only do no harm.
    return new TextDecoder('windows-1252').decode(bytes);
  }
};

const readPlain = (text: string, name: string): TargetItem[] =>
  text.split(/\r\n|\n|\r/).flatMap((line, place) => {
    const items = splitItems(line.replace(/#.*$/s, ''), `${name}:${place + 1}`);
    if (items.some((item) => item.text.includes('"'))) {
      throw new UsageError(
        `${escaped(name)}:${place + 1}: has quotes like a CSV file; name its column with --csv-column`,
      );
    }
    return items;
  });

/**
 * Reads a list of targets, from a file or stdin, into items for `readTargetSpec`. Plain text: any number of items a line,
 * with blanks or commas between, `#` starts a comment. CSV: see `readCsv`. UTF-8, UTF-16 with a byte order mark, else the
 * western ANSI code page. Throws UsageError with name and line; what the items say is not looked at yet.
 */
export const parseSource = (bytes: Uint8Array, { name, csvColumn }: SourceOptions): SourceItems => {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4) {
    throw new UsageError(`${escaped(name)}: is a workbook or a ZIP file; save the list as CSV or text`);
  }
  const text = decode(bytes);
  return csvColumn === undefined
    ? { items: readPlain(text, name), emptyCells: 0 }
    : readCsv(text, name, csvColumn);
};
