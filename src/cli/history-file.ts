import { mkdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import envPaths from 'env-paths';
import { UsageError } from '../model/fault.ts';
import type { History } from '../store/history.ts';
import { isAlive } from './is-alive.ts';

/** Where the platform keeps data: `%LOCALAPPDATA%`, `~/Library/Application Support`, `$XDG_DATA_HOME`. */
export const standardHistoryPath = (): string =>
  join(envPaths('ra-preflight', { suffix: '' }).data, 'history.db');

/**
 * Opens the history: the file named, in a folder that must be there, or the platform's, whose folder is made. SQLite is
 * loaded only now. Throws UsageError or StoreError.
 */
export const openHistoryFile = async (named: string | null): Promise<History> => {
  const path = named ?? standardHistoryPath();
  if (named === null) {
    await mkdir(dirname(path), { recursive: true, mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      throw new UsageError(
        `the history folder ${dirname(path)} cannot be made (${error.code ?? error}); name a file with --db`,
      );
    });
  }
  const { openHistory } = await import('../store/open.ts');
  return openHistory(path, { now: Date.now, pid: process.pid, machine: hostname(), isAlive });
};

/** Opens the history as `openHistoryFile` does, and closes it when the work has ended, however it ends. */
export const withHistory = async <T>(
  named: string | null,
  work: (history: History) => Promise<T>,
): Promise<T> => {
  const history = await openHistoryFile(named);
  try {
    return await work(history);
  } finally {
    history.close();
  }
};
