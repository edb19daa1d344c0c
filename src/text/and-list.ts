/** Words as a sentence lists them: `a`, `a and b`, `a, b and c`; empty for none. */
export const andList = (words: readonly (string | number)[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
