import { fold, oneLine } from '../../../text/fit-text.ts';
import type { CommandLine } from '../command-line.ts';
import { BLANK, type StyledLine, span } from './line.ts';

/** Command lines that do what a view shows, each under what it does. They are cut where they can be joined again. */
export const commandLines = (lines: readonly CommandLine[], columns: number): StyledLine[] => [
  [span('On the command line', 'strong')],
  ...lines.flatMap(({ says, command }): StyledLine[] => [
    BLANK,
    [span(oneLine(says), 'quiet')],
    ...fold(oneLine(command), columns - 2).map((part): StyledLine => [span(`  ${part}`, 'code')]),
  ]),
];
