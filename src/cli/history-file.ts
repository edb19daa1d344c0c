import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import envPaths from 'env-paths';
import { UsageError } from '../model/fault.ts';
import { makeFolder } from '../notify/make-folder.ts';
import type { History } from '../store/history.ts';
import type { RunHistory } from '../store/memory-history.ts';
import type { Purpose } from '../store/open.ts';
import { failureWords } from '../text/error-message.ts';
import { isAlive } from './is-alive.ts';

/** Where the platform keeps data: `%LOCALAPPDATA%`, `~/Library/Application Support`, `$XDG_DATA_HOME`. */
export const standardHistoryPath = (): string =>
  join(envPaths('ra-preflight', { suffix: '' }).data, 'history.db');

/**
 * Opens the history: the file named, in a folder that must be there, or the platform's, whose folder is made. Only an audit
 * and an import make a file. Where the platform's is missing, an empty history is read, and so it is for a file that is
 * `expected` to be made by others; any other missing file is an error. SQLite is loaded only now. Throws UsageError or StoreError.
 */
export const openHistoryFile = async (
  named: string | null,
  purpose: Purpose,
  expected = false,
): Promise<History> => {
  const path = named ?? standardHistoryPath();
  if (named === null && purpose === 'create') {
    await makeFolder(dirname(path), 0o700).catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(
        `the history folder ${dirname(path)} cannot be made: ${failureWords(error)}; name a file with --db`,
      );
    });
  }
  const { emptyHistory, openHistory } = await import('../store/open.ts');
  const around = { now: Date.now, pid: process.pid, machine: hostname(), isAlive };
  const isEmpty = (named === null || expected) && purpose === 'read' && !existsSync(path);
  return isEmpty ? emptyHistory(path, around) : openHistory(path, around, purpose);
};

/** Opens the history as `openHistoryFile` does, and closes it when the work has ended, however it ends. */
export const withHistory = async <T>(
  named: string | null,
  purpose: Purpose,
  work: (history: History) => Promise<T>,
): Promise<T> => {
  const history = await openHistoryFile(named, purpose);
  try {
    return await work(history);
  } finally {
    history.close();
  }
};

/**
 * Opens the history of an audit as `withHistory` does. Where nothing reads SQLite and no file was asked for, the audit goes on
 * without one, which is reported to `tell`. Throws UsageError or StoreError.
 */
export const withRunHistory = async <T>(
  named: string | null,
  log: (why: string) => void,
  work: (history: RunHistory) => Promise<T>,
): Promise<T> => {
  const { NoSqlite, sqlite } = await import('../store/sqlite.ts');
  try {
    sqlite();
  } catch (error) {
    if (!(error instanceof NoSqlite) || (named !== null && named !== ':memory:')) throw error;
    log(`this audit is not kept in a history: ${error.message}`);
    const { memoryHistory } = await import('../store/memory-history.ts');
    return work(memoryHistory());
  }
  return withHistory(named, 'create', work);
};
