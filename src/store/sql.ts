import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Row, type Statement, sqlite, type Value } from './sqlite.ts';
import { StoreError, storeErrorOf } from './store-error.ts';

export type { Row, Value };

/** How long a statement waits for another program's lock. */
export const BUSY_MS = 5000;

/**
 * One connection. Its methods throw StoreError for what the world does to a file (storeErrorOf). A query is always read
 * to its end, so no statement stays open: an open one would hold a snapshot, and with it the growth of the log.
 */
export interface Sql {
  /** The file as messages name it. */
  readonly path: string;
  rows(query: string, values?: readonly Value[]): readonly Row[];
  /** Returns how many rows changed. */
  run(query: string, values: readonly Value[]): number;
  exec(script: string): void;
  /** All or nothing, under BEGIN IMMEDIATE: the lock is waited for at the start, not in the middle. */
  transaction<T>(work: () => T): T;
  close(): void;
}

/**
 * How a file is opened: `create` makes a missing one, `change` and `read` do not, and `read` never writes. `snapshot` reads what
 * nobody writes, as on a read-only medium, where SQLite cannot make the files beside it that readers and writers share.
 */
export type OpenMode = 'create' | 'change' | 'read' | 'snapshot';

const ACCESS: Readonly<Record<OpenMode, string>> = {
  create: '?mode=rwc',
  change: '?mode=rw',
  read: '?mode=ro',
  snapshot: '?mode=ro&immutable=1',
};

/** A pipe would be waited for without an end, and SQLite asks no device. */
const mustBeFile = (file: string, access: OpenMode): void => {
  try {
    const found = existsSync(file) ? statSync(file) : null;
    if (!found && access !== 'create')
      throw new StoreError(file, 'there is no such file; check its name (an audit makes one)');
    if (found?.isDirectory()) throw new StoreError(file, 'is a folder; name a file');
    if (found && !found.isFile()) throw new StoreError(file, 'is a pipe or a device; name a file');
  } catch (error) {
    throw error instanceof StoreError ? error : storeErrorOf(error, file);
  }
};

/** Opens a connection; a missing folder is never made. Throws StoreError, and NoSqlite where nothing reads SQLite. */
export const connect = (path: string, access: OpenMode = 'create'): Sql => {
  if (path === '') throw new StoreError(path, 'has no name; name a file');
  const openDatabase = sqlite();
  // An absolute path, because the library takes `http:` and the like for databases on other machines.
  const file = path === ':memory:' ? path : resolve(path);
  if (file !== ':memory:') mustBeFile(file, access);
  const address = file === ':memory:' ? file : `${pathToFileURL(file).href}${ACCESS[access]}`;
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw storeErrorOf(error, file);
    }
  };
  const db = guarded(() => openDatabase(address, BUSY_MS));
  const prepared = new Map<string, Statement>();
  let open = true;
  const statement = (query: string): Statement => {
    // The library goes on with statements of a closed connection.
    if (!open) throw new Error('the history is closed');
    const made = prepared.get(query) ?? db.prepare(query);
    prepared.set(query, made);
    return made;
  };
  const exec = (script: string): void => {
    guarded(() => db.exec(script));
  };
  return {
    path: file,
    rows: (query, values = []) => guarded(() => statement(query).rows(values)),
    run: (query, values) => guarded(() => statement(query).run(values)),
    exec,
    transaction: (work) => {
      exec('BEGIN IMMEDIATE');
      try {
        const result = work();
        exec('COMMIT');
        return result;
      } catch (error) {
        // A full disk makes SQLite roll back by itself; and what went wrong first is what counts.
        try {
          if (db.inTransaction) exec('ROLLBACK');
        } catch {}
        throw error;
      }
    },
    close: () => {
      if (!open) return;
      try {
        // Puts the log into the file, without waiting: the library closes a connection only when its statements are
        // collected, and a file that is copied should be whole.
        exec('PRAGMA busy_timeout = 0');
        statement('PRAGMA wal_checkpoint(TRUNCATE)').rows([]);
      } catch {
        // Whatever stands in the log is as safe there.
      }
      open = false;
      prepared.clear();
      db.close();
    },
  };
};
