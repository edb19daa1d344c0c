import { distance } from 'fastest-levenshtein';

/** Edits beyond which a word is another word. */
const MOST_EDITS = 3;
/** Letters from which on a part of a word stands for it: `xml` for nmap-xml. */
const FEWEST_LETTERS = 3;

/** The word that was most likely meant: it has all that was typed in it, or at most half of it is wrong. Null when none is near. */
const nearest = (typed: string, words: readonly string[]): string | null => {
  const whole = words.find((word) => typed.length >= FEWEST_LETTERS && word.includes(typed.toLowerCase()));
  const [best] = words
    .map((word) => ({ word, edits: distance(typed.toLowerCase(), word) }))
    .filter(({ word, edits }) => edits <= MOST_EDITS && edits * 2 <= word.length)
    .toSorted((a, b) => a.edits - b.edits);
  return whole ?? best?.word ?? null;
};

/** `; did you mean syn?` behind a complaint about a word, empty where none is near. */
export const didYouMean = (typed: string, words: readonly string[]): string => {
  const word = nearest(typed, words);
  return word === null ? '' : `; did you mean ${word}?`;
};
