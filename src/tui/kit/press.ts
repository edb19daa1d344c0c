/** What keys and moves of the mouse mean, on every screen. */
export type Key =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'page-up'
  | 'page-down'
  | 'home'
  | 'end'
  | 'open'
  | 'back'
  | 'help'
  | 'quit'
  | 'interrupt'
  | 'search'
  | 'next'
  | 'erase'
  | 'copy-verdict'
  | 'copy-commands'
  | 'copy-list'
  | 'command'
  | 'sort'
  | 'reverse'
  | 'mouse'
  | 'offer'
  | 'click'
  | 'wheel-up'
  | 'wheel-down'
  | 'other';

/** Keys that close a page over another one. */
export const CLOSING: ReadonlySet<string> = new Set<Key>(['open', 'back', 'erase', 'help', 'command']);

/** A place on the screen; the upper left one is row 0, column 0. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

/** A key or a move of the mouse: what it means, the letter that it writes into a search (else empty), and where the mouse was. */
export interface Press<Name extends string = Key> {
  readonly name: Name;
  readonly letter: string;
  readonly at?: Place;
}
