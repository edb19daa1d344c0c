import { UsageError } from '../model/fault.ts';
import type { RunEntry } from '../model/history.ts';
import type { Group, HostReport, Run, RunStart, Summary, Verdict } from '../model/report.ts';
import type { Trend } from '../model/trend.ts';
import { type BackupOptions, backupTo } from './backup.ts';
import { hideRun, removeRun } from './delete-runs.ts';
import type { ReportDecoder } from './dictionary.ts';
import { exportLines } from './export.ts';
import type { ImportChecks, Imported } from './import.ts';
import { type Pruned, type Pruning, prune } from './prune.ts';
import { type Recorder, recorderOf } from './recorder.ts';
import {
  doneOf,
  type Entry,
  entriesOf,
  type HostFilter,
  type JudgedOrdinals,
  type ListedHost,
  listedHosts,
  reportAt,
  reportReader,
  reportsByIndex,
  reportsByTarget,
  runsOfTarget,
  summaryOf,
} from './reports.ts';
import {
  entryOf,
  groupsOf,
  lastRow,
  newest,
  type ProcessContext,
  planJsonOf,
  type RunRow,
  rowBefore,
  rowById,
  rowBySpec,
  rowsOfFleet,
  rowsOfSchedule,
  rowsUpTo,
  SILENT_MS,
  scheduleNames,
  unfinishedRows,
} from './runs.ts';
import type { Sql } from './sql.ts';
import { trendOf } from './trend.ts';

/** A run that begins. `plan` is JSON that the store keeps for a resume and does not look into. */
export interface NewRun {
  readonly run: RunStart;
  /** The targets, as typed. */
  readonly targets: readonly string[];
  /** Hosts to probe. */
  readonly hosts: number;
  readonly plan: unknown;
}

/** What a run said of one target. */
export interface TargetRun {
  readonly run: Pick<RunEntry, 'id' | 'startedAt' | 'state' | 'schedule'>;
  /** Number of the host in that run. */
  readonly index: number;
  readonly report: HostReport;
}

/** A run that goes on. `recorder` adds time to `entry.durationMs`; probes are counted by the caller, from `entry.probesSent` on. */
export interface Resumed {
  readonly entry: RunEntry;
  readonly done: JudgedOrdinals;
  readonly recorder: Recorder;
}

/**
 * The runs in one file. `id` is a whole id, as find() gives it; an unknown one throws UsageError. Every method throws
 * StoreError when the file cannot be used.
 */
export interface History {
  /** Starts the record of a run. An id that is there already is a bug of the caller. */
  begin(run: NewRun): Recorder;
  /** Removes a run that this process began and cannot end, so that it is not offered for --resume. */
  forget(id: string): Promise<void>;
  /** The plan that a run was begun with, as parsed JSON, not checked: the file may come from somebody else. */
  plan(id: string): unknown;
  /** Takes an unfinished run over. Throws UsageError for a finished run, and for one that a process still makes. */
  resume(id: string): Resumed;
  /** Runs, newest first. */
  runs(limit?: number, offset?: number): RunEntry[];
  /** Runs that have not finished, newest first; those that a process still makes are `running`. */
  unfinished(): RunEntry[];
  /** The run that a user means: an id or its beginning, `latest`, `previous`, `latest~N`. Throws UsageError. */
  find(spec: string): RunEntry;
  /** The runs of the vantages of a fleet, by the id of the run of all or its beginning; none where that is no such id. */
  fleet(spec: string): RunEntry[];
  /** A run for a report. One that has not ended is running, or interrupted where its process is gone; `finishedAt` is when it last wrote. */
  run(id: string): Run;
  /** Its reports in the order of the host index. Can be walked more than once; memory does not grow with the hosts. */
  hosts(id: string): Iterable<HostReport>;
  /** Its hosts with their numbers, all or those of one verdict, in the order of the index. */
  entries(id: string, verdict?: Verdict): Iterable<Entry>;
  /** Its reports, ascending as compareTargets() says. */
  hostsByTarget(id: string): Iterable<HostReport>;
  /** Hosts by ascending index, without their reports. */
  listed(id: string, filter: HostFilter): ListedHost[];
  /** The report of one host, null when it was not judged. */
  host(id: string, index: number): HostReport | null;
  summary(id: string): Summary;
  /** The groups that it was concluded with; null while it has not finished. */
  groups(id: string): Group[] | null;
  done(id: string): JudgedOrdinals;
  /** The newest finished run that a person started for exactly these targets, as typed; null for none. */
  lastOf(targets: readonly string[]): RunEntry | null;
  /** The newest finished run before this one of the same schedule or, without one, of the same targets; null for none. */
  previousOf(id: string): RunEntry | null;
  /** Runs of a schedule, newest first, `limit` at most. */
  ofSchedule(name: string, limit: number): RunEntry[];
  /** The names of all schedules that runs belong to, ascending. */
  scheduleNames(): string[];
  /** What the newest runs said of a target, as typed; newest first, `limit` at most. Runs that did not judge it are left out. */
  ofTarget(target: string, limit: number): TargetRun[];
  /** The newest `limit` finished runs of the same schedule or targets up to and including this one, oldest first. */
  series(id: string, limit: number): RunEntry[];
  /** Runs side by side, in the order given (oldest first). Hosts ascend as compareTargets() says; memory does not grow with them. */
  trend(ids: readonly string[]): Trend;
  /** Removes old runs in slices, and gives pages back to the file system when many are free. See Pruning. */
  prune(pruning: Pruning): Promise<Pruned>;
  /** Runs as lines of ndjson, with their line ends. Throws UsageError at once for a run that is still made. */
  exportRuns(ids: readonly string[]): Iterable<string>;
  /** Takes in what exportRuns() wrote: each run whole or not at all. Throws UsageError with the line. */
  importRuns(lines: Iterable<string> | AsyncIterable<string>, checks: ImportChecks): Promise<Imported>;
  /** Copies the whole history as it is now to a new file, checked, while others write. Throws UsageError for the path. */
  backup(path: string, options?: BackupOptions): { readonly bytes: number };
  /** Afterwards nothing else may be called. */
  close(): void;
}

