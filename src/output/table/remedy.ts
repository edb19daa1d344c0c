import type { Commands } from '../../model/commands.ts';
import { oneNextStep } from '../../model/next-step.ts';
import type { HostReport, Remedy } from '../../model/report.ts';
import { cleanText } from '../../text/clean-text.ts';
import { wrapIndented } from '../../text/fit-text.ts';
import type { FormatOptions } from '../format.ts';
import { blocksOf, isOpening, likelyRemedies, TOOL_WORDS, WHERE_WORDS } from '../report-words.ts';
import { paint } from './draw.ts';

/** Commands, a labelled block for each tool. They stay on one line however long: they are there to be copied. */
export const commandLines = (of: Commands, indent: string, longest = 2000): string[] =>
  blocksOf(of).flatMap(({ tool, commands }) => [
    ...(tool === null ? [] : [`${indent}${TOOL_WORDS[tool]}:`]),
    ...commands.map((command) => `${indent}  ${cleanText(command, longest)}`),
  ]);

/** How much of a remedy is shown. */
type Share = 'all' | 'commands' | 'title';

const entry = (remedy: Remedy, number: number, share: Share, { width }: FormatOptions): string[] => {
  const first = `  ${number}. `;
  const indent = ' '.repeat(first.length);
  return [
    ...wrapIndented(`${cleanText(remedy.title)} (${WHERE_WORDS[remedy.where]})`, width, first, indent),
    ...(share === 'all' ? wrapIndented(cleanText(remedy.text, 2000), width, indent) : []),
    ...(share === 'title' ? [] : commandLines(remedy, indent)),
  ];
};

/** Places to open of which all commands fit one screen; of more only the first has room. */
const MOST_OPENINGS = 2;

/** What to do about one host: the first step in full, the commands of a second place to open; the others by name unless `verbose`. */
export const remedyLines = (host: HostReport, options: FormatOptions): string[] => {
  const likely = options.verbose ? host.remedies : likelyRemedies(host);
  const { remedies, others } = options.verbose ? { remedies: likely, others: [] } : oneNextStep(likely);
  if (remedies.length === 0) return [];
  const openings = remedies.filter(isOpening).length;
  const shareOf = (remedy: Remedy, i: number): Share => {
    if (options.verbose || i === 0) return 'all';
    return isOpening(remedy) && isOpening(remedies[0] ?? remedy) && openings <= MOST_OPENINGS
      ? 'commands'
      : 'title';
  };
  const isShort =
    remedies.length < host.remedies.length || remedies.some((one, i) => shareOf(one, i) !== 'all');
  return [
    paint(`  What to do${isShort ? ' (-v explains every step)' : ''}`, 'bold', options),
    ...remedies.flatMap((remedy, i) => entry(remedy, i + 1, shareOf(remedy, i), options)),
    ...(others.length > 0
      ? wrapIndented(`Other ways to decide it: ${others.join(', ')}.`, options.width, '  ')
      : []),
  ];
};
