import type { Key as InkKey } from 'ink';
import { keysOf } from '../keys.ts';
import type { Key } from '../state.ts';

export type AuditKeyName =
  | Key
  | 'erase'
  | 'pause'
  | 'faster'
  | 'slower'
  | 'export'
  | 'turn'
  | 'map'
  | 'findings'
  | 'list'
  | 'filter'
  | 'all'
  | 'only-blocked'
  | 'only-undetermined'
  | 'only-unreachable'
  | 'only-ready'
  | 'search'
  | 'zoom';

/** A key, and the letter it writes while somebody types; empty where it writes none. */
export interface AuditKey {
  readonly name: AuditKeyName;
  readonly letter: string;
}

const LETTERS: Readonly<Record<string, AuditKeyName>> = {
  k: 'up',
  j: 'down',
  ' ': 'pause',
  '+': 'faster',
  '=': 'faster',
  '-': 'slower',
  e: 'export',
  m: 'map',
  g: 'findings',
  l: 'list',
  f: 'filter',
  '1': 'all',
  '2': 'only-blocked',
  '3': 'only-undetermined',
  '4': 'only-unreachable',
  '5': 'only-ready',
  '/': 'search',
  z: 'zoom',
  '?': 'help',
  q: 'quit',
  // These arrive as letters when they were typed, or pasted, faster than they were read.
  '\t': 'turn',
  '\r': 'open',
  '\n': 'open',
  '\u0003': 'interrupt',
  '\u007F': 'erase',
  '\b': 'erase',
};

const PRINTABLE = /^[^\p{Cc}\p{Cf}\p{Cs}]+$/u;

/** What Ink's `useInput` heard, as the keys of the audit screen: several when they came faster than they were read. */
export const auditKeysOf = (input: string, key: InkKey): AuditKey[] => {
  if (key.tab) return [{ name: 'turn', letter: '' }];
  if (key.backspace || key.delete) return [{ name: 'erase', letter: '' }];
  const isLetters = input !== '' && !key.ctrl && !key.return && !key.escape;
  if (!isLetters) return keysOf(input, key).map((name) => ({ name, letter: '' }));
  return [...input].map((letter) => ({
    name: LETTERS[letter] ?? 'other',
    letter: PRINTABLE.test(letter) ? letter : '',
  }));
};
