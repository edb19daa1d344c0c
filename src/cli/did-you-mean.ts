import { distance } from 'fastest-levenshtein';
import { OTHER_NAMES } from './other-names.ts';

/** Edits beyond which a word is another word. */
const MOST_EDITS = 3;
/** Letters from which on a part of a word stands for it, `xml` for nmap-xml, and a word for what holds it, node for `nodejs`. */
const FEWEST_LETTERS = 3;

/** Whether one of two words holds the other, which is long enough to be no chance. */
const overlap = (typed: string, word: string): boolean =>
  Math.min(typed.length, word.length) >= FEWEST_LETTERS && (word.includes(typed) || typed.includes(word));

/**
 * The word that was most likely meant: what was typed is another name for it, or in it, or has it in it, or at most half of it is wrong.
 * Null when none is near.
 */
const nearest = (typed: string, words: readonly string[]): string | null => {
  const small = typed.trim().toLowerCase();
  const same = words.find((word) => word.toLowerCase() === small);
  const [alias] = [...OTHER_NAMES].find(([word, names]) => words.includes(word) && names.test(small)) ?? [];
  const [whole] = words.filter((word) => overlap(small, word)).toSorted((a, b) => b.length - a.length);
  const [best] = words
    .map((word) => ({ word, edits: distance(small, word) }))
    .filter(({ word, edits }) => edits <= MOST_EDITS && edits * 2 <= word.length)
    .toSorted((a, b) => a.edits - b.edits);
  return same ?? alias ?? whole ?? best?.word ?? null;
};

/** `; did you mean syn?` behind a complaint about a word, empty where none is near. */
export const didYouMean = (typed: string, words: readonly string[]): string => {
  const word = nearest(typed, words);
  return word === null ? '' : `; did you mean ${word}?`;
};
