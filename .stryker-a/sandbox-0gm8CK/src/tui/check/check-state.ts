import type { Run, RunStart } from '../../model/report.ts';
import { SHOWN_WORDS, shownVerdict } from '../../model/shown-verdict.ts';
import type { CommandLine } from '../kit/command-line.ts';
import { CODE } from '../kit/host-code.ts';
import type { HostView } from '../kit/host-view.ts';
import type { Size } from '../kit/screen-size.ts';
import { AS_THE_RUN, nameKey, type Sorting } from '../kit/sorting.ts';

/** `command`: the command line that does the same as what is shown. */
export type CheckPage = 'hosts' | 'host' | 'help' | 'command';

/** All that the screen shows. Only `reduce` makes a new one; the layout is a function of it. Times in milliseconds. */
export interface CheckView extends Size {
  /** Becomes a `Run` when the run has ended in good order. */
  readonly run: RunStart | Run | null;
  /** Hosts to probe, started or not. */
  readonly expected: number;
  /** Hosts that have started, in the order of the run. */
  readonly hosts: readonly HostView[];
  readonly notices: readonly string[];
  readonly startedAt: number;
  readonly now: number;
  readonly page: CheckPage;
  /** `index` of the chosen host; null before a choice, which means the first. */
  readonly chosen: number | null;
  /** First line shown of the page, for pages that scroll. */
  readonly scroll: number;
  /** Where help and command line go back to; null outside of them. */
  readonly behind: { readonly page: CheckPage; readonly scroll: number } | null;
  /** The search as it is typed; null while keys are commands. */
  readonly typing: string | null;
  readonly order: Sorting;
  /** The list holds the hosts that have this in name, address or verdict; empty: all. */
  readonly search: string;
  /** What is looked for on a page that scrolls; empty for nothing. */
  readonly found: string;
  /** Whether the mouse is ours; the terminal's own selection needs it back. */
  readonly mouse: boolean;
  /** Command lines that do what is shown, as last made. */
  readonly commands: readonly CommandLine[];
  /** The user asked to stop and the last events are on their way. */
  readonly stopping: boolean;
  /** The stream has ended: nothing more will come. */
  readonly finished: boolean;
  readonly closed: boolean;
}

/** The view before the first event. */
export const initialCheckView = (size: Size, now: number): CheckView => ({
  ...size,
  run: null,
  expected: 0,
  hosts: [],
  notices: [],
  startedAt: now,
  now,
  page: 'hosts',
  chosen: null,
  scroll: 0,
  behind: null,
  typing: null,
  order: AS_THE_RUN,
  search: '',
  found: '',
  mouse: true,
  commands: [],
  stopping: false,
  finished: false,
  closed: false,
});

const isFound = ({ title, address, report }: HostView, wanted: string): boolean =>
  `${title} ${address ?? ''} ${report ? SHOWN_WORDS[shownVerdict(report)] : 'probing'}`
    .toLowerCase()
    .includes(wanted);

const codeOf = ({ report }: HostView): number => (report ? CODE[shownVerdict(report)] : CODE.asking);

/** Hosts in the order of the list; where that says nothing, in the order of the run. */
const sorted = (hosts: readonly HostView[], { by, reversed }: Sorting): readonly HostView[] => {
  const named = hosts.map((host) => ({ host, name: by === 'host' ? nameKey(host.title) : '' }));
  if (by === 'host') named.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  if (by === 'verdict') named.sort((a, b) => codeOf(b.host) - codeOf(a.host));
  const ordered = named.map(({ host }) => host);
  return reversed ? ordered.reverse() : ordered;
};

/** The hosts that the search lets through, as they are sorted. Letter case does not count. */
export const listedHosts = ({ hosts, search, order }: CheckView): readonly HostView[] => {
  const wanted = search.trim().toLowerCase();
  return sorted(wanted === '' ? hosts : hosts.filter((host) => isFound(host, wanted)), order);
};

/** The chosen host of the list, or its first; undefined when it is empty. */
export const chosenHost = (view: CheckView): HostView | undefined => {
  const listed = listedHosts(view);
  return listed.find(({ index }) => index === view.chosen) ?? listed[0];
};
