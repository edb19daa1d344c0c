import type { Group } from '../../../model/report.ts';
import { countedGrouped } from '../../../text/counts.ts';
import { fold, oneLine, pad, wrap } from '../../../text/fit-text.ts';
import { BLANK, clipLine, LONGEST_PROSE, type StyledLine, span, windowOf } from '../../kit/layout/line.ts';
import { type AuditView, chosenGroup } from '../audit-state.ts';
import { innerColumns } from '../geometry.ts';

/** More of them are for a file, not for a screen. */
const PREFIXES_SHOWN = 400;
const COMMANDS_SHOWN = 60;
const SIGNATURE = 44;
const BOTH_FIT = 120;

/** The finding in this line of the page. */
export const findingAt = (view: AuditView, height: number, row: number): Group | undefined => {
  const chosen = chosenGroup(view);
  if (!chosen) return undefined;
  const { from, to } = windowOf(view.groups.length, view.groups.indexOf(chosen), height);
  return from + row < to ? view.groups[from + row] : undefined;
};

/** The findings, one line each, in at most `height` lines around the chosen one. */
export const findingLines = (view: AuditView, height: number): StyledLine[] => {
  const chosen = chosenGroup(view);
  if (!chosen)
    return [[span(view.finished ? 'No shared cause found.' : 'No shared cause found yet.', 'quiet')]];
  const { from, to } = windowOf(view.groups.length, view.groups.indexOf(chosen), height);
  const hosts = Math.max(
    ...view.groups.slice(from, to).map((group) => countedGrouped(group.hosts, 'host').length),
  );
  const isWide = innerColumns(view) >= BOTH_FIT;
  return view.groups.slice(from, to).map((group) => {
    const tone = group === chosen ? 'chosen' : 'plain';
    return clipLine(
      [
        span(pad(group === chosen ? '►' : '', 2), 'chosen'),
        span(`${pad(countedGrouped(group.hosts, 'host'), hosts, 'right')}  `, tone),
        ...(isWide ? [span(`${pad(oneLine(group.signature), SIGNATURE)}  `, tone)] : []),
        span(oneLine(group.text), tone),
      ],
      innerColumns(view),
    );
  });
};

/** The chosen finding among all: `2 of 7`; empty where there are none. */
export const findingPlace = (view: AuditView): string => {
  const chosen = chosenGroup(view);
  return chosen ? `${view.groups.indexOf(chosen) + 1} of ${view.groups.length}` : '';
};

const moreLines = (n: number): StyledLine[] =>
  n > 0 ? [[span(`  and ${n.toLocaleString('en')} more, all of them in an export`, 'quiet')]] : [];

/** Commands are cut where they can be joined again: people copy them. */
const commandLines = ({ commands }: Group, columns: number): StyledLine[] =>
  commands.length === 0
    ? []
    : [
        BLANK,
        [span('What to change', 'strong')],
        ...commands
          .slice(0, COMMANDS_SHOWN)
          .flatMap((command) => fold(oneLine(command), columns - 2))
          .map((line): StyledLine => [span(`  ${line}`, 'code')]),
        ...moreLines(commands.length - COMMANDS_SHOWN),
      ];

/** All that there is to say about one finding, in lines of at most `columns`. */
export const findingDetail = (group: Group, columns: number): StyledLine[] => {
  const prose = Math.min(columns, LONGEST_PROSE);
  const prefixes = group.prefixes.slice(0, PREFIXES_SHOWN).map(oneLine).join(', ');
  const more = group.prefixes.length - PREFIXES_SHOWN;
  return [
    ...wrap(oneLine(group.text), prose).map((line) => [span(line)]),
    BLANK,
    [span('What is filtered', 'strong')],
    ...wrap(oneLine(group.signature), prose - 2).map((line) => [span(`  ${line}`)]),
    BLANK,
    [span('Hosts', 'strong')],
    [span(`  ${countedGrouped(group.hosts, 'host')}`)],
    BLANK,
    [span('Prefixes', 'strong')],
    ...wrap(prefixes === '' ? 'none' : prefixes, prose - 2).map((line) => [span(`  ${line}`)]),
    ...moreLines(more),
    ...commandLines(group, columns),
  ];
};
