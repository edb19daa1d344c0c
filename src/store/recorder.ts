import { dirname } from 'node:path';
import { type Group, isClearSoFar, type Run } from '../model/report.ts';
import { reportWriter } from './dictionary.ts';
import { type HostRows, hostRow, insertHost, type NumberedReport } from './host-row.ts';
import type { Entry } from './reports.ts';
import { stateLetters } from './requirement-states.ts';
import type { Sql } from './sql.ts';
import { StoreError } from './store-error.ts';

export type { NumberedReport } from './host-row.ts';

/** A batch is written when it has this many hosts or its first is this old; so much is lost when the process is killed. */
export const BATCH_HOSTS = 128;
const BATCH_MS = 250;

/**
 * How many deliveries of a run are remembered. A queue brings one again at the latest when the lock of a coordinator that was killed
 * has run out (75 s), and until then others come: 100 a second where the coordinator is the bottleneck.
 */
export const MOST_DELIVERIES = 16_384;

/** Hosts that came together, by a queue that may bring them again. */
export interface Delivery {
  /** The same each time it is delivered, and of no other delivery of the run. */
  readonly id: string;
  readonly hosts: readonly NumberedReport[];
  /** Probes sent by the whole run, those of this delivery included. */
  readonly probesSent: number;
}

/**
 * Writes one run. Methods throw StoreError; what could not be written is kept and tried again with the next flush.
 * After the run was taken over by another process, everything throws.
 */
export interface Recorder {
  /** Keeps the host, and writes the batch when it is full or old. */
  record(host: NumberedReport): void;
  /**
   * Writes what is kept, how many probes the whole run has sent by now, and below which ordinal this process has begun all hosts.
   * Without anything kept it only says that, and that the run is alive; call it at least every 30 seconds.
   */
  flush(probesSent?: number, begun?: number): void;
  /**
   * Writes a delivery at once: its hosts, its probes and its id are there together or not at all, so that a process which is killed
   * may be given it again. False for one that was written before: then nothing changes. What could not be written is not kept.
   */
  deliver(delivery: Delivery): boolean;
  /** Keeps another report of a host that was written, which takes its place when the run is finished and not before. */
  amend(host: Entry): void;
  /**
   * Writes the rest and ends the run. `run` counts the whole run, earlier processes included; `groups` are null for one that may be
   * resumed.
   */
  finish(run: Run, groups?: readonly Group[] | null): void;
}

/** The run that is written, and what earlier processes had of it. */
export interface Owned {
  readonly seq: number;
  readonly owner: number;
  readonly id: string;
  readonly probesSent: number;
  readonly durationMs: number;
  /** As `Done` has it. */
  readonly begun: readonly number[];
}

/** Processes of a run of which it is kept how far they came: those that came farthest. */
const MOST_BEGUN = 8;

const BEAT = `UPDATE runs SET beat_ms = ?, probes_sent = ?, duration_ms = ?, begun = ?
  WHERE seq = ? AND owner = ? AND state = 'running'`;
const MERGED = "UPDATE runs SET start = json_set(start, '$.shards', json(?)) WHERE seq = ? AND owner = ?";
/** Amended hosts wait in a table of this connection, which no other reads and nothing locks. */
const WAITING = `CREATE TEMP TABLE IF NOT EXISTS amended (run INTEGER, idx INTEGER, verdict TEXT, confidence TEXT,
  states TEXT, clear INTEGER, report ANY, crc INTEGER, PRIMARY KEY (run, idx)) STRICT, WITHOUT ROWID`;
const AMEND = 'INSERT OR REPLACE INTO temp.amended VALUES (?, ?, ?, ?, ?, ?, ?, ?)';
const AMEND_HOSTS = `UPDATE hosts SET verdict = a.verdict, confidence = a.confidence, states = a.states, clear = a.clear
  FROM temp.amended AS a WHERE hosts.run = ?1 AND a.run = ?1 AND a.idx = hosts.idx`;
const AMEND_EVIDENCE = `UPDATE evidence SET report = a.report, crc = a.crc
  FROM temp.amended AS a WHERE evidence.run = ?1 AND a.run = ?1 AND a.idx = evidence.idx`;
const AMENDED = 'DELETE FROM temp.amended WHERE run = ?';
const DELIVERED = `INSERT OR IGNORE INTO deliveries (run, number, id)
  SELECT ?1, 1 + coalesce(max(number), 0), ?2 FROM deliveries WHERE run = ?1`;
