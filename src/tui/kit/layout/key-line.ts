import { width } from '../../../text/fit-text.ts';
import { AIRY } from './frame.ts';
import { edges, type StyledLine, span } from './line.ts';

/** More lines are below those that show. */
const MORE = '↓';

/** Lines `from` to `to - 1` of all, as a page that scrolls says it: `1-16 of 82 ↓`; empty where all show. */
export const scrollPlace = (from: number, to: number, all: number): string =>
  to - from >= all ? '' : `${from + 1}-${to} of ${all}${to < all ? ` ${MORE}` : ''}`;

/** A place at the right of a line with so much room; where that is little, only whether there is more below. */
export const placeSpans = (place: string, room: number): StyledLine => {
  if (place === '') return [];
  const said = [place, ...(place.endsWith(MORE) ? [MORE] : [])].find((one) => width(one) < room);
  return said === undefined ? [] : [span(said, 'quiet')];
};

/** The keys of a page and its place, below `AIRY` columns only a mark. Where not all keys fit, those before the last two are left out, from the end. */
export const keyLine = (keys: readonly string[], place: string, columns: number): StyledLine => {
  const isNarrow = columns < AIRY;
  const isTight = isNarrow && place.endsWith(MORE);
  const gap = isTight ? '  ' : '   ';
  const room = columns - (isTight ? width(MORE) + 1 : isNarrow || place === '' ? 0 : width(place) + 2);
  const left = [...keys];
  while (left.length > 2 && width(left.join(gap)) > room) left.splice(left.length - 3, 1);
  const words = left.join(gap);
  return edges([span(words, 'quiet')], placeSpans(place, columns - width(words)), columns);
};
