import { type History, historyOf } from './history.ts';
import type { Surroundings } from './runs.ts';
import { prepare } from './schema.ts';
import { connect } from './sql.ts';

/**
 * Opens the history file `path`, or makes it; its folder must be there. `:memory:` is a history that ends with the
 * process. Throws StoreError when the file is locked, damaged, not ours, or newer than this program.
 */
export const openHistory = (path: string, around: Surroundings): History => {
  const sql = connect(path);
  try {
    prepare(sql);
    return historyOf(sql, around);
  } catch (error) {
    sql.close();
    throw error;
  }
};
