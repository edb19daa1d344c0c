import { UsageError } from '../model/fault.ts';
import type { RunEntry, RunState } from '../model/history.ts';
import type { Group, RunStart } from '../model/report.ts';
import { summaryOf } from './reports.ts';
import type { Row, Sql, Value } from './sql.ts';
import { intact, quoted } from './store-error.ts';

/** A run whose process wrote nothing for so long is taken for dead. */
export const SILENT_MS = 60_000;

/** Runs that a message names. */
const NAMED = 5;

/** What the store needs to know of this process and its machine. */
export interface Surroundings {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly pid: number;
  /** Host name of this machine. */
  readonly machine: string;
  /** Whether a process of this machine lives. */
  readonly isAlive: (pid: number) => boolean;
}

/** A run as the table has it, its state as it really is. */
export interface RunRow {
  readonly seq: number;
  readonly owner: number;
  readonly pid: number;
  readonly machine: string;
  readonly beatMs: number;
  readonly state: RunState;
  readonly start: RunStart;
  readonly targets: readonly string[];
  readonly hosts: number;
  readonly finishedAt: string | null;
  readonly probesSent: number;
  readonly durationMs: number;
  readonly startedMs: number;
}

/** A run that is being imported or removed is nobody's business. */
const VISIBLE = "state NOT IN ('importing', 'removing')";

const COLUMNS =
  'seq, owner, pid, machine, beat_ms, state, start, targets, hosts, finished_at, probes_sent, duration_ms, started_ms';

/**
 * Whether a process still makes this run: it wrote lately, and it lives as far as can be seen. Of another machine only
 * the former is known. The clock may have been set back, so a time that lies ahead counts by its distance too.
 */
export const isMade = (pid: number, machine: string, beatMs: number, around: Surroundings): boolean =>
  Math.abs(around.now() - beatMs) < SILENT_MS && (machine !== around.machine || around.isAlive(pid));

const rowOf = (sql: Sql, row: Row, around: Surroundings): RunRow => {
  const [
    seq,
    owner,
    pid,
    machine,
    beatMs,
    state,
    start,
    targets,
    hosts,
    finishedAt,
    probesSent,
    durationMs,
    startedMs,
  ] = row as [
    number,
    number,
    number,
    string,
    number,
    RunState,
    string,
    string,
    number,
    string | null,
    number,
    number,
    number,
  ];
  const stopped = state === 'running' && !isMade(pid, machine, beatMs, around);
  return {
    seq,
    owner,
    pid,
    machine,
    beatMs,
    state: stopped ? 'interrupted' : state,
    start: intact(sql.path, () => JSON.parse(start) as RunStart),
    targets: intact(sql.path, () => JSON.parse(targets) as string[]),
    hosts,
    finishedAt,
    probesSent,
    durationMs,
    startedMs,
  };
};

/** The newest run is the one that started last, wherever it came from: an imported one may be old. */
const NEWEST_FIRST = 'ORDER BY started_ms DESC, seq DESC';

/** Runs for which `where` holds; `rest` orders and bounds them. */
export const select = (
  sql: Sql,
  around: Surroundings,
  where: string,
  values: readonly Value[],
  rest = NEWEST_FIRST,
): RunRow[] =>
  sql
    .rows(`SELECT ${COLUMNS} FROM runs WHERE ${VISIBLE} AND (${where}) ${rest}`, values)
    .map((row) => rowOf(sql, row, around));

/** Runs, newest first. */
export const newest = (sql: Sql, around: Surroundings, limit: number, skip = 0): RunRow[] =>
  select(sql, around, 'TRUE', [limit, skip], `${NEWEST_FIRST} LIMIT ? OFFSET ?`);

/** Runs that have not finished, newest first. */
export const unfinishedRows = (sql: Sql, around: Surroundings): RunRow[] =>
  select(sql, around, "state <> 'finished'", []);

/** The run as the history lists it. */
export const entryOf = (sql: Sql, { seq, start, state, ...row }: RunRow): RunEntry => ({
  ...start,
  state,
  finishedAt: row.finishedAt,
  targets: row.targets,
  hosts: row.hosts,
  summary: summaryOf(sql, seq),
  probesSent: row.probesSent,
  durationMs: row.durationMs,
});

