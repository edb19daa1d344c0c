import { CHANGE_KINDS, type Change, type ChangeKind, type RunDiff, type RunEntry } from '../model/history.ts';
import { cleanText } from '../text/clean-text.ts';
import { counted } from '../text/counts.ts';
import { foldsOf, LISTED, remarksOn, SUBNETS } from './diff-parts.ts';
import type { FormatOptions } from './format.ts';
import { hostName, minuteWords } from './report-words.ts';
import { type Colour, paint, wrap } from './table/draw.ts';

const KINDS: Readonly<Record<ChangeKind, { readonly title: string; readonly colour: Colour }>> = {
  'newly-blocked': { title: 'NEWLY BLOCKED', colour: 'red' },
  mended: { title: 'FIXED', colour: 'green' },
  appeared: { title: 'APPEARED', colour: 'bold' },
  gone: { title: 'GONE', colour: 'yellow' },
  'changed-cause': { title: 'OTHER CAUSE', colour: 'yellow' },
};

const runWords = ({ id, startedAt }: RunEntry): string => `${cleanText(id)} (${minuteWords(startedAt)})`;

const heading = (diff: RunDiff, { width }: FormatOptions): string[] => {
  const { compared, same } = diff.summary;
  return [
    ...wrap(`Comparing run ${runWords(diff.after)} with run ${runWords(diff.before)}`, width, ''),
    ...wrap(`${counted(compared, 'host')} in both runs, ${same} of them the same.`, width, ''),
    ...remarksOn(diff).flatMap((remark) => wrap(remark, width, '')),
  ];
};

const changeLines = (change: Change, { width }: FormatOptions): string[] =>
  wrap(`${cleanText(hostName(change))}: ${cleanText(change.text, 1000)}`, width, '  - ', '    ');

const foldLines = (changes: Iterable<Change>, { width }: FormatOptions): string[] => {
  const folds = foldsOf(changes);
  const rest = folds.slice(SUBNETS);
  const hosts = rest.reduce((sum, fold) => sum + fold.changes.length, 0);
  return [
    ...folds.slice(0, SUBNETS).flatMap(({ where, example, changes: some }) => {
      const one = `${cleanText(hostName(example))}: ${cleanText(example.text)}`;
      return wrap(`${where}: ${counted(some.length, 'host')}, for example ${one}`, width, '  - ', '    ');
    }),
    ...(rest.length > 0
      ? wrap(
          `and ${counted(hosts, 'host')} in ${counted(rest.length, 'more subnet')} (-v lists every host)`,
          width,
          '  ',
        )
      : []),
  ];
};

const kindLines = function* (diff: RunDiff, kind: ChangeKind, options: FormatOptions): Iterable<string[]> {
  const count = diff.summary[kind];
  if (count === 0) return;
  const { title, colour } = KINDS[kind];
  yield ['', `${paint(title, colour, options)}  ${counted(count, 'host')}`];
  const changes = diff.changes.filter((change) => change.kind === kind);
  if (changes.length > LISTED && !options.verbose) yield foldLines(changes, options);
  else for (const change of changes) yield changeLines(change, options);
};

/**
 * Two runs compared, for a person: what was compared, then for each kind of change how many hosts and which; more than
 * 40 of one kind are grouped by subnet, unless `verbose`. No line is longer than `width`, single words excepted.
 */
export const renderDiff = function* (diff: RunDiff, options: FormatOptions): Iterable<string> {
  yield `${heading(diff, options).join('\n')}\n`;
  if (CHANGE_KINDS.every((kind) => diff.summary[kind] === 0)) yield 'Nothing changed.\n';
  for (const kind of CHANGE_KINDS)
    for (const lines of kindLines(diff, kind, options)) yield `${lines.join('\n')}\n`;
};
