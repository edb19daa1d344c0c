import type { Press } from './press.ts';

const LONGEST_SEARCH = 100;

/** The text of a search after a key: with its letter behind, or without the last one. The same text for all other keys. */
export const typedText = (before: string, { name, letter }: Press<string>): string => {
  if (letter !== '') return [...before, letter].slice(0, LONGEST_SEARCH).join('');
  return name === 'erase' ? [...before].slice(0, -1).join('') : before;
};
