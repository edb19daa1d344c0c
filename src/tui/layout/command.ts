import type { CommandLine } from '../state.ts';
import { fold, oneLine } from '../text.ts';
import { BLANK, type Line, span } from './line.ts';

/** Command lines that do what a view shows, each under what it does. They are cut where they can be joined again. */
export const commandLines = (lines: readonly CommandLine[], columns: number): Line[] => [
  [span('On the command line', 'strong')],
  ...lines.flatMap(({ says, command }): Line[] => [
    BLANK,
    [span(oneLine(says), 'quiet')],
    ...fold(oneLine(command), columns - 2).map((part): Line => [span(`  ${part}`, 'code')]),
  ]),
];
