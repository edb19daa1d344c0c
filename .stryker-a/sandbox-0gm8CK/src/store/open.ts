import { connectForReading } from './connect-for-reading.ts';
import { type History, historyOf } from './history.ts';
import type { ProcessContext } from './runs.ts';
import { prepare } from './schema.ts';
import { connect, type Sql } from './sql.ts';

/** How a history is opened: created where there is none, changed, or only read. */
export type Purpose = 'create' | 'change' | 'read';

const connected = (path: string, purpose: Exclude<Purpose, 'read'>): Sql => {
  const sql = connect(path, purpose);
  try {
    prepare(sql);
    return sql;
  } catch (error) {
    sql.close();
    throw error;
  }
};

/**
 * Opens the history file `path`; its folder must be there, and but for `create` the file too. `:memory:` is a history that ends
 * with the process. Throws StoreError when the file is missing, locked (for writing), damaged, not ours, or newer than this program.
 */
export const openHistory = (path: string, around: ProcessContext, purpose: Purpose = 'create'): History => {
  if (path === ':memory:') return historyOf(connected(path, 'create'), around);
  return historyOf(purpose === 'read' ? connectForReading(path) : connected(path, purpose), around);
};

/** What is read where no history was ever kept: none, under the name of the file that an audit would make. */
export const emptyHistory = (path: string, around: ProcessContext): History =>
  historyOf({ ...connected(':memory:', 'create'), path }, around);
