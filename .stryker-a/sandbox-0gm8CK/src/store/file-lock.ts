import { countIn, textIn } from './column-values.ts';
import { connect } from './sql.ts';
import { intact, StoreError } from './store-error.ts';

/** The process that holds a lock. */
export interface LockHolder {
  readonly pid: number;
  /** Host name of its machine. */
  readonly machine: string;
}

/** A lock that is held until it is released or the process ends, in whatever way. */
export interface FileLock {
  release(): void;
}

const SQLITE_BUSY = 5;

const isBusy = ({ cause }: StoreError): boolean =>
  cause instanceof Error && 'rawCode' in cause && (Number(cause.rawCode) & 0xff) === SQLITE_BUSY;

const MARK = `CREATE TABLE IF NOT EXISTS holder (pid INTEGER NOT NULL, machine TEXT NOT NULL) STRICT;
  DELETE FROM holder;`;

/**
 * Locks the file `path`, which is made when it is missing and stays, or gives its holder. The lock is one of the
 * operating system (SQLite's on a file of one page), so none outlives its process: neither a kill nor a process that came
 * to the same number later can be mistaken for its holder. Throws StoreError when the file cannot be used.
 */
export const lockFile = (path: string, { pid, machine }: LockHolder): FileLock | LockHolder => {
  const sql = connect(path);
  try {
    // A write is two numbers long, and the holder of the lock does not write.
    sql.exec('PRAGMA busy_timeout = 500');
    sql.transaction(() => {
      sql.exec(MARK);
      sql.run('INSERT INTO holder VALUES (?, ?)', [pid, machine]);
    });
    // A lock whose holder others can read.
    sql.exec('BEGIN IMMEDIATE');
    return {
      release: () => {
        sql.exec('ROLLBACK');
        sql.close();
      },
    };
  } catch (error) {
    if (!(error instanceof StoreError && isBusy(error))) throw error;
    const [row] = sql.rows('SELECT CAST(pid AS INTEGER), CAST(machine AS BLOB) FROM holder');
    sql.close();
    return intact(path, () => ({ pid: countIn(row?.[0]), machine: textIn(row?.[1]) }));
  }
};
