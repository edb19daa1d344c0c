import type { Key as InkKey } from 'ink';
import { COMMON_LETTERS, pressesWith } from '../kit/keys.ts';
import type { Key, Press } from '../kit/press.ts';

/** What keys mean on the audit screen: the common ones, and its own. */
export type AuditKeyName =
  | Key
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
  | 'only-clear'
  | 'zoom';

/** A key of the audit screen, or a move of the mouse. */
export type AuditKey = Press<AuditKeyName>;

const LETTERS: Readonly<Record<string, AuditKeyName>> = {
  ...COMMON_LETTERS,
  p: 'pause',
  '+': 'faster',
  '=': 'faster',
  '-': 'slower',
  e: 'export',
  m: 'map',
  i: 'findings',
  t: 'list',
  f: 'filter',
  '1': 'all',
  '2': 'only-blocked',
  '3': 'only-undetermined',
  '4': 'only-unreachable',
  '5': 'only-ready',
  '6': 'only-clear',
  z: 'zoom',
  // Typed, or pasted, faster than it was read.
  '\t': 'turn',
};

/** What Ink's `useInput` got, as the keys of the audit screen: several when they came faster than they were read. */
export const auditKeysOf = (input: string, key: InkKey): AuditKey[] =>
  key.tab ? [{ name: 'turn', letter: '' }] : pressesWith(LETTERS, input, key);
