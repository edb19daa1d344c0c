import type { RunEntry } from '../model/history.ts';
import type { Confidence, HostReport } from '../model/report.ts';
import type { ShownVerdict } from '../model/shown-verdict.ts';

/** The formats of a report that the server offers. */
export type ReportFormat = 'html' | 'json' | 'ndjson' | 'csv' | 'prometheus';

/** The place of a host in a list that has the worst news first. */
export interface HostPlace {
  readonly verdict: ShownVerdict;
  readonly index: number;
}

/** Which hosts of a run are wanted. `search` is part of a target or address, '' for all; `after`: those behind that place. */
export interface HostQuery {
  readonly verdict: ShownVerdict | null;
  readonly search: string;
  readonly after: HostPlace | null;
  readonly limit: number;
}

/** One host in a list. `index` is its number in the run. */
export interface HostLine {
  readonly index: number;
  readonly target: string;
  readonly address: string | null;
  readonly verdict: ShownVerdict;
  readonly confidence: Confidence;
  /** What Remote Assistance needs and does not get there, by title. */
  readonly fails: readonly string[];
  /** Why it has its verdict. */
  readonly why: string;
}

/** What a run said of one host; `index` is its number in that run. */
export interface HostRun {
  readonly run: Pick<RunEntry, 'id' | 'startedAt' | 'state' | 'schedule'>;
  readonly index: number;
  readonly report: HostReport;
}

/** One schedule as configuration and history know it. Times are ISO 8601 in UTC. */
export interface ScheduleStatus {
  readonly name: string;
  /** When it runs, in words; empty when only the history knows it. */
  readonly words: string;
  readonly targets: readonly string[];
  readonly isConfigured: boolean;
  /** The next times, soonest first. */
  readonly next: readonly string[];
  /** When it should have run and did not; null when all is well. */
  readonly overdueSince: string | null;
  readonly running: RunEntry | null;
  /** The newest run that has ended, in whatever way. */
  readonly last: RunEntry | null;
}

/** All schedules. `isBroken`: the configuration cannot be read, and only what the history knows is there. */
export interface Schedules {
  readonly isBroken: boolean;
  readonly schedules: readonly ScheduleStatus[];
}

/** An answer that may take its time. */
type Soon<T> = T | Promise<T>;

/** A text in pieces that are read one by one; an iterator that is no longer wanted is returned. */
export type TextChunks = Iterable<string> | AsyncIterable<string>;

/**
 * What the pages are made of. An `id` is the whole id of a run; null says that there is no such run or host. Any method may
 * throw or reject. What takes long is to be done elsewhere: the server answers others meanwhile.
 */
export interface Dashboard {
  /** Runs, newest first. */
  runs(limit: number, offset: number): Soon<readonly RunEntry[]>;
  /** Runs that a process makes now. Read every second while a page is connected. */
  running(): Soon<readonly RunEntry[]>;
  entry(id: string): Soon<RunEntry | null>;
  report(id: string, format: ReportFormat): Soon<TextChunks | null>;
  /** A page that compares two runs, `after` against `before`. */
  diff(before: string, after: string): Soon<TextChunks | null>;
  /** Hosts of a run, the blocked first, then the undetermined, those clear so far, the ready and the unreachable; `limit` at most. */
  hosts(id: string, query: HostQuery): Soon<readonly HostLine[]>;
  host(id: string, index: number): Soon<HostReport | null>;
  /** What the newest runs said of a host, by its target as typed; newest first. */
  hostRuns(target: string): Soon<readonly HostRun[]>;
  /** By name. */
  schedules(): Soon<Schedules>;
  /** Runs of a schedule, newest first. */
  scheduleRuns(name: string): Soon<readonly RunEntry[]>;
}

/** HTML that needs no escaping any more. */
export interface Markup {
  readonly text: string;
}

/** What may stand in a template: text and numbers are escaped, markup is not, lists are joined, null is nothing. */
export type Child = string | number | Markup | null | readonly Child[];

/** A template that escapes whatever is put into it, markup excepted. */
export type Html = (strings: TemplateStringsArray, ...children: readonly Child[]) => Markup;

/** How the pages look and speak: the same as the report. `style` is its style sheet. */
export interface Theme {
  readonly html: Html;
  readonly style: string;
  badge(verdict: ShownVerdict): Markup;
  /** The sign of a verdict, hidden from screen readers. */
  sign(verdict: ShownVerdict): Markup;
  hostDetails(host: HostReport, index: number, open: boolean): Markup;
  /** An ISO 8601 time for a person. */
  minuteWords(time: string): string;
  /** Milliseconds for a person. */
  durationWords(ms: number): string;
  hostName(host: Pick<HostReport, 'target' | 'address'>): string;
}
