import { wrap } from '../../../text/fit-text.ts';
import { type StyledLine, span } from './line.ts';

/** Keys that do the same on every screen. */
export const COMMON_KEYS: readonly (readonly [string, string])[] = [
  ['y', 'copy the verdict on the host, or the command line shown'],
  ['Y', 'copy the commands of its remedies'],
  ['c', 'copy the list of hosts, with tabs between the columns'],
  ['x', 'the command line that does the same as this view'],
  ['s  S', 'sort the list by verdict, by name, as the run has it; S reverses'],
  ['M', 'mouse off, so that the terminal can select text, or on again'],
];

/** Terms and what they mean, side by side where there is room. */
export const termLines = (rows: readonly (readonly [string, string])[], columns: number): StyledLine[] => {
  const first = columns >= 60 ? 22 : 0;
  return rows.flatMap(([term, says]): StyledLine[] => {
    if (first === 0)
      return [[span(term, 'strong')], ...wrap(says, columns - 2).map((line) => [span(`  ${line}`)])];
    return wrap(says, columns - first).map((line, at) => [
      span((at === 0 ? term : '').padEnd(first), 'strong'),
      span(line),
    ]);
  });
};
