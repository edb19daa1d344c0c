import type { Group } from '../../model/report.ts';
import { noShownCounts, SHOWN_VERDICTS, type ShownVerdict } from '../../model/shown-verdict.ts';
import { shortList } from '../../text/and-list.ts';
import { cleanText } from '../../text/clean-text.ts';
import { counted } from '../../text/counts.ts';
import { wrapIndented } from '../../text/fit-text.ts';
import type { FormatOptions } from '../format.ts';
import { isOpening, WHERE_WORDS } from '../report-words.ts';
import type { LoneRule, SharedRemedy, SubnetCounts, Survey } from '../survey.ts';
import { paint, roomOf, table, VERDICT_COLOURS } from './draw.ts';
import { commandLines } from './remedy.ts';

/** What fits one screen; `verbose` shows all. */
const MOST = {
  findings: 12,
  prefixes: 6,
  subnets: 20,
  rules: 10,
  openings: 3,
  remedies: 6,
  commands: 3,
} as const;

const bounded = <T>(items: readonly T[], most: number, { verbose }: FormatOptions): readonly T[] =>
  verbose ? items : items.slice(0, most);

const moreLine = (items: readonly unknown[], shown: readonly unknown[], what: string): string[] =>
  items.length > shown.length ? [`  and ${items.length - shown.length} more ${what} (-v shows all)`] : [];

/** For how many hosts and where a finding holds, as far as its own text does not say so. */
const extentWords = ({ text, hosts, prefixes }: Group, { verbose }: FormatOptions): string => {
  const told = new Set(text.split(/[\s,]+/).map((word) => word.replace(/\.$/, '')));
  if (told.has(String(hosts)) && prefixes.every((prefix) => told.has(prefix))) return '';
  const list = shortList(prefixes, verbose ? prefixes.length : MOST.prefixes);
  return counted(hosts, 'host') + (list ? `: ${cleanText(list, 100_000)}` : '');
};

/** What is filtered, where, for whom: one entry for each group of the report. */
export const findingLines = (groups: readonly Group[], options: FormatOptions): string[] => {
  if (groups.length === 0) return [];
  const shown = bounded(groups, MOST.findings, options);
  const entry = (group: Group, i: number): string[] => {
    const first = `  ${i + 1}. `;
    const extent = extentWords(group, options);
    return [
      ...wrapIndented(cleanText(group.text, 2000), options.width, first),
      ...(extent ? wrapIndented(extent, options.width, ' '.repeat(first.length)) : []),
    ];
  };
  return [
    paint('Findings', 'bold', options),
    ...shown.flatMap(entry),
    ...moreLine(groups, shown, 'findings'),
  ];
};

const COLUMNS: readonly (readonly [verdict: ShownVerdict, long: string, short: string])[] = [
  ['ready', 'Ready', 'Ready'],
  ['clear-so-far', 'Clear so far', 'Clear'],
  ['blocked', 'Blocked', 'Blocked'],
  ['undetermined', 'Undetermined', 'Undet.'],
  ['unreachable', 'Unreachable', 'Unreach.'],
];

type SubnetRow = { readonly name: string; readonly hosts: number } & Readonly<Record<ShownVerdict, number>>;

const rowOf = (one: SubnetCounts): SubnetRow => ({ ...one, name: one.subnet?.text ?? 'no address' });

/** Many rows of which one line is enough: their sum. */
const sumOf = (name: string, rows: readonly SubnetCounts[]): SubnetRow => {
  const sum = { name, hosts: 0, ...noShownCounts() };
  for (const row of rows) for (const key of ['hosts', ...SHOWN_VERDICTS] as const) sum[key] += row[key];
  return sum;
};

const subnetRows = ({ subnets, silent }: Survey, options: FormatOptions): SubnetRow[] => {
  const shown = bounded(subnets, MOST.subnets, options);
  const rest = subnets.slice(shown.length);
  return [
    ...shown.map(rowOf),
    ...(rest.length > 0 ? [sumOf(`and ${rest.length} more`, rest)] : []),
    ...(silent.length > 1 ? [sumOf(`${silent.length} that never answer`, silent)] : silent.map(rowOf)),
  ];
};

