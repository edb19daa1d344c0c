import { clip, width } from '../../../text/fit-text.ts';

/**
 * What a piece of text means; `row.tsx` gives each tone its colour. A tone never carries meaning alone: the words do.
 */
export type Tone =
  | 'plain'
  | 'strong'
  | 'quiet'
  | 'good'
  | 'doubt'
  | 'bad'
  | 'code'
  | 'chosen'
  | 'cell-open'
  | 'cell-closed'
  | 'cell-silent'
  | 'cell-rejected'
  | 'cell-mixed'
  | 'cell-chosen';

/** A piece of a line in one tone. */
export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

/** One row of the screen. */
export type StyledLine = readonly Span[];

/** A piece of a line, plain unless a tone is given. */
export const span = (text: string, tone: Tone = 'plain'): Span => ({ text, tone });

/** Columns of a line of prose; longer ones are hard to read. */
export const LONGEST_PROSE = 88;

/** An empty line. */
export const BLANK: StyledLine = [];

/** The characters of a line, without its tones. */
export const plainText = (line: StyledLine): string => line.map(({ text }) => text).join('');

/** Columns that a line takes. */
export const lineWidth = (line: StyledLine): number => line.reduce((sum, { text }) => sum + width(text), 0);

/** The line cut to so many columns. */
export const clipLine = (line: StyledLine, columns: number): StyledLine => {
  if (lineWidth(line) <= columns) return line;
  const kept: Span[] = [];
  let left = columns;
  for (const { text, tone } of line) {
    if (left <= 0) break;
    const part = clip(text, left);
    kept.push(span(part, tone));
    left -= width(part);
    if (part !== text) break;
  }
  return kept;
};

/** `left` at the left edge and `right` at the right one, `fill` between; when both do not fit, `left` gives way. */
export const edges = (left: StyledLine, right: StyledLine, columns: number, fill = ' '): StyledLine => {
  const room = columns - lineWidth(right) - (right.length > 0 ? 1 : 0);
  if (room < 1) return clipLine(right, columns);
  const start = clipLine(left, room);
  return [...start, span(fill.repeat(columns - lineWidth(start) - lineWidth(right)), 'quiet'), ...right];
};

/** Two columns of lines side by side, the left one `leftWidth` wide. */
export const beside = (
  left: readonly StyledLine[],
  right: readonly StyledLine[],
  leftWidth: number,
): StyledLine[] =>
  Array.from({ length: Math.max(left.length, right.length) }, (_, index) => {
    const start = clipLine(left[index] ?? BLANK, leftWidth);
    const end = right[index] ?? BLANK;
    return end.length === 0 ? start : [...start, span(' '.repeat(leftWidth - lineWidth(start))), ...end];
  });

/** The part of a list of `count` that a window of `height` shows so that `chosen` is in its middle where it can be. */
export const windowOf = (count: number, chosen: number, height: number): { from: number; to: number } => {
  const from = Math.max(0, Math.min(chosen - Math.floor(height / 2), count - height));
  return { from, to: Math.min(count, from + Math.max(0, height)) };
};
