import type { VantageCell, VantageComparison } from '../../model/vantages.ts';
import { cleanText } from '../../text/clean-text.ts';
import { wrapIndented } from '../../text/fit-text.ts';
import type { FormatOptions } from '../format.ts';
import { paint, roomOf, table } from './draw.ts';

/** What fits one screen; `verbose` shows all. */
const MOST = { rows: 20, findings: 12, columns: 12 } as const;

const numbers = ['hosts', 'ready', 'clearSoFar', 'blocked', 'undetermined', 'unreachable'] as const;

/** A line for each vantage: what it found. */
const vantageLines = ({ vantages }: VantageComparison, options: FormatOptions): string[] => {
  const heads = ['Hosts', 'Ready', 'Clear', 'Blocked', 'Undet.', 'Unreach.'];
  const names = vantages.map(({ name, sick }) => `${cleanText(name)}${sick ? ' (sick)' : ''}`);
  const widths = heads.map((head) => Math.max(head.length, 7) + 2);
  const left = roomOf(options) - widths.reduce((sum, width) => sum + width + 1, 0) - 2;
  return table(
    ['Vantage', ...heads],
    vantages.map(({ summary, sick }, at) => [
      sick ? paint(names[at] ?? '', 'yellow', options) : (names[at] ?? ''),
      ...numbers.map((key) =>
        String(key === 'undetermined' ? summary[key] - summary.clearSoFar : summary[key]),
      ),
    ]),
    [Math.max(8, Math.min(left, Math.max(7, ...names.map(({ length }) => length)) + 2)), ...widths],
    options,
    ['left', ...heads.map(() => 'right' as const)],
  );
};

/** `3 blocked`, `clear`, `?`: how a subnet looks from a vantage. */
const cellWords = ({ hosts, clear, blocked }: VantageCell, options: FormatOptions): string => {
  if (hosts === 0) return '-';
  if (blocked > 0) return paint(blocked === hosts ? 'blocked' : `${blocked} blocked`, 'red', options);
  return clear > 0 ? paint(clear === hosts ? 'clear' : `${clear} clear`, 'green', options) : '?';
};

const isSplit = (cells: readonly VantageCell[]): boolean =>
  cells.some(({ blocked }) => blocked > 0) && cells.some(({ clear }) => clear > 0);

/** Subnets on which vantages disagree first. */
const matrixLines = ({ matrix, vantages }: VantageComparison, options: FormatOptions): string[] => {
  const width = 13;
  const first = 20;
  const most = Math.max(1, Math.min(MOST.columns, Math.floor((roomOf(options) - first - 2) / (width + 1))));
  const shown = vantages.slice(0, most);
  const rows = matrix.toSorted((a, b) => Number(isSplit(b.cells)) - Number(isSplit(a.cells)));
  const some = options.verbose ? rows : rows.slice(0, MOST.rows);
  const lines = table(
    ['Subnet', ...shown.map(({ name }) => cleanText(name, width - 3))],
    some.map(({ subnet, cells }) => [
      subnet ?? 'no address',
      ...cells.slice(0, shown.length).map((cell) => cellWords(cell, options)),
    ]),
    [first, ...shown.map(() => width)],
    options,
  );
  return [
    ...lines,
    ...(rows.length > some.length ? [`  and ${rows.length - some.length} more subnets (-v shows all)`] : []),
    ...(vantages.length > shown.length
      ? [`  and ${vantages.length - shown.length} more vantages (a wider screen, or --format json)`]
      : []),
  ];
};

/** How the vantages of a fleet compare: what each found, subnet by vantage, and on what they disagree. */
export const comparisonLines = (comparison: VantageComparison, options: FormatOptions): string[] => {
  const { vantages, findings } = comparison;
  const shown = options.verbose ? findings : findings.slice(0, MOST.findings);
  const more = findings.length - shown.length;
  const sick = vantages.filter((one) => one.sick);
  return [
    ...vantageLines(comparison, options),
    ...sick.flatMap(({ name }) =>
      wrapIndented(
        `Nothing came back to ${cleanText(name)} from any host, while other vantages reached several: it is sick, and its verdicts do not count.`,
        options.width,
        '  ! ',
      ),
    ),
    ...matrixLines(comparison, options),
    paint('Where vantages disagree', 'bold', options),
    ...(findings.length === 0 ? ['  nowhere'] : []),
    ...shown.flatMap(({ text }, at) => wrapIndented(cleanText(text, 2000), options.width, `  ${at + 1}. `)),
    ...(more > 0 ? [`  and ${more} more findings (-v shows all)`] : []),
  ];
};
