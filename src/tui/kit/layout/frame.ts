import { oneLine, width } from '../../../text/fit-text.ts';
import type { Size } from '../screen-size.ts';
import { BLANK, clipLine, edges, type StyledLine, span } from './line.ts';

/** From this width on there is air at both sides, and room for words that are only pleasant. */
export const AIRY = 60;

/** Columns of air at each side. */
export const marginOf = ({ columns }: Pick<Size, 'columns'>): number => (columns < AIRY ? 0 : 1);

/** What stands on a screen that is too small for a page, at most `rows - 1` lines; null where there is room. */
export const tooSmall = ({ columns, rows }: Size, smallest: Size): StyledLine[] | null => {
  if (columns >= smallest.columns && rows >= smallest.rows) return null;
  const notice = span(`${smallest.columns}x${smallest.rows} needed, this is ${columns}x${rows}`);
  return [clipLine([notice], columns)].slice(0, Math.max(0, rows - 1));
};

/** The latest notice, and how many there are. */
export const noteLine = (notices: readonly string[]): StyledLine => {
  const last = notices.at(-1);
  const more = notices.length > 1 ? ` (+${notices.length - 1})` : '';
  return last === undefined ? BLANK : [span(`note${more}: ${oneLine(last)}`, 'doubt')];
};

/** What is being typed to search for, with a hint where both fit, else the end of it. */
export const typingLine = (typing: string, hint: string, columns: number): StyledLine => {
  const shown = `/${typing}`;
  return width(shown) + width(hint) + 4 <= columns
    ? edges([span(shown, 'strong'), span('_', 'quiet')], [span(hint, 'quiet')], columns)
    : [span(`/…${[...typing].slice(-Math.floor(columns / 2 - 2)).join('')}_`, 'strong')];
};
