import type { RequirementName } from '../model/evidence.ts';
import type { PortReason, PortState } from '../model/reply.ts';
import type { HostReport, Run, RunStart } from '../model/report.ts';
import { SHOWN_WORDS, shownVerdict } from '../model/shown-verdict.ts';
import { CODE } from './code.ts';
import { AS_THE_RUN, nameKey, type Sorting } from './order.ts';

/** What is known of one port by now. `state` null: asked, no word yet. Times in milliseconds. */
export interface PortFact {
  readonly port: number;
  readonly requirement: RequirementName;
  readonly state: PortState | null;
  readonly reason: PortReason | null;
  readonly rttMs: number | null;
  readonly attempts: number;
  /** Who sent the answer, where it is known to be somebody else than the host asked. */
  readonly from: string | null;
  /** Service and what it said, one line. */
  readonly note: string;
}

/** One host as the screen knows it. `index` is its place in the run; `report` comes when it has been judged. */
export interface HostView {
  readonly index: number;
  /** As typed, but cleaned; empty before it is known. */
  readonly target: string;
  readonly title: string;
  readonly address: string | null;
  readonly ports: ReadonlyMap<number, PortFact>;
  /** The echo's answer in words, empty before it came. */
  readonly echo: string;
  readonly report: HostReport | null;
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** A command line, and what it does in words. */
export interface CommandLine {
  readonly says: string;
  readonly command: string;
}

/** `command`: the command line that does the same as what is shown. */
export type Page = 'hosts' | 'host' | 'help' | 'command';

/** All that the screen shows. Only `reduce` makes a new one; the layout is a function of it. Times in milliseconds. */
export interface View extends Size {
  /** Becomes a `Run` when the run has ended in good order. */
  readonly run: RunStart | Run | null;
  /** Hosts asked for, started or not. */
  readonly expected: number;
  /** Hosts that have started, in the order of the run. */
  readonly hosts: readonly HostView[];
  readonly notices: readonly string[];
  readonly startedAt: number;
  readonly now: number;
  readonly page: Page;
  /** `index` of the chosen host; null while nobody chose, which means the first. */
  readonly chosen: number | null;
  /** First line shown of the page, for pages that scroll. */
  readonly scroll: number;
  /** Where help and command line go back to; null outside of them. */
  readonly behind: { readonly page: Page; readonly scroll: number } | null;
  /** What is being typed to search for; null while nobody types. */
  readonly typing: string | null;
  readonly order: Sorting;
  /** The list holds the hosts that have this in name, address or verdict; empty: all. */
  readonly search: string;
  /** What is looked for on a page that scrolls; empty for nothing. */
  readonly found: string;
  /** Whether the mouse is ours; the terminal's own selection needs it back. */
  readonly mouse: boolean;
  /** Command lines that do what is shown, as last asked for. */
  readonly commands: readonly CommandLine[];
  /** The user asked to stop and the last events are on their way. */
  readonly stopping: boolean;
  /** The stream has ended: nothing more will come. */
  readonly finished: boolean;
  readonly closed: boolean;
}

export type Key =
  | 'up'
  | 'down'
  | 'left'
  | 'right'
  | 'page-up'
  | 'page-down'
  | 'home'
  | 'end'
  | 'open'
  | 'back'
  | 'help'
  | 'quit'
  | 'interrupt'
  | 'search'
  | 'next'
  | 'erase'
  | 'copy-verdict'
  | 'copy-commands'
  | 'copy-list'
  | 'command'
  | 'sort'
  | 'reverse'
  | 'mouse'
  | 'offer'
  | 'click'
  | 'wheel-up'
  | 'wheel-down'
  | 'other';

/** A place on the screen; the upper left one is row 0, column 0. */
export interface Place {
  readonly row: number;
  readonly column: number;
}

/** A key or a move of the mouse: what it means, the letter it writes while somebody types (else empty), and where it was. */
export interface Press<Name extends string = Key> {
  readonly name: Name;
  readonly letter: string;
  readonly at?: Place;
}

/** The view before the first event. */
export const initialView = (size: Size, now: number): View => ({
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
export const listedHosts = ({ hosts, search, order }: View): readonly HostView[] => {
  const wanted = search.trim().toLowerCase();
  return sorted(wanted === '' ? hosts : hosts.filter((host) => isFound(host, wanted)), order);
};

/** The chosen host of the list, or its first; undefined when it is empty. */
export const chosenHost = (view: View): HostView | undefined => {
  const listed = listedHosts(view);
  return listed.find(({ index }) => index === view.chosen) ?? listed[0];
};
