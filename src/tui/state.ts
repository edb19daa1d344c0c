import type { RequirementName } from '../model/evidence.ts';
import type { PortReason, PortState } from '../model/reply.ts';
import type { HostReport, Run, RunStart } from '../model/report.ts';

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

export type Page = 'hosts' | 'host' | 'help';

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
  /** Where help goes back to; null outside of help. */
  readonly behindHelp: { readonly page: Page; readonly scroll: number } | null;
  /** The user asked to stop and the last events are on their way. */
  readonly stopping: boolean;
  /** The stream has ended: nothing more will come. */
  readonly finished: boolean;
  /** When the screen closes by itself; null when it does not. */
  readonly closesAt: number | null;
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
  | 'other';

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
  behindHelp: null,
  stopping: false,
  finished: false,
  closesAt: null,
  closed: false,
});

/** The chosen host, or the first; undefined before any started. */
export const chosenHost = (view: View): HostView | undefined =>
  view.hosts.find(({ index }) => index === view.chosen) ?? view.hosts[0];
