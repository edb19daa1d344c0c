import { statSync } from 'node:fs';
import { checkReadable } from './schema.ts';
import { connect, type Sql } from './sql.ts';
import { briefly, StoreError } from './store-error.ts';

/** SQLITE_READONLY and SQLITE_CANTOPEN: the files beside the history, which readers and writers share, cannot be made. */
const NOT_SHARED: ReadonlySet<number> = new Set([8, 14]);

const codeOf = (error: unknown): number | null => {
  const cause = error instanceof StoreError ? error.cause : null;
  return cause instanceof Error && 'rawCode' in cause ? Number(cause.rawCode) & 0xff : null;
};

/** What changes with every write to the file. */
const stampOf = (path: string): string => {
  const file = statSync(path, { throwIfNoEntry: false, bigint: true });
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
  return `${file?.ino}:${file?.size}:${file?.mtimeNs}:${log?.size ?? 0}`;
};

interface OpenedHistory {
  readonly sql: Sql;
  /** Of a snapshot, which SQLite takes for unchangeable: what it is a snapshot of. */
  readonly stamp: string | null;
}

const opened = (sql: Sql, stamp: string | null): OpenedHistory => {
  try {
    checkReadable(sql);
    return { sql, stamp };
  } catch (error) {
    sql.close();
    throw error;
  }
};

const open = (path: string): OpenedHistory => {
  try {
    return opened(connect(path, 'read'), null);
  } catch (error) {
    const code = codeOf(error);
    if (code === null || !NOT_SHARED.has(code)) throw error;
    const stamp = stampOf(path);
    if (stamp.endsWith(':0')) return opened(connect(path, 'snapshot'), stamp);
    throw new StoreError(
      path,
      `the last writer left a log (${briefly(`${path}-wal`)}), which cannot be read without write permission; ask its owner to run 'ra-preflight history' once`,
      { cause: error },
    );
  }
};

/**
 * Opens a history that is there, for reading only: nothing is created, no lock of a writer is waited for, and neither the file
 * nor its folder need to be writable. Throws StoreError.
 */
export const connectForReading = (path: string): Sql => {
  let current = open(path);
  const fresh = (): Sql => {
    if (current.stamp !== null && current.stamp !== stampOf(current.sql.path)) {
      current.sql.close();
      current = open(path);
    }
    return current.sql;
  };
  return {
    path: current.sql.path,
    rows: (query, values) => fresh().rows(query, values),
    run: (query, values) => fresh().run(query, values),
    exec: (script) => fresh().exec(script),
    transaction: (work) => fresh().transaction(work),
    close: () => current.sql.close(),
  };
};