const TOO_OLD = `DELETE FROM deliveries
  WHERE run = ?1 AND number <= (SELECT max(number) FROM deliveries WHERE run = ?1) - ${MOST_DELIVERIES}`;
/** Nothing is delivered to a run that has finished. */
const NO_MORE = 'DELETE FROM deliveries WHERE run = ?';
const END = `UPDATE runs SET state = ?, finished_at = ?, groups = ?, probes_sent = ?, duration_ms = ?
  WHERE seq = ? AND owner = ?`;

/** A recorder for a run that this process owns. `now`: milliseconds since 1970. */
export const recorderOf = (sql: Sql, owned: Owned, now: () => number): Recorder => {
  const { seq, owner } = owned;
  const packer = reportWriter(sql, seq);
  const began = now();
  let kept: HostRows[] = [];
  let oldest = 0;
  let probesSent = owned.probesSent;
  let begun = 0;
  let ended = false;
  let amended = 0;

  /** Inside a transaction. */
  const write = (batch: readonly HostRows[], sent: number): void => {
    // A clock may be set back.
    const durationMs = owned.durationMs + Math.max(0, now() - began);
    const farthest = [...owned.begun, ...(begun > 0 ? [begun] : [])]
      .sort((a, b) => b - a)
      .slice(0, MOST_BEGUN);
    if (sql.run(BEAT, [now(), sent, durationMs, JSON.stringify(farthest), seq, owner]) !== 1) {
      throw new StoreError(
        sql.path,
        `run ${owned.id} was taken over or ended by another process; stop this one`,
      );
    }
    for (const one of batch) insertHost(sql, one);
  };

  const flush = (sent = probesSent, place = begun): void => {
    probesSent = sent;
    begun = place;
    if (ended) throw new Error('the run has ended');
    do {
      packer.transaction(() => write(kept.slice(0, BATCH_HOSTS), probesSent));
      kept = kept.slice(BATCH_HOSTS);
    } while (kept.length > 0);
  };

  return {
    record: (host) => {
      if (ended) throw new Error('the run has ended');
      if (kept.length === 0) oldest = now();
      kept.push(hostRow(seq, host, packer));
      probesSent = host.probesSent ?? probesSent;
      if (kept.length >= BATCH_HOSTS || now() - oldest >= BATCH_MS) flush();
    },
    flush,
    deliver: ({ id, hosts, probesSent: sent }) => {
      if (ended) throw new Error('the run has ended');
      const rows = hosts.map((host) => hostRow(seq, host, packer));
      const isNew = packer.transaction(() => {
        if (sql.run(DELIVERED, [seq, id]) === 0) return false;
        sql.run(TOO_OLD, [seq]);
        write(rows, sent);
        return true;
      });
      if (isNew) probesSent = sent;
      return isNew;
    },
    amend: ({ index, report }) => {
      if (ended) throw new Error('the run has ended');
      if (amended === 0) {
        // Many of them go to a file, which disappears with the connection: where the history can be written, and not where a system may forbid it.
        if (sql.path !== ':memory:') process.env['SQLITE_TMPDIR'] ??= dirname(sql.path);
        sql.exec(WAITING);
      }
      amended += 1;
      const { verdict, confidence } = report;
      const { row, crc } = packer.pack(report);
      const clear = Number(isClearSoFar(report));
      sql.run(AMEND, [seq, index, verdict, confidence, stateLetters(report), clear, row, crc]);
      // What they share, and that the run goes on.
      if (amended % BATCH_HOSTS === 0) flush();
    },
    finish: ({ interrupted, finishedAt, probesSent: sent, durationMs, shards }, groups = null) => {
      flush();
      const state = interrupted ? 'interrupted' : 'finished';
      const told = groups && JSON.stringify(groups);
      // At once, so that a run is never half concluded and then resumed.
      packer.transaction(() => {
        if (amended > 0) {
          sql.run(AMEND_HOSTS, [seq]);
          sql.run(AMEND_EVIDENCE, [seq]);
        }
        if (shards) sql.run(MERGED, [JSON.stringify(shards), seq, owner]);
        if (!interrupted) sql.run(NO_MORE, [seq]);
        sql.run(END, [state, finishedAt, told, sent, durationMs, seq, owner]);
      });
      ended = true;
      if (amended > 0) sql.run(AMENDED, [seq]);
    },
  };
};
