/** Lines that a notch of the wheel moves. */
const NOTCH = 3;

/** How far a key moves on a page of `page` lines; null for keys that do not move. Infinity is to the end. */
export const distanceOf = (name: string, page: number): number | null => {
  switch (name) {
    case 'up':
      return -1;
    case 'down':
      return 1;
    case 'wheel-up':
      return -NOTCH;
    case 'wheel-down':
      return NOTCH;
    case 'page-up':
      return -page;
    case 'page-down':
      return page;
    case 'home':
      return Number.NEGATIVE_INFINITY;
    case 'end':
      return Number.POSITIVE_INFINITY;
    default:
      return null;
  }
};

/** A place from 0 to `last`, moved by so many. */
export const movedBy = (by: number, from: number, last: number): number =>
  Math.max(0, Math.min(last, Math.min(from, last) + by));

/** First line shown after this key; `last` is the last sensible one. The same number for keys that do not move. */
export const scrolledTo = (name: string, from: number, page: number, last: number): number => {
  const by = distanceOf(name, page);
  return by === null ? from : movedBy(by, from, last);
};
