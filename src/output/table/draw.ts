import { styleText } from 'node:util';
import CliTable from 'cli-table3';
import type { RequirementReport } from '../../model/report.ts';
import type { ShownVerdict } from '../../model/shown-verdict.ts';
import { wrapIndented } from '../../text/fit-text.ts';
import type { FormatOptions } from '../format.ts';

/** Colours of a report in a terminal. */
export type Colour = 'green' | 'cyan' | 'red' | 'yellow' | 'gray' | 'bold';
type Align = 'left' | 'right';

/** The colour of a verdict. Its word stands beside it. */
export const VERDICT_COLOURS: Readonly<Record<ShownVerdict, Colour>> = {
  ready: 'green',
  'clear-so-far': 'cyan',
  blocked: 'red',
  undetermined: 'yellow',
  unreachable: 'gray',
};

/** The colour of a requirement's state. Its word stands beside it. */
export const STATE_COLOURS: Readonly<Record<RequirementReport['state'], Colour>> = {
  pass: 'green',
  fail: 'red',
  undetermined: 'yellow',
  'not-needed': 'gray',
};

/** Colours text where colour was asked for. Text from the network must be clean before. */
export const paint = (
  text: string,
  colour: Colour,
  { colour: wanted }: Pick<FormatOptions, 'colour'>,
): string => (wanted ? styleText(colour, text, { validateStream: false }) : text);

/** Columns that a table may fill: one less than the screen, so that no terminal wraps it, and never too few to draw. */
export const roomOf = ({ width }: Pick<FormatOptions, 'width'>): number => Math.max(width - 1, 38);

/** The rows of a table as sentences, since a drawing read aloud is a list of box characters: every cell behind its heading. */
const rowsInWords = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
  { width }: Pick<FormatOptions, 'width'>,
): string[] =>
  rows.flatMap((row) => {
    const cells = row.flatMap((cell, at) => (cell === '' || cell === '-' ? [] : [`${head[at]}: ${cell}`]));
    return wrapIndented(`${cells.join('; ')}.`, width, '');
  });

/** Lines of a table, or of sentences where it is read aloud. `widths` counts the cells with their padding, the borders come on top. */
export const table = (
  head: readonly string[],
  rows: readonly (readonly string[])[],
  widths: readonly number[],
  options: Pick<FormatOptions, 'colour' | 'spoken' | 'width'>,
  aligns: readonly Align[] = [],
): string[] => {
  if (options.spoken) return rowsInWords(head, rows, options);
  const drawn = new CliTable({
    head: head.map((cell) => paint(cell, 'bold', options)),
    colWidths: [...widths],
    colAligns: [...aligns],
    wordWrap: true,
    wrapOnWordBoundary: true,
    style: { head: [], border: [], compact: true },
  });
  drawn.push(...rows.map((row) => [...row]));
  return drawn
    .toString()
    .split('\n')
    .map((line) => line.trimEnd());
};
