import { UsageError } from '../model/fault.ts';
import type { HostReport } from '../model/report.ts';
import { hideRun, removeHiddenRuns, removeRun, shrink } from './delete-runs.ts';
import { reportWriter } from './dictionary.ts';
import { lineFault } from './export-line.ts';
import { type HostRows, hostRow, insertHost } from './host-row.ts';
import { type RunLine, readBody, readHead } from './import-schema.ts';
import { BATCH_HOSTS } from './recorder.ts';
import type { ProcessContext } from './runs.ts';
import type { Sql } from './sql.ts';
import { briefly, StoreError } from './store-error.ts';

/** What an import did: runs that came in, runs that were there already, and hosts that came in. */
export interface Imported {
  readonly runs: readonly string[];
  readonly skipped: readonly string[];
  readonly hosts: number;
}

/** What the store cannot judge of an import. Both throw an Error with the reason. */
export interface ImportChecks {
  /** Checks that a value from a file is a report, and gives it without anything else. */
  readonly readHost: (value: unknown) => HostReport;
  /** Checks the plan of a run that can be resumed. */
  readonly checkPlan: (
    plan: unknown,
    run: { readonly hosts: number; readonly targets: readonly string[] },
  ) => void;
}

const BEGIN = `INSERT INTO runs (id, start, targets, plan, hosts, schedule, started_ms, state, finished_at, groups,
    probes_sent, duration_ms, owner, pid, machine, beat_ms)
  VALUES (?, ?, ?, ?, ?, ?, ?, 'importing', ?, ?, ?, ?, 1, ?, ?, ?)`;
const BEAT = `UPDATE runs SET beat_ms = ? WHERE seq = ? AND owner = 1 AND state = 'importing'`;
const END = `UPDATE runs SET state = ?, beat_ms = ? WHERE seq = ? AND owner = 1 AND state = 'importing'`;

const SQLITE_CONSTRAINT = 19;

const isConstraint = (error: unknown): boolean =>
  error instanceof Error && 'rawCode' in error && (Number(error.rawCode) & 0xff) === SQLITE_CONSTRAINT;

const reasonOf = (error: unknown): string =>
  briefly(error instanceof Error ? error.message.replaceAll(/\s+/g, ' ') : String(error));

/** What becomes of the lines between a `run` and its `end`. */
interface Sink {
  readonly id: string;
  readonly skips: boolean;
  hosts: number;
  take(index: number, ordinal: number, report: unknown, number: number): void;
  end(number: number): void;
  /** Leaves no trace of it. */
  undo(): Promise<void>;
}

const skipping = (id: string): Sink => ({
  id,
  skips: true,
  hosts: 0,
  take() {
    this.hosts += 1;
  },
  end: () => {},
  undo: async () => {},
});

/** JSON for the database; a plan may be nested deeper than the stack is high. */
const textOf = (value: unknown, number: number): string => {
  try {
    return JSON.stringify(value ?? null);
  } catch {
    throw lineFault(number, 'nested too deep');
  }
};

