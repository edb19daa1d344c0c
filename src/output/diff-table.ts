import { CHANGE_KINDS, type ChangeKind, type RunDiff, type RunEntry } from '../model/history.ts';
import { cleanText } from '../text/clean-text.ts';
import { counted } from '../text/counts.ts';
import { wrapIndented } from '../text/fit-text.ts';
import {
  foldsOf,
  LISTED,
  type Listed,
  nothingWords,
  remarksOn,
  SUBNETS,
  uncertainWords,
} from './diff-parts.ts';
import type { FormatOptions } from './format.ts';
import { hostName, minuteWords } from './report-words.ts';
import { type Colour, paint } from './table/draw.ts';

interface Heading {
  readonly title: string;
  readonly colour: Colour;
}

const KINDS: Readonly<Record<ChangeKind, Heading>> = {
  'newly-blocked': { title: 'NEWLY BLOCKED', colour: 'red' },
  mended: { title: 'FIXED', colour: 'green' },
  appeared: { title: 'APPEARED', colour: 'bold' },
  gone: { title: 'GONE', colour: 'yellow' },
  'changed-cause': { title: 'OTHER CAUSE', colour: 'yellow' },
};
const UNCERTAIN: Heading = { title: 'UNCERTAIN', colour: 'bold' };

const runWords = ({ id, startedAt }: RunEntry): string => `${cleanText(id)} (${minuteWords(startedAt)})`;

const heading = (diff: RunDiff, { width }: FormatOptions): string[] => {
  const { compared, same, uncertain } = diff.summary;
  const hosts = `${counted(compared, 'host')} in both runs, ${same - uncertain} of them the same`;
  return [
    ...wrapIndented(`Comparing run ${runWords(diff.after)} with run ${runWords(diff.before)}`, width, ''),
    ...wrapIndented(`${hosts}${uncertainWords(diff)}.`, width, ''),
    ...remarksOn(diff).flatMap((remark) => wrapIndented(remark, width, '')),
  ];
};

const hostLines = (host: Listed, { width }: FormatOptions): string[] =>
  wrapIndented(`${cleanText(hostName(host))}: ${cleanText(host.text, 1000)}`, width, '  - ', '    ');

const foldLines = (hosts: Iterable<Listed>, { width }: FormatOptions): string[] => {
  const folds = foldsOf(hosts);
  const rest = folds.slice(SUBNETS);
  const left = rest.reduce((sum, fold) => sum + fold.hosts.length, 0);
  return [
    ...folds.slice(0, SUBNETS).flatMap(({ where, example, hosts: some }) => {
      const one = `${cleanText(hostName(example))}: ${cleanText(example.text)}`;
      return wrapIndented(
        `${where}: ${counted(some.length, 'host')}, for example ${one}`,
        width,
        '  - ',
        '    ',
      );
    }),
    ...(rest.length > 0
      ? wrapIndented(
          `and ${counted(left, 'host')} in ${counted(rest.length, 'more subnet')} (-v lists every host)`,
          width,
          '  ',
        )
      : []),
  ];
};

const part = function* (
  { title, colour }: Heading,
  hosts: readonly Listed[],
  options: FormatOptions,
): Iterable<string[]> {
  if (hosts.length === 0) return;
  yield ['', `${paint(title, colour, options)}  ${counted(hosts.length, 'host')}`];
  if (hosts.length > LISTED && !options.verbose) yield foldLines(hosts, options);
  else for (const host of hosts) yield hostLines(host, options);
};

const parts = function* (diff: RunDiff, options: FormatOptions): Iterable<string[]> {
  yield heading(diff, options);
  const nothing = nothingWords(diff);
  if (nothing) yield [`${nothing}.`];
  for (const kind of CHANGE_KINDS) {
    const changes = diff.changes.filter((change) => change.kind === kind);
    yield* part(KINDS[kind], changes, options);
  }
  yield* part(UNCERTAIN, diff.uncertain, options);
};

/**
 * Two runs compared, for a person: what was compared, then for each kind of change how many hosts and which, then the uncertain;
 * more than 40 of one kind are grouped by subnet, unless `verbose`. No line is longer than `width`, single words excepted.
 */
export const renderDiff = function* (diff: RunDiff, options: FormatOptions): Iterable<string> {
  for (const lines of parts(diff, options)) yield `${lines.join('\n')}\n`;
};