const BEGIN = `INSERT INTO runs (id, start, targets, plan, hosts, schedule, started_ms, state, probes_sent, duration_ms, owner, pid, machine, beat_ms)
  VALUES (?, ?, ?, ?, ?, ?, ?, 'running', 0, 0, 1, ?, ?, ?)`;
const TAKE = `UPDATE runs SET state = 'running', finished_at = NULL, owner = owner + 1, pid = ?, machine = ?, beat_ms = ?
  WHERE seq = ?`;

const refuseResume = ({ start: { id }, state, pid, machine }: RunRow): void => {
  if (state === 'finished') throw new UsageError(`run ${id} is finished; there is nothing to resume`);
  if (state !== 'running') return;
  throw new UsageError(
    `run ${id} is still running in process ${pid} on ${machine}; stop that first, or wait ${SILENT_MS / 1000} s if it is gone`,
  );
};

const lastSeen = ({ beatMs }: RunRow): string => new Date(beatMs).toISOString();

/** The history behind a prepared connection. */
export const historyOf = (sql: Sql, around: ProcessContext): History => {
  const { now, pid, machine } = around;
  const row = (id: string): RunRow => rowById(sql, around, id);
  const entry = (one: RunRow): RunEntry => entryOf(sql, one);
  // Single hosts are mostly read from one run.
  let last: { readonly seq: number; readonly read: ReportDecoder } | null = null;
  const readerFor = (seq: number): ReportDecoder => {
    if (last?.seq !== seq) last = { seq, read: reportReader(sql, seq) };
    return last.read;
  };
  return {
    begin: ({ run, targets, hosts, plan }) => {
      const texts = [run, targets, plan ?? null].map((value) => JSON.stringify(value));
      sql.run(BEGIN, [
        run.id,
        ...texts,
        hosts,
        run.schedule ?? null,
        Date.parse(run.startedAt),
        pid,
        machine,
        now(),
      ]);
      const { seq, owner } = row(run.id);
      return recorderOf(sql, { seq, owner, id: run.id, probesSent: 0, durationMs: 0, begun: [] }, now);
    },
    forget: async (id) => {
      const { seq } = row(id);
      sql.transaction(() => hideRun(sql, seq, around));
      await removeRun(sql, seq, around);
    },
    plan: (id) => planJsonOf(sql, row(id).seq),
    resume: (id) => {
      const taken = sql.transaction(() => {
        const before = row(id);
        refuseResume(before);
        sql.run(TAKE, [pid, machine, now(), before.seq]);
        return row(id);
      });
      const done = doneOf(sql, taken.seq);
      return {
        entry: entry(taken),
        done,
        recorder: recorderOf(sql, { ...taken, id, begun: done.begun }, now),
      };
    },
    runs: (limit = -1, offset = 0) => newest(sql, around, limit, offset).map(entry),
    unfinished: () => unfinishedRows(sql, around).map(entry),
    find: (spec) => entry(rowBySpec(sql, around, spec)),
    fleet: (spec) => rowsOfFleet(sql, around, spec).map(entry),
    run: (id) => {
      const one = row(id);
      return {
        ...one.start,
        finishedAt: one.finishedAt ?? lastSeen(one),
        probesSent: one.probesSent,
        durationMs: one.durationMs,
        interrupted: one.state === 'interrupted',
        ...(one.state === 'running' ? { running: true } : {}),
      };
    },
    hosts: (id) => reportsByIndex(sql, row(id).seq),
    entries: (id, verdict) => entriesOf(sql, row(id).seq, verdict),
    hostsByTarget: (id) => reportsByTarget(sql, row(id).seq),
    listed: (id, filter) => listedHosts(sql, row(id).seq, filter),
    host: (id, index) => {
      const { seq } = row(id);
      return reportAt(sql, seq, index, readerFor(seq));
    },
    summary: (id) => summaryOf(sql, row(id).seq),
    groups: (id) => groupsOf(sql, row(id).seq),
    done: (id) => doneOf(sql, row(id).seq),
    lastOf: (targets) => {
      const last = lastRow(sql, around, targets);
      return last && entry(last);
    },
    previousOf: (id) => {
      const before = rowBefore(sql, around, row(id));
      return before && entry(before);
    },
    ofSchedule: (name, limit) => rowsOfSchedule(sql, around, name, limit).map(entry),
    scheduleNames: () => scheduleNames(sql),
    ofTarget: (target, limit) =>
      runsOfTarget(sql, target, limit).flatMap(([id, index]) => {
        const { seq, start, state } = row(id);
        const report = reportAt(sql, seq, index, readerFor(seq));
        const { schedule } = start;
        const run = {
          id,
          startedAt: start.startedAt,
          state,
          ...(schedule === undefined ? {} : { schedule }),
        };
        return report ? [{ run, index, report }] : [];
      }),
    series: (id, limit) => rowsUpTo(sql, around, row(id), limit).map(entry),
    trend: (ids) => trendOf(sql, ids.map(row)),
    prune: (pruning) => prune(sql, around, pruning),
    exportRuns: (ids) => exportLines(sql, [...new Set(ids)].map(row)),
    importRuns: async (lines, checks) =>
      (await import('./import.ts')).importLines(sql, around, lines, checks),
    backup: (path, options = {}) => backupTo(sql, around, path, options),
    close: () => sql.close(),
  };
};
