import { type Group, isClearSoFar, type Run } from '../model/report.ts';
import { reportWriter } from './dictionary.ts';
import { type HostRow, hostRow, insertHost, type NumberedReport } from './host-row.ts';
import type { Entry } from './reports.ts';
import { stateLetters } from './requirement-states.ts';
import type { Sql } from './sql.ts';
import { StoreError } from './store-error.ts';

export type { NumberedReport } from './host-row.ts';

/** A batch is written when it has this many hosts or its first is this old; so much is lost when the process is killed. */
export const BATCH_HOSTS = 128;
const BATCH_MS = 250;

/**
 * Writes one run. Methods throw StoreError; what could not be written is kept and tried again with the next flush.
 * After the run was taken over by another process, everything throws.
 */
export interface Recorder {
  /** Keeps the host, and writes the batch when it is full or old. */
  record(host: NumberedReport): void;
  /**
   * Writes what is kept, how many questions the whole run has sent by now, and below which ordinal this process has begun all hosts.
   * Without anything kept it only says that, and that the run is alive; call it at least every 30 seconds.
   */
  flush(probesSent?: number, begun?: number): void;
  /** Writes the rest and ends the run. `run` counts the whole run, earlier processes included. */
  finish(run: Run, conclusions?: Conclusions): void;
}

/** What only the whole run shows: its groups, and hosts whose report changes because of their neighbours. */
export interface Conclusions {
  readonly groups: readonly Group[];
  readonly amended: Iterable<Entry>;
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
const AMEND_HOST =
  'UPDATE hosts SET verdict = ?, confidence = ?, states = ?, clear = ? WHERE run = ? AND idx = ?';
const AMEND_EVIDENCE = 'UPDATE evidence SET report = ?, crc = ? WHERE run = ? AND idx = ?';
const MERGED = "UPDATE runs SET start = json_set(start, '$.shards', json(?)) WHERE seq = ? AND owner = ?";
const END = `UPDATE runs SET state = ?, finished_at = ?, groups = ?, probes_sent = ?, duration_ms = ?
  WHERE seq = ? AND owner = ?`;

/** A recorder for a run that this process owns. `now`: milliseconds since 1970. */
export const recorderOf = (sql: Sql, owned: Owned, now: () => number): Recorder => {
  const { seq, owner } = owned;
  const packer = reportWriter(sql, seq);
  const began = now();
  let kept: HostRow[] = [];
  let oldest = 0;
  let probesSent = owned.probesSent;
  let begun = 0;
  let ended = false;

  const write = (batch: readonly HostRow[]): void =>
    packer.transaction(() => {
      // A clock may be set back.
      const durationMs = owned.durationMs + Math.max(0, now() - began);
      const farthest = [...owned.begun, ...(begun > 0 ? [begun] : [])]
        .sort((a, b) => b - a)
        .slice(0, MOST_BEGUN);
      if (sql.run(BEAT, [now(), probesSent, durationMs, JSON.stringify(farthest), seq, owner]) !== 1) {
        throw new StoreError(
          sql.path,
          `run ${owned.id} was taken over or ended by another process; stop this one`,
        );
      }
      for (const one of batch) insertHost(sql, one);
    });

  const flush = (sent = probesSent, place = begun): void => {
    probesSent = sent;
    begun = place;
    if (ended) throw new Error('the run has ended');
    do {
      write(kept.slice(0, BATCH_HOSTS));
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
    finish: ({ interrupted, finishedAt, probesSent: sent, durationMs, shards }, conclusions) => {
      flush();
      const state = interrupted ? 'interrupted' : 'finished';
      const groups = conclusions ? JSON.stringify(conclusions.groups) : null;
      // At once, so that a run is never half concluded and then resumed.
      packer.transaction(() => {
        for (const { index, report } of conclusions?.amended ?? []) {
          const { verdict, confidence } = report;
          const clear = Number(isClearSoFar(report));
          sql.run(AMEND_HOST, [verdict, confidence, stateLetters(report), clear, seq, index]);
          const { row, crc } = packer.pack(report);
          sql.run(AMEND_EVIDENCE, [row, crc, seq, index]);
        }
        if (shards) sql.run(MERGED, [JSON.stringify(shards), seq, owner]);
        sql.run(END, [state, finishedAt, groups, sent, durationMs, seq, owner]);
      });
      ended = true;
    },
  };
};
