import { type CsvError, type Info, parse } from 'csv-parse/sync';
import { UsageError } from '../model/fault.ts';
import { shortList } from '../text/and-list.ts';
import { escapeControls, quoted } from '../text/quoted.ts';
import { splitItems, type TargetItem } from './item.ts';

const DELIMITERS = [',', ';', '\t'] as const;
/** Longest list of column names in a message. */
const MOST_SHOWN = 600;

/** Lines before the header: `#TYPE` of Export-Csv in Windows PowerShell 5, and `sep=;` that Excel writes and reads. */
const PRELUDE = /^(?:#TYPE [^\n]*|sep=(.))\n/i;

interface Body {
  readonly text: string;
  readonly skippedLines: number;
  readonly delimiters: readonly string[];
}

const bodyOf = (text: string): Body => {
  // One kind of line end, or the parser counts those inside of quotes twice.
  let rest = text.replaceAll(/\r\n?/g, '\n');
  let skippedLines = 0;
  let delimiters: readonly string[] = DELIMITERS;
  for (let match = PRELUDE.exec(rest); match; match = PRELUDE.exec(rest)) {
    rest = rest.slice(match[0].length);
    skippedLines += 1;
    if (match[1] !== undefined) delimiters = [match[1]];
  }
  return { text: rest, skippedLines, delimiters };
};

const OPTIONS = {
  bom: true,
  relax_column_count: true,
  skip_empty_lines: true,
  // Hand-written lists have blanks around their quotes.
  trim: true,
  record_delimiter: '\n',
};

const headerOf = (text: string, delimiter: string): string[] => {
  try {
    const [header = []] = parse(text, { ...OPTIONS, delimiter, to: 1 });
    return header.map((column) => column.trim());
  } catch {
    // Quotes can be well placed for one delimiter and not for another.
    return [];
  }
};

const columnsShown = (columns: readonly string[]): string => {
  const texts = columns.filter((column) => column !== '').map((text) => quoted(text));
  let length = 0;
  const fitting = texts.filter((text) => {
    length += text.length + 2;
    return length <= MOST_SHOWN;
  });
  return shortList(fitting, fitting.length, texts.length);
};

/** The delimiter with which the header has the column; else the complaint lists the header at its widest. */
const findColumn = (
  { text, delimiters }: Body,
  name: string,
  wanted: string,
): { readonly delimiter: string; readonly place: number } => {
  const key = wanted.trim().toLowerCase();
  const headers = delimiters
    .map((delimiter) => ({ delimiter, columns: headerOf(text, delimiter) }))
    .sort((a, b) => b.columns.length - a.columns.length);
  for (const { delimiter, columns } of headers) {
    const place = columns.findIndex((column) => column.toLowerCase() === key);
    if (place >= 0 && key !== '') return { delimiter, place };
  }
  const columns = headers[0]?.columns ?? [];
  const there = columns.length > 0 ? `its columns are ${columnsShown(columns)}` : 'it has no header line';
  throw new UsageError(`${escapeControls(name)}: has no column ${quoted(wanted)}; ${there}`);
};

/** What csv-parse found, without the parts of the file that it repeats. */
const malformed = ({ code }: CsvError, name: string, lastLine: number): UsageError => {
  const why =
    code === 'CSV_QUOTE_NOT_CLOSED' ? 'opens a quote that is never closed' : 'has a quote inside of a field';
  return new UsageError(`${escapeControls(name)}:${lastLine + 1}: is not well-formed CSV: the row ${why}`);
};

/** A word with a dot, a colon or a slash may be an address; a name of several words would be several hosts that were not meant. */
const MAY_BE_ADDRESS = /[.:/]|^-$/;

/** The items of a cell; words with blanks between that are no addresses stay one item, which is no host name. */
const itemsOf = (cell: string, at: string): TargetItem[] =>
  cell.split(/[,;]/).flatMap((part) => {
    const words = splitItems(part, at);
    return words.length < 2 || words.every(({ text }) => MAY_BE_ADDRESS.test(text))
      ? words
      : [{ text: part.trim(), at, isWhole: true }];
  });

/**
 * Reads one column of a CSV text into items. The delimiter (comma, semicolon or tab) is the one with which the header has
 * the column; header names are compared trimmed and without case. A cell may hold several items with commas or
 * semicolons between, and addresses with blanks; rows with an empty cell are counted. Throws UsageError with name and line.
 */
export const readCsv = (
  text: string,
  name: string,
  column: string,
): { readonly items: readonly TargetItem[]; readonly emptyCells: number } => {
  const body = bodyOf(text);
  const { delimiter, place } = findColumn(body, name, column);
  const items: TargetItem[] = [];
  let emptyCells = 0;
  let lastLine = body.skippedLines + 1;
  const onRecord = (record: readonly string[], { lines }: Info): null => {
    lastLine = lines + body.skippedLines;
    const cell = itemsOf(record[place] ?? '', `${name}:${lastLine}`);
    if (cell.length === 0) emptyCells += 1;
    for (const item of cell) items.push(item);
    return null;
  };
  try {
    parse(body.text, { ...OPTIONS, delimiter, from: 2, on_record: onRecord });
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw malformed(error as CsvError, name, lastLine);
    throw error;
  }
  return { items, emptyCells };
};
