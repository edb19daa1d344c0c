import { cleaned } from '../../text/fit-text.ts';
import {
  type Copied,
  copiedCommands,
  copiedFinding,
  copiedHosts,
  copiedLines,
  copiedRules,
  copiedVerdict,
  hostRow,
} from '../kit/clipboard-text.ts';
import type { CommandLine } from '../kit/command-line.ts';
import { CODE, isJudged } from '../kit/host-code.ts';
import { turnEvery } from '../kit/turn-every.ts';
import type { AuditKeyName } from './audit-keys.ts';
import { type AuditView, chosenGroup, reportAt } from './audit-state.ts';
import type { Sources } from './fetch.ts';
import { previewedHost } from './move.ts';
import { listed, rankOf } from './select.ts';

/** Hosts of a list that is copied: each report is read, about a millisecond. More are for an export. */
const MOST_COPIED = 5000;
/** Keys, frames and probes get a turn every so many milliseconds. */
const BURST_MS = 10;

type Reports = Pick<Sources, 'reportOf' | 'clean'>;

/** The hosts of the list as it is narrowed and sorted; from the map, all. */
const copiedList = async (view: AuditView, { reportOf, clean }: Reports): Promise<Copied> => {
  const selection = view.page === 'list' ? view : { ...view, filter: null, search: null };
  const rows: string[] = [];
  const others = turnEvery(BURST_MS);
  for (const index of listed(selection, MOST_COPIED)) {
    const report = isJudged(view.states[index] ?? CODE.waiting) ? cleaned(reportOf(index), clean) : null;
    rows.push(hostRow({ title: view.targets.titleOf(index), address: report?.address ?? null, report }));
    await others();
  }
  return copiedHosts(rows, rankOf(selection, 0).total);
};

const prefixesOf = (view: AuditView): Copied | null => {
  const group = chosenGroup(view);
  return group ? { name: 'the prefixes', file: 'prefixes.txt', text: group.prefixes.join('\n') } : null;
};

/** Copies what this key means on the page that shows, or says why there is nothing. */
export const copyOf = (
  view: AuditView,
  name: AuditKeyName,
  copy: (what: Copied | Promise<Copied> | null, otherwise: string) => void,
  reports: Reports,
): void => {
  const group = view.page === 'findings' ? chosenGroup(view) : undefined;
  const host = previewedHost(view);
  const report = host === null ? null : reportAt(view, host);
  if (name === 'copy-verdict') {
    if (view.overlay === 'command') copy(copiedLines(view.commands), 'there is no command line');
    else if (group) copy(copiedFinding(group), '');
    else copy(report && copiedVerdict(report), 'no verdict to copy yet');
  }
  if (name === 'copy-commands')
    copy(group ? copiedRules(group) : report && copiedCommands(report), 'there are no commands to copy here');
  if (name === 'copy-list')
    copy(
      view.page === 'findings' ? prefixesOf(view) : copiedList(view, reports),
      'there are no prefixes to copy',
    );
};

/** Command lines that do what the page shows: for the whole run, and for the host that it shows. */
export const commandsOf = (
  view: AuditView,
  { commandsFor }: { commandsFor(target: string | null): readonly CommandLine[] },
): readonly CommandLine[] => {
  const told = previewedHost(view);
  const ofHost = told === null ? [] : commandsFor(view.targets.textOf(told));
  return view.isOpen && told !== null ? ofHost : [...commandsFor(null), ...ofHost];
};
