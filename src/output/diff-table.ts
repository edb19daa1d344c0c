import { CHANGE_KINDS, type Change, type ChangeKind, type RunDiff, type RunEntry } from '../model/history.ts';
import { cleanText } from './clean-text.ts';
import type { FormatOptions } from './format.ts';
import { bySubnet, type Subnet, subnetOf } from './subnets.ts';
import { type Colour, paint, wrap } from './table/draw.ts';
import { counted, hostName, minuteWords } from './words.ts';

/** So many changes of a kind are listed one by one; more are told by subnet. `verbose` lists all. */
const LISTED = 40;
/** Subnets told of one kind, what fits a screen. */
const SUBNETS = 20;

const KINDS: Readonly<Record<ChangeKind, { readonly title: string; readonly colour: Colour }>> = {
  'newly-blocked': { title: 'NEWLY BLOCKED', colour: 'red' },
  mended: { title: 'FIXED', colour: 'green' },
  appeared: { title: 'APPEARED', colour: 'bold' },
  gone: { title: 'GONE', colour: 'yellow' },
  'changed-cause': { title: 'OTHER CAUSE', colour: 'yellow' },
};

const runWords = ({ id, startedAt }: RunEntry): string => `${cleanText(id)} (${minuteWords(startedAt)})`;

/** What makes a comparison say less than it seems to. */
const remarks = ({ before, after }: RunDiff): string[] => [
  ...[before, after]
    .filter(({ state }) => state !== 'finished')
    .map(({ id, state }) => `Run ${cleanText(id)} is ${state}: hosts it did not reach are missing from it.`),
  ...(before.vantage === after.vantage
    ? []
    : [
        `The runs asked from different places, ${cleanText(before.vantage)} and ${cleanText(after.vantage)}: a change may be one of place.`,
      ]),
];

const heading = (diff: RunDiff, { width }: FormatOptions): string[] => {
  const { compared, same } = diff.summary;
  return [
    ...wrap(`Comparing run ${runWords(diff.after)} with run ${runWords(diff.before)}`, width, ''),
    ...wrap(`${counted(compared, 'host')} in both runs, ${same} of them the same.`, width, ''),
    ...remarks(diff).flatMap((remark) => wrap(remark, width, '')),
  ];
};

const changeLines = (change: Change, { width }: FormatOptions): string[] =>
  wrap(`${cleanText(hostName(change))}: ${cleanText(change.text, 1000)}`, width, '  - ', '    ');

interface Fold {
  readonly subnet: Subnet | null;
  readonly example: Change;
  hosts: number;
}

const foldsOf = (changes: Iterable<Change>): Fold[] => {
  const folds = new Map<string, Fold>();
  for (const change of changes) {
    const subnet = subnetOf(change.address);
    const fold = folds.get(subnet?.text ?? '');
    if (fold) fold.hosts++;
    else folds.set(subnet?.text ?? '', { subnet, example: change, hosts: 1 });
  }
  return [...folds.values()].sort((a, b) => b.hosts - a.hosts || bySubnet(a.subnet, b.subnet));
};

const foldLines = (changes: Iterable<Change>, { width }: FormatOptions): string[] => {
  const folds = foldsOf(changes);
  const rest = folds.slice(SUBNETS);
  const hosts = rest.reduce((sum, fold) => sum + fold.hosts, 0);
  return [
    ...folds.slice(0, SUBNETS).flatMap(({ subnet, example, hosts: count }) => {
      const where = subnet?.text ?? 'no address';
      const one = `${cleanText(hostName(example))}: ${cleanText(example.text)}`;
      return wrap(`${where}: ${counted(count, 'host')}, for example ${one}`, width, '  - ', '    ');
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
 * 40 of one kind are told by subnet, unless `verbose`. No line is longer than `width`, single words excepted.
 */
export const renderDiff = function* (diff: RunDiff, options: FormatOptions): Iterable<string> {
  yield `${heading(diff, options).join('\n')}\n`;
  if (CHANGE_KINDS.every((kind) => diff.summary[kind] === 0)) yield 'Nothing changed.\n';
  for (const kind of CHANGE_KINDS)
    for (const lines of kindLines(diff, kind, options)) yield `${lines.join('\n')}\n`;
};
