import { UsageError } from '../model/fault.ts';
import { hideRun, removeHiddenRuns, removeRun, shrink, usedBytes } from './delete-runs.ts';
import { newest, type ProcessContext, type RunRow, select } from './runs.ts';
import type { Sql } from './sql.ts';

/**
 * Which runs may go: those beyond the newest `keep` finished ones of their schedule, and those that started more than
 * `olderThanMs` milliseconds ago; with both, only what is beyond both. Runs that a person started count as one schedule.
 */
export interface Pruning {
  readonly keep?: number;
  readonly olderThanMs?: number;
  /** Only runs of this schedule. */
  readonly schedule?: string;
  /** Says what would go, and removes nothing. */
  readonly dryRun?: boolean;
}

/** What went: ids, oldest first, hosts, and bytes that they held (of a dry run: their share of the file). */
export interface Pruned {
  readonly runs: readonly string[];
  readonly hosts: number;
  readonly bytes: number;
}

const checkNumber = (name: string, value: number | undefined): void => {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 0)) return;
  throw new UsageError(`${name}: ${value} is not a count, expected a whole number of 0 or more`);
};

/** The runs that may go. Never one that is still made, never the newest finished one of a schedule. */
const chosen = (rows: readonly RunRow[], pruning: Pruning, now: number): RunRow[] => {
  const { keep, olderThanMs, schedule } = pruning;
  const finished = new Map<string | null, number>();
  return rows.filter(({ start, state, startedMs }) => {
    const mine = start.schedule ?? null;
    const newer = finished.get(mine) ?? 0;
    if (state === 'finished') finished.set(mine, newer + 1);
    if (state === 'running' || (state === 'finished' && newer === 0)) return false;
    if (schedule !== undefined && mine !== schedule) return false;
    return newer >= (keep ?? 0) && (olderThanMs === undefined || now - startedMs > olderThanMs);
  });
};

const hostsOf = (sql: Sql, seq: number): number =>
  Number(sql.rows('SELECT count(*) FROM hosts WHERE run = ?', [seq])[0]?.[0]);

const foretold = (sql: Sql, rows: readonly RunRow[]): Pruned => {
  const hosts = rows.reduce((sum, { seq }) => sum + hostsOf(sql, seq), 0);
  const all = Number(sql.rows('SELECT count(*) FROM hosts')[0]?.[0]);
  const bytes = all === 0 ? 0 : Math.round((usedBytes(sql) * hosts) / all);
  return { runs: rows.map(({ start }) => start.id), hosts, bytes };
};

/** Hides a run for removal unless it was taken over or removed in the meantime. */
const taken = (sql: Sql, { seq }: RunRow, around: ProcessContext): boolean =>
  sql.transaction(() => {
    const [row] = select(sql, around, 'seq = ?', [seq]);
    if (!row || row.state === 'running') return false;
    hideRun(sql, seq, around);
    return true;
  });

/** Removes old runs, slice by slice, so that a recorder at work hardly waits. Throws UsageError without a bound. */
export const prune = async (sql: Sql, around: ProcessContext, pruning: Pruning): Promise<Pruned> => {
  const { keep, olderThanMs, dryRun = false } = pruning;
  checkNumber('keep', keep);
  checkNumber('olderThanMs', olderThanMs);
  if (keep === undefined && olderThanMs === undefined) {
    throw new UsageError(
      'nothing selects the runs to remove; expected a number of runs to keep, an age, or both',
    );
  }
  const rows = chosen(newest(sql, around, -1), pruning, around.now()).toReversed();
  if (dryRun) return foretold(sql, rows);
  await removeHiddenRuns(sql, around);
  const before = usedBytes(sql);
  const runs: string[] = [];
  let hosts = 0;
  for (const row of rows) {
    if (!taken(sql, row, around)) continue;
    hosts += await removeRun(sql, row.seq, around);
    runs.push(row.start.id);
  }
  const bytes = Math.max(0, before - usedBytes(sql));
  await shrink(sql);
  return { runs, hosts, bytes };
};