const listed = (rows: readonly RunRow[]): string =>
  rows
    .slice(0, NAMED)
    .map(({ start }) => start.id)
    .join(', ') + (rows.length > NAMED ? ', ...' : '');

/** The run with exactly this id. Throws UsageError. */
export const rowById = (sql: Sql, around: Surroundings, id: string): RunRow => {
  const [row] = select(sql, around, 'id = ?', [id]);
  if (row) return row;
  const known = newest(sql, around, NAMED + 1);
  throw new UsageError(
    known.length === 0
      ? `${quoted(id)}: the history ${quoted(sql.path)} has no runs yet`
      : `${quoted(id)}: no such run, expected 'latest', 'previous', 'latest~N' or the beginning of an id (newest: ${listed(known)})`,
  );
};

const backOf = (spec: string): number | null => {
  if (spec === 'latest') return 0;
  if (spec === 'previous') return 1;
  const [, back] = /^latest~(\d{1,9})$/.exec(spec) ?? [];
  return back === undefined ? null : Number(back);
};

/** The run that a user means: an id or its beginning, `latest`, `previous`, `latest~N`. Throws UsageError. */
export const rowBySpec = (sql: Sql, around: Surroundings, spec: string): RunRow => {
  const back = backOf(spec);
  if (back !== null) {
    const [row] = newest(sql, around, 1, back);
    if (row) return row;
    const count = Number(sql.rows(`SELECT count(*) FROM runs WHERE ${VISIBLE}`)[0]?.[0]);
    throw new UsageError(
      `${quoted(spec)}: the history ${quoted(sql.path)} has ${count || 'no'} run${count === 1 ? '' : 's'}`,
    );
  }
  const rest = 'ORDER BY id = ?1 DESC, started_ms DESC, seq DESC LIMIT ?2';
  const begins = 'substr(id, 1, length(?1)) = ?1';
  const found = spec === '' ? [] : select(sql, around, begins, [spec, NAMED + 1], rest);
  const [first, second] = found;
  if (!first) return rowById(sql, around, spec);
  if (second && first.start.id !== spec) {
    throw new UsageError(`${quoted(spec)}: several runs begin so (${listed(found)}), type more of the id`);
  }
  return first;
};

/** A run goes with those of its schedule; without one, with those that a person started for the same targets. */
const SAME = 'schedule IS ?1 AND (?1 IS NOT NULL OR targets = ?2)';

const sameAs = ({ start, targets }: RunRow): Value[] => [start.schedule ?? null, JSON.stringify(targets)];

/** The newest finished run before this one of the same schedule or targets, null for none. */
export const rowBefore = (sql: Sql, around: Surroundings, row: RunRow): RunRow | null => {
  const where = `${SAME} AND state = 'finished' AND (started_ms, seq) < (?3, ?4)`;
  const values = [...sameAs(row), row.startedMs, row.seq];
  return select(sql, around, where, values, `${NEWEST_FIRST} LIMIT 1`)[0] ?? null;
};

/** The newest `limit` finished runs of the same schedule or targets, none newer than this one, oldest first. */
export const rowsUpTo = (sql: Sql, around: Surroundings, row: RunRow, limit: number): RunRow[] => {
  const where = `${SAME} AND state = 'finished' AND (started_ms, seq) <= (?3, ?4)`;
  const values = [...sameAs(row), row.startedMs, row.seq, limit];
  return select(sql, around, where, values, `${NEWEST_FIRST} LIMIT ?5`).toReversed();
};

/** The groups that a run was concluded with, null while it was not. */
export const groupsOf = (sql: Sql, seq: number): Group[] | null => {
  const [found] = sql.rows('SELECT groups FROM runs WHERE seq = ?', [seq]);
  const text = found?.[0];
  return typeof text === 'string' ? intact(sql.path, () => JSON.parse(text) as Group[]) : null;
};

/** The plan that a run was begun with, as JSON gives it back. */
export const planOf = (sql: Sql, seq: number): unknown => {
  const [found] = sql.rows('SELECT plan FROM runs WHERE seq = ?', [seq]);
  return intact(sql.path, () => JSON.parse(String(found?.[0])) as unknown);
};
