import stringWidth from 'string-width';

/** One column each, without a look into the tables: printable ASCII and what this screen draws itself. */
const SIMPLE = /^[\x20-\x7e·…━─│►▼×■←→↑↓]*$/;
const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Longer clusters are no writing system's: a name made of a letter and a thousand accents must not cover the screen. */
const LONGEST_GRAPHEME = 16;

/** What the terminal shows as one character, which no terminal draws wider than two columns. */
const cells = (text: string): { text: string; columns: number }[] =>
  [...graphemes.segment(text)].map(({ segment }) =>
    segment.length > LONGEST_GRAPHEME
      ? { text: '?', columns: 1 }
      : { text: segment, columns: Math.min(2, stringWidth(segment)) },
  );

/** Columns that a text without control characters takes on a terminal. */
export const width = (text: string): number =>
  SIMPLE.test(text) ? text.length : cells(text).reduce((sum, { columns }) => sum + columns, 0);

/** One line: every run of white space becomes one space. */
export const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** The start of `text` that fits into so many columns; `…` stands for what had to go. */
export const clip = (text: string, columns: number): string => {
  if (columns <= 0) return '';
  if (SIMPLE.test(text)) return text.length <= columns ? text : `${text.slice(0, columns - 1)}…`;
  const all = cells(text);
  if (all.reduce((sum, cell) => sum + cell.columns, 0) <= columns)
    return all.map((cell) => cell.text).join('');
  let used = 0;
  let kept = '';
  for (const cell of all) {
    if (used + cell.columns > columns - 1) break;
    used += cell.columns;
    kept += cell.text;
  }
  return `${kept}…`;
};

/** Exactly so many columns: clipped, or filled with spaces on the side away from `align`. */
export const pad = (text: string, columns: number, align: 'left' | 'right' = 'left'): string => {
  const clipped = clip(text, columns);
  const fill = ' '.repeat(Math.max(0, columns - width(clipped)));
  return align === 'left' ? clipped + fill : fill + clipped;
};

const breakWord = (word: string, columns: number): string[] => {
  if (SIMPLE.test(word) && word.length <= columns) return [word];
  const parts = [''];
  let used = 0;
  for (const cell of cells(word)) {
    if (used + cell.columns > columns && used > 0) {
      parts.push('');
      used = 0;
    }
    parts[parts.length - 1] += cell.text;
    used += cell.columns;
  }
  return parts;
};

/** Puts words into lines of at most so many columns; a longer word has a line of its own. */
const fill = (words: readonly string[], columns: number, first: string, rest: string): string[] => {
  const lines: string[] = [];
  let line = first;
  for (const word of words) {
    const isEmpty = line === first || line === rest;
    const longer = isEmpty ? line + word : `${line} ${word}`;
    if (width(longer) > columns && !isEmpty) {
      lines.push(line);
      line = rest + word;
    } else line = longer;
  }
  return [...lines, line];
};

/** Lines of at most so many columns, broken between words, and inside a word only when it is longer than a line: for screens. */
export const wrap = (text: string, columns: number): string[] => {
  const most = Math.max(2, columns);
  const wordsOf = (paragraph: string): string[] =>
    paragraph
      .trim()
      .split(/\s+/)
      .flatMap((word) => breakWord(word, most));
  return text.split('\n').flatMap((paragraph) => fill(wordsOf(paragraph), most, '', ''));
};

/**
 * One paragraph in lines that begin with an indent, `first` before the first line and `rest` before the others: for reports. Words
 * stay whole, however long, so that they can be copied.
 */
export const wrapIndented = (
  text: string,
  columns: number,
  first: string,
  rest = ' '.repeat(first.length),
): string[] => fill(text.split(/\s+/), columns, first, rest);

const foldLine = (line: string, columns: number): string[] => {
  const [head = '', ...more] = breakWord(line, columns);
  if (more.length === 0) return [head];
  const space = head.lastIndexOf(' ') + 1;
  const cut = space > 0 ? space : head.length;
  return [head.slice(0, cut), ...foldLine(line.slice(cut), columns)];
};

/** Lines of at most so many columns that joined are the text again: for commands, which people copy. */
export const fold = (text: string, columns: number): string[] =>
  text.split('\n').flatMap((line) => foldLine(breakWord(line, Infinity).join(''), Math.max(2, columns)));

/**
 * The same value with `clean` applied to every string in it, so that none can be forgotten. Word by word: a cleaner that
 * bounds the length of a name must not cut prose.
 */
export const cleaned = <T>(value: T, clean: (text: string) => string): T => {
  const walk = (node: unknown): unknown => {
    if (typeof node === 'string')
      return node
        .split(/([ \n])/)
        .map((part, at) => (at % 2 === 0 ? clean(part) : part))
        .join('');
    if (Array.isArray(node)) return node.map(walk);
    if (node === null || typeof node !== 'object') return node;
    return Object.fromEntries(Object.entries(node).map(([key, part]) => [key, walk(part)]));
  };
  return walk(value) as T;
};
