import { REQUIREMENTS } from '../../model/evidence.ts';
import type { Group, HostReport, Remedy } from '../../model/report.ts';
import { SHOWN_WORDS, shownVerdict } from '../../model/shown-verdict.ts';
import { countedGrouped } from '../../text/counts.ts';
import { oneLine } from '../../text/fit-text.ts';
import type { CommandLine } from './command-line.ts';
import { findings, reasons, whyWords } from './explain.ts';
import { REQUIREMENT, STATE, VERDICT } from './words.ts';

/** A text for the clipboard. `name` is what it is, in words, and what a file with it is called. */
export interface Copied {
  readonly name: string;
  readonly file: string;
  readonly text: string;
}

/** The verdict on a host and all that was said for it, as plain lines. */
const verdictLines = (title: string, report: HostReport): string[] => [
  `${title}: ${VERDICT[shownVerdict(report)].word}, ${report.confidence}. ${VERDICT[shownVerdict(report)].says}`,
  ...report.requirements.map(({ name, state }) => `${REQUIREMENT[name].title}: ${STATE[state].word}.`),
  ...[...findings(report), ...reasons(report)].flatMap(({ heading, statements }) => [
    `${heading}:`,
    ...statements.flatMap(({ title, text, aside, commands }) => [
      oneLine(`${title === '' ? '' : `${title}: `}${text}${aside === '' ? '' : ` (${aside})`}`),
      ...commands,
    ]),
  ]),
];

const lines = (name: string, file: string, all: readonly string[]): Copied => ({
  name,
  file,
  text: all.join('\n'),
});

const titleOf = ({ target, address }: HostReport): string =>
  address === null || address === target ? oneLine(target) : oneLine(`${target} (${address})`);

/** The verdict on a host. */
export const copiedVerdict = (report: HostReport): Copied =>
  lines('the verdict', 'verdict.txt', verdictLines(titleOf(report), report));

/** A command never ends in a line end, so that what is pasted last waits for a person. */
const remedyLines = ({ title, commands }: Remedy): string[] =>
  commands.length === 0 ? [] : [`# ${oneLine(title)}`, ...commands.map(oneLine)];

/** What remedies of a host have people type, each under its title as a comment; null when there is nothing to type. */
export const copiedCommands = ({ remedies }: HostReport): Copied | null => {
  const all = remedies.flatMap(remedyLines);
  return all.length === 0 ? null : lines('the commands', 'commands.txt', all);
};

/** A finding with its prefixes. */
export const copiedFinding = ({ text, signature, hosts, prefixes }: Group): Copied =>
  lines('the finding', 'finding.txt', [
    oneLine(text),
    `${countedGrouped(hosts, 'host')}, ${oneLine(signature)}`,
    ...prefixes.map(oneLine),
  ]);

/** The rules that open the filter of a finding; null when there are none. */
export const copiedRules = ({ text, commands }: Group): Copied | null =>
  commands.length === 0
    ? null
    : lines('the commands', 'commands.txt', [`# ${oneLine(text)}`, ...commands.map(oneLine)]);

/** A cell of a table of hosts. A tab would be another cell, and a formula would be computed where it is pasted. */
const cell = (text: string): string => {
  const plain = oneLine(text);
  return /^[=+\-@]/.test(plain) ? `'${plain}` : plain;
};

const HEAD = [
  'host',
  'address',
  'verdict',
  'confidence',
  ...REQUIREMENTS.map((name) => REQUIREMENT[name].short),
  'why',
];

/** What is known of one host, as a row with tabs between the cells. A host without a report has not been judged yet. */
export const hostRow = ({
  title,
  address,
  report,
}: {
  readonly title: string;
  readonly address: string | null;
  readonly report: HostReport | null;
}): string =>
  [
    title,
    address ?? '',
    ...(report
      ? [
          SHOWN_WORDS[shownVerdict(report)],
          report.confidence,
          ...REQUIREMENTS.map((name) => report.requirements.find((one) => one.name === name)?.state ?? ''),
          whyWords(report),
        ]
      : HEAD.slice(2).map(() => '')),
  ]
    .map(cell)
    .join('\t');

/** Rows of hosts under a head, as spreadsheets take them. `all`: the hosts of the list, where these are its first. */
export const copiedHosts = (rows: readonly string[], all = rows.length): Copied =>
  lines(
    all > rows.length
      ? `the first ${rows.length.toLocaleString('en')} of ${countedGrouped(all, 'host')}`
      : `a list of ${countedGrouped(rows.length, 'host')}`,
    'hosts.tsv',
    [HEAD.join('\t'), ...rows],
  );

/** The command lines of a page; null when it has none. */
export const copiedLines = (all: readonly CommandLine[]): Copied | null =>
  all.length === 0
    ? null
    : lines(
        all.length === 1 ? 'the command line' : 'the command lines',
        'command.txt',
        all.map(({ command }) => command),
      );
