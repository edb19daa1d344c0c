import type { Key as InkKey } from 'ink';
import { mousePresses } from './mouse.ts';
import type { Key, Press } from './press.ts';

/** Letters that mean the same on every screen. */
export const COMMON_LETTERS = {
  h: 'left',
  j: 'down',
  k: 'up',
  l: 'right',
  b: 'page-up',
  ' ': 'page-down',
  g: 'home',
  G: 'end',
  '/': 'search',
  y: 'copy-verdict',
  Y: 'copy-commands',
  c: 'copy-list',
  s: 'sort',
  S: 'reverse',
  x: 'command',
  M: 'mouse',
  '?': 'help',
  q: 'quit',
  // These arrive as letters when they were typed, or pasted, faster than they were read.
  '\r': 'open',
  '\n': 'open',
  '\u0003': 'interrupt',
  '\u007F': 'erase',
  '\b': 'erase',
} as const satisfies Readonly<Record<string, Key>>;

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
  ['backspace', 'erase'],
  ['delete', 'erase'],
] as const satisfies readonly (readonly [keyof InkKey, Key])[];

/** Characters that may be typed into a search. */
const PRINTABLE = /^[^\p{Cc}\p{Cf}\p{Cs}]+$/u;

/** A control sequence without its escape that is no key of ours: its letters were not typed. */
const SEQUENCE = /^\[[0-?]*[\x20-\x2f]*[@-~]$/;
const bare = <Name extends string>(name: Name): Press<Name>[] => [{ name, letter: '' }];

/** What Ink's `useInput` got, by the letters of a screen: several presses when they came faster than they were read. */
export const pressesWith = <Name extends string>(
  letters: Readonly<Record<string, Name>>,
  input: string,
  key: InkKey,
): Press<Name | Key>[] => {
  if (key.ctrl) return bare(input === 'c' ? 'interrupt' : 'other');
  const special = SPECIAL.find(([name]) => key[name]);
  if (special) return bare(special[1]);
  const moved = mousePresses(input);
  if (moved !== null) return moved;
  if (SEQUENCE.test(input)) return bare('other');
  return [...input].map((letter) => ({
    name: letters[letter] ?? 'other',
    letter: PRINTABLE.test(letter) ? letter : '',
  }));
};