const writing = (
  sql: Sql,
  around: ProcessContext,
  head: RunLine,
  number: number,
  checks: ImportChecks,
): Sink => {
  const { run } = head;
  if (head.state === 'interrupted') {
    try {
      checks.checkPlan(head.plan, head);
    } catch (error) {
      throw lineFault(number, `run ${run.id}: ${reasonOf(error)}`);
    }
  }
  const { now, pid, machine } = around;
  const [start, targets, plan, groups] = [run, head.targets, head.plan, head.groups].map((one) =>
    textOf(one, number),
  ) as [string, string, string, string];
  sql.run(BEGIN, [
    ...[run.id, start, targets, plan, head.hosts, run.schedule ?? null, Date.parse(run.startedAt)],
    ...[head.finishedAt, head.groups ? groups : null, head.probesSent, head.durationMs, pid, machine, now()],
  ]);
  const seq = Number(sql.rows('SELECT seq FROM runs WHERE id = ?', [run.id])[0]?.[0]);
  const packer = reportWriter(sql, seq);
  let kept: HostRows[] = [];
  const owned = (changed: number): void => {
    if (changed !== 1) throw new StoreError(sql.path, `another process ended the import of run ${run.id}`);
  };
  const flush = (at: number): void => {
    try {
      packer.transaction(() => {
        owned(sql.run(BEAT, [now(), seq]));
        for (const one of kept) insertHost(sql, one);
      });
    } catch (error) {
      if (!isConstraint(error)) throw error;
      throw lineFault(at, `or one of the ${kept.length} before it has the index or ordinal of another host`);
    }
    kept = [];
  };
  return {
    id: run.id,
    skips: false,
    hosts: 0,
    take(index, ordinal, report, at) {
      if (index >= head.hosts || ordinal >= head.hosts) {
        throw lineFault(at, `index ${index}, ordinal ${ordinal}: the run has ${head.hosts} hosts`);
      }
      let host: HostReport;
      try {
        host = checks.readHost(report);
      } catch (error) {
        throw lineFault(at, `the report is invalid: ${reasonOf(error)}`);
      }
      this.hosts += 1;
      kept.push(hostRow(seq, { index, ordinal, report: host }, packer));
      if (kept.length >= BATCH_HOSTS) flush(at);
    },
    end: (at) => {
      flush(at);
      owned(sql.run(END, [head.state, Date.parse(head.lastWriteAt), seq]));
    },
    undo: async () => {
      sql.transaction(() => hideRun(sql, seq, around));
      await removeRun(sql, seq, around);
      await shrink(sql);
    },
  };
};

/** Begins a run, or skips it when it is there. */
const sinkFor = (
  sql: Sql,
  around: ProcessContext,
  head: RunLine,
  number: number,
  checks: ImportChecks,
): Sink => {
  const { id } = head.run;
  const found = sql.rows("SELECT state IN ('importing', 'removing') FROM runs WHERE id = ?", [id])[0];
  if (found?.[0] === 1) {
    throw new UsageError(
      `run ${id} is being imported or removed by another process; wait until that is done`,
    );
  }
  return found === undefined ? writing(sql, around, head, number, checks) : skipping(id);
};

/**
 * Takes in what exportLines() wrote, a batch of hosts in memory at a time. A run comes in whole or not at all; one that
 * is there already, by its id, is skipped. Throws UsageError that names the line for anything else than an export; runs
 * that were whole before that line stay.
 */
export const importLines = async (
  sql: Sql,
  around: ProcessContext,
  lines: Iterable<string> | AsyncIterable<string>,
  checks: ImportChecks,
): Promise<Imported> => {
  await removeHiddenRuns(sql, around);
  const done = { runs: [] as string[], skipped: [] as string[], hosts: 0 };
  let expected: number | null = null;
  let open: Sink | null = null;
  let number = 0;

  const take = (line: string): void => {
    if (expected === null) {
      expected = readHead(line);
      return;
    }
    const body = readBody(line, number);
    if (body.type === 'run') {
      if (open) throw lineFault(number, `run ${briefly(open.id)} has no end line`);
      open = sql.transaction(() => sinkFor(sql, around, body, number, checks));
      return;
    }
    if (!open) throw lineFault(number, `a line of type ${body.type} outside of a run`);
    if (body.type === 'host') {
      open.take(body.index, body.ordinal, body.report, number);
      return;
    }
    if (body.id !== open.id || body.hosts !== open.hosts) {
      throw lineFault(number, `ends ${body.hosts} hosts of ${body.id}, but ${open.hosts} of ${open.id} came`);
    }
    open.end(number);
    if (open.skips) done.skipped.push(open.id);
    else {
      done.runs.push(open.id);
      done.hosts += open.hosts;
    }
    open = null;
  };

  try {
    for await (const line of lines) {
      number += 1;
      if (line.trim() !== '') take(line);
    }
    if (expected === null) throw lineFault(1, 'there is none, expected a history export');
    const whole = done.runs.length + done.skipped.length;
    if (open || whole !== expected) throw lineFault(number + 1, `is missing: the export was cut off`);
  } catch (error) {
    // The run is hidden already; what cannot be removed now goes with the next import or prune.
    await (open as Sink | null)?.undo().catch(() => {});
    throw error;
  }
  return done;
};
