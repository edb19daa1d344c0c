import { UsageError } from '../model/fault.ts';
import { RUN_STATES, type RunEntry, type RunState } from '../model/history.ts';
import type { Group, RunStart } from '../model/report.ts';
import { countIn, isTime, textIn, textOrNull, timeIn, wordIn } from './column-values.ts';
import { summaryOf } from './reports.ts';
import { groupsIn, startIn, targetsIn } from './run-columns.ts';
import type { Row, Sql, Value } from './sql.ts';
import { briefly, intact } from './store-error.ts';

/** A run whose process wrote nothing for this long counts as dead. */
export const SILENT_MS = 60_000;

/** Vantages of one fleet. */
const MOST_VANTAGES = 1000;

/** Runs that a message names. */
const NAMED = 5;

/** What the store needs to know of this process and its machine. */
export interface ProcessContext {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly pid: number;
  /** Host name of this machine. */
  readonly machine: string;
  /** Whether the process of this machine that had this number at that time, milliseconds since 1970, lives. */
  readonly isAlive: (pid: number, seenMs: number) => boolean;
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

/** A run that is being imported or removed is never shown. */
const VISIBLE = "state NOT IN ('importing', 'removing')";

const COLUMNS = `seq, CAST(id AS BLOB), CAST(owner AS INTEGER), CAST(pid AS INTEGER), CAST(machine AS BLOB),
  CAST(beat_ms AS INTEGER), CAST(state AS BLOB), CAST(start AS BLOB), CAST(targets AS BLOB), CAST(hosts AS INTEGER),
  CAST(finished_at AS BLOB), CAST(probes_sent AS INTEGER), CAST(duration_ms AS REAL), CAST(started_ms AS INTEGER)`;

/**
 * Whether a process still makes this run: it wrote lately, and it lives as far as can be seen. Of another machine only
 * the former is known. The clock may have been set back, so a time that lies ahead counts by its distance too.
 */
export const isMade = (pid: number, machine: string, beatMs: number, around: ProcessContext): boolean =>
  Math.abs(around.now() - beatMs) < SILENT_MS && (machine !== around.machine || around.isAlive(pid, beatMs));

const rowIn = (row: Row, around: ProcessContext): RunRow => {
  const [
    seq,
    id,
    owner,
    pid,
    machine,
    beat,
    state,
    start,
    targets,
    hosts,
    finished,
    sent,
    duration,
    started,
  ] = row;
  const durationMs = Number(duration);
  if (!Number.isFinite(durationMs)) throw new RangeError('no duration');
  const finishedAt = textOrNull(finished);
  if (finishedAt !== null && !isTime(finishedAt)) throw new RangeError('no time');
  const made = {
    seq: countIn(seq),
    owner: countIn(owner),
    pid: countIn(pid),
    machine: textIn(machine),
    beatMs: timeIn(beat),
    state: wordIn(state, RUN_STATES),
    start: startIn(textIn(start), textIn(id)),
    targets: targetsIn(textIn(targets)),
    hosts: countIn(hosts),
    finishedAt,
    probesSent: countIn(sent),
    durationMs,
    startedMs: timeIn(started),
  };
  const stopped = made.state === 'running' && !isMade(made.pid, made.machine, made.beatMs, around);
  return stopped ? { ...made, state: 'interrupted' } : made;
};

/** The newest run is the one that started last, wherever it came from: an imported one may be old. */
const NEWEST_FIRST = 'ORDER BY started_ms DESC, seq DESC';

/** Runs for which `where` holds; `rest` orders and bounds them. */
export const select = (
  sql: Sql,
  around: ProcessContext,
  where: string,
  values: readonly Value[],
  rest = NEWEST_FIRST,
): RunRow[] =>
  sql
    .rows(`SELECT ${COLUMNS} FROM runs WHERE ${VISIBLE} AND (${where}) ${rest}`, values)
    .map((row) => intact(sql.path, () => rowIn(row, around)));

/** Runs, newest first. */
export const newest = (sql: Sql, around: ProcessContext, limit: number, skip = 0): RunRow[] =>
  select(sql, around, 'TRUE', [limit, skip], `${NEWEST_FIRST} LIMIT ? OFFSET ?`);

/** Runs that have not finished, newest first. */
export const unfinishedRows = (sql: Sql, around: ProcessContext): RunRow[] =>
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
export const rowById = (sql: Sql, around: ProcessContext, id: string): RunRow => {
  const [row] = select(sql, around, 'id = ?', [id]);
  if (row) return row;
  const known = newest(sql, around, NAMED + 1);
  throw new UsageError(
    known.length === 0
      ? `${briefly(id)}: the history ${briefly(sql.path)} has no runs yet`
      : `${briefly(id)}: no such run, expected 'latest', 'previous', 'latest~N' or the beginning of an id (newest: ${listed(known)})`,
  );
};

const backOf = (spec: string): number | null => {
  if (spec === 'latest') return 0;
  if (spec === 'previous') return 1;
  const [, back] = /^latest~(\d{1,9})$/.exec(spec) ?? [];
  return back === undefined ? null : Number(back);
};

/** The run that a user means: an id or its beginning, `latest`, `previous`, `latest~N`. Throws UsageError. */
export const rowBySpec = (sql: Sql, around: ProcessContext, spec: string): RunRow => {
  const back = backOf(spec);
  if (back !== null) {
    const [row] = newest(sql, around, 1, back);
    if (row) return row;
    const count = Number(sql.rows(`SELECT count(*) FROM runs WHERE ${VISIBLE}`)[0]?.[0]);
    throw new UsageError(
      `${briefly(spec)}: the history ${briefly(sql.path)} has ${count || 'no'} run${count === 1 ? '' : 's'}`,
    );
  }
  const rest = 'ORDER BY id = ?1 DESC, started_ms DESC, seq DESC LIMIT ?2';
  const begins = 'substr(id, 1, length(?1)) = ?1';
  const found = spec === '' ? [] : select(sql, around, begins, [spec, NAMED + 1], rest);
  const [first, second] = found;
  if (!first) return rowById(sql, around, spec);
  if (second && first.start.id !== spec) {
    throw new UsageError(`${briefly(spec)}: several runs match (${listed(found)}), type more of the id`);
  }
  return first;
};

/** The vantage of a run of a fleet: what is seen from one place is not compared with what is seen from another. */
const VANTAGE =
  "CASE WHEN json_valid(start) AND json_type(start, '$.fleet') = 'object' THEN json_extract(start, '$.vantage') END";

/** A run goes with those of its schedule; without one, with those that a person started for the same targets. */
const SAME = `schedule IS ?1 AND (?1 IS NOT NULL OR targets = ?2) AND ${VANTAGE} IS ?3`;

const sameAs = ({ start, targets }: RunRow): Value[] => [
  start.schedule ?? null,
  JSON.stringify(targets),
  start.fleet ? start.vantage : null,
];

/** The newest finished run that a person started for exactly these targets, null for none. */
export const lastRow = (sql: Sql, around: ProcessContext, targets: readonly string[]): RunRow | null => {
  const where = "schedule IS NULL AND targets = ? AND state = 'finished'";
  return select(sql, around, where, [JSON.stringify(targets)], `${NEWEST_FIRST} LIMIT 1`)[0] ?? null;
};

/** The newest finished run before this one of the same schedule or targets, null for none. */
export const rowBefore = (sql: Sql, around: ProcessContext, row: RunRow): RunRow | null => {
  const where = `${SAME} AND state = 'finished' AND (started_ms, seq) < (?4, ?5)`;
  const values = [...sameAs(row), row.startedMs, row.seq];
  return select(sql, around, where, values, `${NEWEST_FIRST} LIMIT 1`)[0] ?? null;
};

/** The newest `limit` finished runs of the same schedule or targets, none newer than this one, oldest first. */
export const rowsUpTo = (sql: Sql, around: ProcessContext, row: RunRow, limit: number): RunRow[] => {
  const where = `${SAME} AND state = 'finished' AND (started_ms, seq) <= (?4, ?5)`;
  const values = [...sameAs(row), row.startedMs, row.seq, limit];
  return select(sql, around, where, values, `${NEWEST_FIRST} LIMIT ?6`).toReversed();
};

/**
 * The runs of the vantages of the one fleet run whose id begins with `spec`, in the order in which they began; none where `spec` means
 * another run, or several.
 */
export const rowsOfFleet = (sql: Sql, around: ProcessContext, spec: string): RunRow[] => {
  const begins = 'substr(id, 1, length(?1)) = ?1';
  const rows =
    spec === '' ? [] : select(sql, around, begins, [spec, MOST_VANTAGES + 1], 'ORDER BY seq LIMIT ?2');
  const [first] = rows;
  const isOf = ({ start: { fleet } }: RunRow): boolean =>
    fleet?.run.startsWith(spec) === true && fleet.run === first?.start.fleet?.run;
  return rows.every(isOf) ? rows : [];
};

/** Runs of a schedule, newest first, whatever became of them. */
export const rowsOfSchedule = (sql: Sql, around: ProcessContext, name: string, limit: number): RunRow[] =>
  select(sql, around, 'schedule = ?', [name, limit], `${NEWEST_FIRST} LIMIT ?`);

/** The schedules that runs belong to, by name. */
export const scheduleNames = (sql: Sql): string[] =>
  sql
    .rows(
      `SELECT DISTINCT CAST(schedule AS BLOB), schedule FROM runs WHERE ${VISIBLE} AND schedule IS NOT NULL ORDER BY schedule`,
    )
    .map(([name]) => intact(sql.path, () => textIn(name)));

/** The groups that a run was concluded with, null while it was not. */
export const groupsOf = (sql: Sql, seq: number): Group[] | null => {
  const [found] = sql.rows('SELECT CAST(groups AS BLOB) FROM runs WHERE seq = ?', [seq]);
  return intact(sql.path, () => {
    const text = textOrNull(found?.[0] ?? null);
    return text === null ? null : groupsIn(text);
  });
};

/** The plan that a run was begun with, as JSON gives it back. */
export const planJsonOf = (sql: Sql, seq: number): unknown => {
  const [found] = sql.rows('SELECT CAST(plan AS BLOB) FROM runs WHERE seq = ?', [seq]);
  return intact(sql.path, () => JSON.parse(textIn(found?.[0])) as unknown);
};
