/** Words as a sentence lists them: `a`, `a and b`, `a, b and c`; empty for none. */
export const andList = (words: readonly (string | number)[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

/**
 * The first `most` of a list and how many more there are, `a, b and 3 more`; all of a short list, `a, b`. `total`: how many there
 * are where `words` holds only the first of them.
 */
export const shortList = (
  words: readonly (string | number)[],
  most: number,
  total = words.length,
): string => {
  const named = words.slice(0, most);
  const more = total - named.length;
  return `${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
};

/** The same in a sentence: all of a short list as `andList` has it, `a, b and c`. */
export const shortAndList = (words: readonly (string | number)[], most: number): string =>
  words.length > most ? shortList(words, most) : andList(words);
