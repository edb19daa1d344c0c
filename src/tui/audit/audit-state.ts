import type { Group, HostReport, Run, RunStart } from '../../model/report.ts';
import type { CommandLine } from '../kit/command-line.ts';
import { CODE, CODES, type Code, isJudged } from '../kit/host-code.ts';
import type { HostView } from '../kit/host-view.ts';
import type { Size } from '../kit/screen-size.ts';
import { AS_THE_RUN, type Sorting } from '../kit/sorting.ts';
import { NO_ROWS, type RowIndex } from './map-rows.ts';

/** The run's hosts by number. `textOf` is as typed, for looking through; `titleOf` is safe to show, one line. */
export interface AuditTargets {
  readonly size: number;
  readonly textOf: (index: number) => string;
  readonly titleOf: (index: number) => string;
}

/** How far the run was at some time: what speeds are taken from. */
export interface Sample {
  readonly at: number;
  readonly judged: number;
  readonly sent: number;
}

/** Hosts whose text has `text` in it: `hits` is 1 for them. Those from `scanned` on have not been looked at. */
export interface Search {
  readonly text: string;
  readonly scanned: number;
  readonly hits: Uint8Array;
}

/** The report of a host as last read; `host` null when there was none, `code` its state on the map at that time. */
export interface OpenedHost {
  readonly index: number;
  readonly code: number;
  readonly host: HostView | null;
}

/** How the list is sorted. `names`: hosts in the order of their names, and the place of each; null before it was wanted. */
export interface Order extends Sorting {
  readonly names: { readonly hosts: Int32Array; readonly places: Int32Array } | null;
}

/** The pages of the audit screen. */
export type MainPage = 'map' | 'findings' | 'list';

/** All that the audit screen shows. Only `reduceAudit` makes a new one. Times in milliseconds. */
export interface AuditView extends Size {
  readonly targets: AuditTargets;
  /** A `Code` a host. Never changed in place. */
  readonly states: Uint8Array;
  /** Hosts of each code. */
  readonly counts: readonly number[];
  /** Becomes a `Run` when the run has ended in good order. */
  readonly run: RunStart | Run | null;
  /** Whether a host was probed yet; what is judged before comes from the history and says nothing about speed. */
  readonly underway: boolean;
  /** Packets that have left by now. */
  readonly sent: number;
  /** Of the last seconds, oldest first. */
  readonly samples: readonly Sample[];
  readonly startedAt: number;
  readonly now: number;
  readonly paused: boolean;
  /** Limit, probes a second. */
  readonly rate: number;
  readonly groups: readonly Group[];
  readonly notices: readonly string[];
  /** A notice came after the last key: a small screen shows it where the keys stand otherwise. */
  readonly hasNews: boolean;
  readonly page: MainPage;
  /** The chosen host or finding fills the page. */
  readonly isOpen: boolean;
  /** What lies over the page: the help, or the command line that does what is shown. */
  readonly overlay: 'help' | 'command' | null;
  /** First line shown of the open host or finding, and of what lies over it. */
  readonly scroll: number;
  readonly overlayScroll: number;
  /** A host: on the map the cell that it is in, in the list itself. */
  readonly cursor: number;
  /** `id` of the chosen finding; null means the first. */
  readonly finding: string | null;
  readonly filter: Code | null;
  readonly search: Search | null;
  readonly order: Order;
  /** The search as it is typed; null while keys are commands. */
  readonly typing: string | null;
  /** One cell a host, or several: null leaves it to what fits. */
  readonly zoomed: boolean | null;
  readonly blocks: RowIndex;
  readonly opened: OpenedHost | null;
  readonly stopping: boolean;
  /** The stream has ended: nothing more will come. */
  readonly finished: boolean;
  /** Whether the mouse is ours; the terminal's own selection needs it back. */
  readonly mouse: boolean;
  /** Command lines that do what is shown, as last made. */
  readonly commands: readonly CommandLine[];
  readonly closed: boolean;
}

/** The view before the first event. */
export const initialAuditView = (
  targets: AuditTargets,
  size: Size,
  now: number,
  rate: number,
): AuditView => ({
  ...size,
  targets,
  states: new Uint8Array(targets.size),
  counts: CODES.map((code) => (code === CODE.waiting ? targets.size : 0)),
  run: null,
  underway: false,
  sent: 0,
  samples: [{ at: now, judged: 0, sent: 0 }],
  startedAt: now,
  now,
  paused: false,
  rate,
  groups: [],
  notices: [],
  hasNews: false,
  page: 'map',
  isOpen: false,
  overlay: null,
  scroll: 0,
  overlayScroll: 0,
  cursor: 0,
  finding: null,
  filter: null,
  search: null,
  order: { ...AS_THE_RUN, names: null },
  typing: null,
  zoomed: null,
  blocks: NO_ROWS,
  opened: null,
  stopping: false,
  finished: false,
  mouse: true,
  commands: [],
  closed: false,
});

/** Hosts that have their verdict. */
export const judgedCount = ({ counts }: AuditView): number =>
  counts.reduce((sum, n, code) => sum + (isJudged(code) ? n : 0), 0);

/** The chosen finding, or the first; undefined when there is none. */
export const chosenGroup = (view: AuditView): Group | undefined =>
  view.groups.find(({ id }) => id === view.finding) ?? view.groups[0];

/** The report of this host where it is in memory. */
export const reportAt = (view: AuditView, index: number): HostReport | null =>
  view.opened?.index === index ? (view.opened.host?.report ?? null) : null;

/** Hosts judged and probes sent a second, over the last seconds; 0 before there is anything to measure. */
export const speeds = (view: AuditView): { hosts: number; packets: number } => {
  const [oldest] = view.samples;
  const seconds = oldest ? (view.now - oldest.at) / 1000 : 0;
  return oldest && seconds >= 0.5
    ? {
        hosts: (judgedCount(view) - oldest.judged) / seconds,
        packets: (view.sent - oldest.sent) / seconds,
      }
    : { hosts: 0, packets: 0 };
};
