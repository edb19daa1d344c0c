import { setTimeout as pause } from 'node:timers/promises';
import { countIn, textIn, timeIn } from './column-values.ts';
import { isMade, type ProcessContext } from './runs.ts';
import { BUSY_MS, type Row, type Sql } from './sql.ts';
import { intact } from './store-error.ts';

/** Hosts deleted, and pages given back, under one lock: 10 to 30 ms of work, so that writers do not wait long. */
const SLICE_HOSTS = 512;
const SLICE_PAGES = 512;
const SLICE_PARTS = 4096;
/** Shortest rest between two slices. One that waits for the lock looks every 100 ms at the latest (sqlite3_busy_timeout). */
const REST_MS = 5;
/** The file shrinks when more than this share of it is free; less is filled by the next run. */
const FREE_SHARE = 0.25;

const HIDE = `UPDATE runs SET state = 'removing', owner = owner + 1, pid = ?, machine = ?, beat_ms = ? WHERE seq = ?`;
/** In the order of asking, in which their reports stand in the file: half the time of the order of the index. */
const EDGE = `SELECT CAST(ordinal AS INTEGER) FROM hosts WHERE run = ? ORDER BY ordinal LIMIT 1 OFFSET ${SLICE_HOSTS}`;

const PARTS = `DELETE FROM parts WHERE run = ?1
  AND id IN (SELECT id FROM parts WHERE run = ?1 ORDER BY id LIMIT ${SLICE_PARTS})`;

/** Does work under the lock in slices until one says that it was the last, and rests as long as each took. */
const inSlices = async (slice: () => boolean): Promise<void> => {
  for (;;) {
    const began = performance.now();
    if (!slice()) return;
    await pause(Math.max(REST_MS, performance.now() - began));
  }
};

/** Takes a run out of sight; its process, if there is one, notices. Inside the transaction of the caller. */
export const hideRun = (sql: Sql, seq: number, { now, pid, machine }: ProcessContext): void => {
  sql.run(HIDE, [pid, machine, now(), seq]);
};

/** Deletes a hidden run in slices and gives the number of its hosts. Breaks off at any moment without harm. */
export const removeRun = async (sql: Sql, seq: number, { now }: ProcessContext): Promise<number> => {
  let hosts = 0;
  await inSlices(() =>
    sql.transaction(() => {
      const edge = sql.rows(EDGE, [seq])[0]?.[0];
      if (edge === undefined) {
        hosts += sql.run('DELETE FROM hosts WHERE run = ?', [seq]);
        if (sql.run(PARTS, [seq]) > 0) return true;
        sql.run('DELETE FROM runs WHERE seq = ?', [seq]);
        return false;
      }
      hosts += sql.run('DELETE FROM hosts WHERE run = ? AND ordinal < ?', [seq, edge as number]);
      sql.run('UPDATE runs SET beat_ms = ? WHERE seq = ?', [now(), seq]);
      return true;
    }),
  );
  return hosts;
};

/** Removes what an import or a removal that was killed has left. */
export const removeHiddenRuns = async (sql: Sql, around: ProcessContext): Promise<void> => {
  const query = `SELECT seq, CAST(pid AS INTEGER), CAST(machine AS BLOB), CAST(beat_ms AS INTEGER) FROM runs
    WHERE state IN ('importing', 'removing')`;
  const isLeft = ([, pid, machine, beatMs]: Row): boolean =>
    intact(sql.path, () => !isMade(countIn(pid), textIn(machine), timeIn(beatMs), around));
  const left = sql.transaction(() => {
    const found = sql.rows(query).filter(isLeft);
    for (const [seq] of found) hideRun(sql, seq as number, around);
    return found;
  });
  for (const [seq] of left) await removeRun(sql, seq as number, around);
};

const numberOf = (sql: Sql, pragma: string): number => Number(sql.rows(`PRAGMA ${pragma}`)[0]?.[0]);

/** Bytes of the file that hold something. */
export const usedBytes = (sql: Sql): number =>
  (numberOf(sql, 'page_count') - numberOf(sql, 'freelist_count')) * numberOf(sql, 'page_size');

/** Gives free pages back to the file system when they are many, and empties the log into the file. */
export const shrink = async (sql: Sql): Promise<void> => {
  let free = numberOf(sql, 'freelist_count');
  if (free > numberOf(sql, 'page_count') * FREE_SHARE) {
    await inSlices(() => {
      sql.exec(`PRAGMA incremental_vacuum(${SLICE_PAGES})`);
      const before = free;
      free = numberOf(sql, 'freelist_count');
      return free > 0 && free < before;
    });
  }
  // Without waiting: while it waits for a reader it holds up every writer.
  sql.exec('PRAGMA busy_timeout = 0');
  try {
    sql.rows('PRAGMA wal_checkpoint(TRUNCATE)');
  } finally {
    sql.exec(`PRAGMA busy_timeout = ${BUSY_MS}`);
  }
};
