import type { Key as InkKey } from 'ink';
import { COMMON_LETTERS, pressesWith } from '../kit/keys.ts';
import type { Key, Press } from '../kit/press.ts';

const LETTERS: Readonly<Record<string, Key>> = {
  ...COMMON_LETTERS,
  n: 'next',
  o: 'offer',
};

/** The presses of the screen of `check`. */
export const checkKeysOf = (input: string, key: InkKey): Press[] => pressesWith(LETTERS, input, key);
