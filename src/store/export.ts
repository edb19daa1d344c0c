import { UsageError } from '../model/fault.ts';
import { REPORT_COLUMNS } from './dictionary.ts';
import { HISTORY_SCHEMA, lineOf } from './export-line.ts';
import type { RunLine } from './import-schema.ts';
import { indexPlace, paged, reportReader } from './reports.ts';
import { groupsOf, planJsonOf, type RunRow } from './runs.ts';
import type { Sql } from './sql.ts';

const PAGE = 128;
const HOSTS = `SELECT CAST(hosts.idx AS INTEGER), CAST(hosts.ordinal AS INTEGER), ${REPORT_COLUMNS}
  FROM hosts JOIN evidence ON evidence.run = hosts.run AND evidence.idx = hosts.idx
  WHERE hosts.run = ? AND hosts.idx > ? ORDER BY hosts.idx LIMIT ${PAGE}`;

/** A run that no process makes. */
type EndedRow = RunRow & { readonly state: 'finished' | 'interrupted' };

const headOf = (sql: Sql, row: EndedRow): RunLine => {
  const { seq, start, state, finishedAt, beatMs, targets, hosts, probesSent, durationMs } = row;
  return {
    type: 'run',
    run: start,
    state,
    finishedAt,
    lastWriteAt: new Date(beatMs).toISOString(),
    targets: [...targets],
    hosts,
    probesSent,
    durationMs,
    plan: planJsonOf(sql, seq),
    groups:
      groupsOf(sql, seq)?.map((group) => ({
        ...group,
        prefixes: [...group.prefixes],
        commands: [...group.commands],
      })) ?? null,
  };
};

function* runLines(sql: Sql, row: EndedRow): Generator<string> {
  yield lineOf(headOf(sql, row));
  const read = reportReader(sql, row.seq);
  const all = paged(sql, row.seq, {
    first: [-1],
    next: ([index]) => sql.rows(HOSTS, [row.seq, index]),
    placeOf: indexPlace,
    read: ([index, ordinal, ...report]) => ({ type: 'host', index, ordinal, report: read(report) }),
  });
  let hosts = 0;
  for (const host of all) {
    yield lineOf(host);
    hosts += 1;
  }
  yield lineOf({ type: 'end', id: row.start.id, hosts });
}

function* linesOf(sql: Sql, rows: readonly EndedRow[]): Generator<string> {
  yield lineOf({ schema: HISTORY_SCHEMA, runs: rows.length });
  for (const row of rows) yield* runLines(sql, row);
}

const endedRow = (row: RunRow): EndedRow => {
  const { state } = row;
  if (state !== 'running') return { ...row, state };
  throw new UsageError(`run ${row.start.id} is still running; export it when it has ended`);
};

/**
 * Runs as ndjson, lines with their line ends, a page of hosts in memory at a time: a first line with the schema and the
 * number of runs; for each run a `run` line, its `host` lines in the order of the index and an `end` line that counts them.
 * Throws UsageError at once for a run that is still made.
 */
export const exportLines = (sql: Sql, rows: readonly RunRow[]): Iterable<string> => {
  const ended = rows.map(endedRow);
  return { [Symbol.iterator]: () => linesOf(sql, ended) };
};
