import {
  type Copied,
  copiedCommands,
  copiedFinding,
  copiedLines,
  copiedRules,
  copiedTable,
  copiedVerdict,
} from '../copied.ts';
import type { CommandLine } from '../state.ts';
import type { AuditKeyName } from './keys.ts';
import { toldHost } from './move.ts';
import { listed } from './select.ts';
import { type AuditView, chosenGroup, isJudged, reportAt } from './state.ts';
import { cellOf } from './words.ts';

/** Hosts of a list that is copied. More are for an export. */
const MOST_COPIED = 65_536;

/** The hosts of the list as it is narrowed and sorted; from the map, all. */
const copiedList = (view: AuditView): Copied => {
  const selection = view.page === 'list' ? view : { ...view, filter: null, search: null };
  return copiedTable(
    ['host', 'verdict'],
    listed(selection, MOST_COPIED).map((index) => {
      const code = view.states[index] ?? 0;
      return [view.targets.titleOf(index), isJudged(code) ? cellOf(code).word : ''];
    }),
  );
};

const prefixesOf = (view: AuditView): Copied | null => {
  const group = chosenGroup(view);
  return group ? { name: 'the prefixes', file: 'prefixes.txt', text: group.prefixes.join('\n') } : null;
};

/** Copies what this key means on the page that shows, or says why there is nothing. */
export const copyOf = (
  view: AuditView,
  name: AuditKeyName,
  copy: (what: Copied | null, otherwise: string) => void,
): void => {
  const group = view.page === 'findings' ? chosenGroup(view) : undefined;
  const told = toldHost(view);
  const report = told === null ? null : reportAt(view, told);
  if (name === 'copy-verdict') {
    if (view.overlay === 'command') copy(copiedLines(view.commands), 'there is no command line');
    else if (group) copy(copiedFinding(group), '');
    else copy(report && copiedVerdict(report), 'no verdict to copy yet');
  }
  if (name === 'copy-commands')
    copy(group ? copiedRules(group) : report && copiedCommands(report), 'there are no commands to copy here');
  if (name === 'copy-list')
    copy(view.page === 'findings' ? prefixesOf(view) : copiedList(view), 'there are no prefixes to copy');
};

/** Command lines that do what the page shows: for the whole run, and for the host that it tells of. */
export const commandsOf = (
  view: AuditView,
  { commandsFor }: { commandsFor(target: string | null): readonly CommandLine[] },
): readonly CommandLine[] => {
  const told = toldHost(view);
  const ofHost = told === null ? [] : commandsFor(view.targets.textOf(told));
  return view.isOpen && told !== null ? ofHost : [...commandsFor(null), ...ofHost];
};
