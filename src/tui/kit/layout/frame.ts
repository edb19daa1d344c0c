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

/** More lines are below those that show. */
const MORE = '↓';

/** Which lines of a page show, `from` to `to - 1` of `all`: `1-16 of 82 ↓`; empty where all do. */
export const shownPart = (from: number, to: number, all: number): string =>
  to - from < all ? `${from + 1}-${to} of ${all}${to < all ? ` ${MORE}` : ''}` : '';

/** A place at the right of a line with so much room; where that is little, only whether there is more below. */
export const placeSpans = (place: string, room: number): StyledLine => {
  if (place === '') return [];
  const said = [place, ...(place.endsWith(MORE) ? [MORE] : [])].find((one) => width(one) < room);
  return said === undefined ? [] : [span(said, 'quiet')];
};

/**
 * The keys of a page and its place. Where the keys do not fit, those before the last two are left out, the last of them first; on narrow
 * screens they are worth more than the place.
 */
export const keyLine = (keys: readonly string[], place: string, columns: number): StyledLine => {
  const isNarrow = columns < AIRY;
  const isTight = isNarrow && place.endsWith(MORE);
  const gap = isTight ? '  ' : '   ';
  const room = columns - (isTight ? width(MORE) + 1 : isNarrow || place === '' ? 0 : width(place) + 2);
  const kept = [...keys];
  while (kept.length > 2 && width(kept.join(gap)) > room) kept.splice(kept.length - 3, 1);
  const words = kept.join(gap);
  return edges([span(words, 'quiet')], placeSpans(place, columns - width(words)), columns);
};
