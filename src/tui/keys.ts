import type { Key as InkKey } from 'ink';
import type { Key } from './state.ts';

const LETTERS: Readonly<Record<string, Key>> = {
  k: 'up',
  j: 'down',
  h: 'left',
  l: 'right',
  b: 'page-up',
  ' ': 'page-down',
  g: 'home',
  G: 'end',
  '?': 'help',
  q: 'quit',
  '\r': 'open',
  '\n': 'open',
  // Ctrl-C arrives like this when it was typed twice faster than it was read: the second must not be lost.
  '\u0003': 'interrupt',
};

const SPECIAL = [
  ['upArrow', 'up'],
  ['downArrow', 'down'],
  ['leftArrow', 'left'],
  ['rightArrow', 'right'],
  ['pageUp', 'page-up'],
  ['pageDown', 'page-down'],
  ['home', 'home'],
  ['end', 'end'],
  ['return', 'open'],
  ['escape', 'back'],
  ['backspace', 'back'],
  ['delete', 'back'],
] as const satisfies readonly (readonly [keyof InkKey, Key])[];

/** What Ink's `useInput` heard, as the keys of this screen: several when letters came faster than they were read. */
export const keysOf = (input: string, key: InkKey): Key[] => {
  if (key.ctrl) return [input === 'c' ? 'interrupt' : 'other'];
  const special = SPECIAL.find(([name]) => key[name]);
  if (special) return [special[1]];
  return [...input].map((letter) => LETTERS[letter] ?? 'other');
};
