import { program } from '../program.ts';
import { complete } from './complete.ts';

/**
 * What a shell is answered: the kind of the offer in the first line, then a line for each word, a tab and what it means. `args` are the
 * words in front of the cursor; the last has a dot before it, because some shells drop a word that is empty.
 */
export const answerShell = (args: readonly string[]): string[] => {
  // Bash takes --format=json for three words.
  const words = args.slice(0, -1).filter((word) => word !== '=');
  const last = (args.at(-1) ?? '.').slice(1);
  const offer = complete(
    program('', () => {}),
    words,
    last === '=' ? '' : last,
  );
  const lines =
    offer.kind === 'words' ? offer.words.map(([word, means]) => (means ? `${word}\t${means}` : word)) : [];
  return [offer.kind, ...lines].map((line) => `${line}\n`);
};