/** A line for each subnet, the worst first; those in which nothing answered share one. */
export const subnetLines = (survey: Survey, options: FormatOptions): string[] => {
  const rows = subnetRows(survey, options);
  const room = roomOf(options);
  // A narrow screen has room for what matters most.
  const columns = room < 60 ? COLUMNS.filter(([verdict]) => verdict === 'blocked') : COLUMNS;
  const numbers = [
    { head: 'Hosts', key: 'hosts' as const },
    ...columns.map(([key, long, short]) => ({ head: room < 90 ? short : long, key })),
  ];
  const widths = numbers.map(
    ({ head, key }) => Math.max(head.length, ...rows.map((row) => String(row[key]).length)) + 2,
  );
  const left = room - widths.reduce((sum, width) => sum + width, 0) - widths.length - 2;
  const longest = Math.max(...rows.map(({ name }) => name.length), 0) + 2;
  const cell = (row: SubnetRow, key: 'hosts' | ShownVerdict): string => {
    if (key === 'hosts') return String(row.hosts);
    return row[key] > 0 ? paint(String(row[key]), VERDICT_COLOURS[key], options) : '-';
  };
  return table(
    ['Subnet', ...numbers.map(({ head }) => head)],
    rows.map((row) => [row.name, ...numbers.map(({ key }) => cell(row, key))]),
    [Math.max(Math.min(left, longest), 8), ...widths],
    options,
    ['left', ...numbers.map(() => 'right' as const)],
  );
};

/** Why hosts are blocked that share no finding: a line for each rule, with one of the hosts. */
export const loneLines = (rules: readonly LoneRule[], options: FormatOptions): string[] => {
  if (rules.length === 0) return [];
  const shown = bounded(rules, MOST.rules, options);
  const entry = ({ rule, hosts, example, text }: LoneRule): string[] =>
    wrapIndented(
      `${counted(hosts, 'host')} [${cleanText(rule)}], for example ${cleanText(example)}: ${cleanText(text)}`,
      options.width,
      '  - ',
    );
  return [
    paint('Blocked, but not by a shared filter', 'bold', options),
    ...shown.flatMap(entry),
    ...moreLine(rules, shown, 'reasons'),
  ];
};

/** A remedy of many hosts: its title, and with `verbose` how. */
const remedyEntry = ({ remedy, hosts, example, same }: SharedRemedy, options: FormatOptions): string[] => {
  const title = wrapIndented(
    `${cleanText(remedy.title)} (${WHERE_WORDS[remedy.where]}; ${counted(hosts, 'host')})`,
    options.width,
    '  - ',
  );
  if (!options.verbose) return title;
  const about = same ? '' : `For ${cleanText(example)}: `;
  return [
    ...title,
    ...wrapIndented(about + cleanText(remedy.text, 2000), options.width, '    '),
    ...commandLines(remedy, '    '),
  ];
};

/** The rules that open one finding, for a network team to paste. */
const openingEntry = (group: Group, number: number, options: FormatOptions): string[] => {
  const shown = bounded(group.commands, MOST.commands, options);
  return [
    ...wrapIndented(
      `Finding ${number}: open the filter (in the network; replace EXPERT with the experts' network)`,
      options.width,
      '  - ',
    ),
    ...commandLines({ ...group, commands: shown }, '    ', 100_000),
    ...moreLine(group.commands, shown, 'commands').map((line) => `    ${line}`),
  ];
};

/**
 * What to change: for each finding on the path the rules that open it, and each remedy of the blocked hosts once, with how
 * many ask for it. What only says again that a finding must be opened is left out.
 */
export const changeLines = (
  groups: readonly Group[],
  remedies: readonly SharedRemedy[],
  options: FormatOptions,
): string[] => {
  const openings = bounded(groups, MOST.openings, options).flatMap((group, i) =>
    group.commands.length > 0 ? openingEntry(group, i + 1, options) : [],
  );
  const others = remedies.filter(({ remedy }) => openings.length === 0 || !isOpening(remedy));
  if (openings.length + others.length === 0) return [];
  const shown = bounded(others, MOST.remedies, options);
  return [
    paint(`What to do${options.verbose ? '' : ' (-v explains every step)'}`, 'bold', options),
    ...openings,
    ...shown.flatMap((one) => remedyEntry(one, options)),
    ...moreLine(others, shown, 'remedies'),
  ];
};
