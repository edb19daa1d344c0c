import { cleanText } from '../text/clean-text.ts';

/** Longest line on stderr, characters. */
const MOST = 4000;

/** A line for a person as it may stand on a terminal: what was typed or configured may be in it. */
export const logLine = (text: string): string => `ra-preflight: ${cleanText(text, MOST)}\n`;

/** Says something to whoever watches, on standard error, a line for each line of it. */
export const log = (text: string): void => {
  process.stderr.write(text.split('\n').map(logLine).join(''));
};

/** Says what is of no result, unless that is not wanted. */
export const logUnlessQuiet = ({ quiet }: { readonly quiet: boolean }, text: string): void => {
  if (!quiet) log(text);
};
