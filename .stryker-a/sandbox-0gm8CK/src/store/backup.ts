import {
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../model/fault.ts';
import { makerOf, unfinishedName } from '../model/unfinished-file.ts';
import { failureWords } from '../text/error-message.ts';
import type { ProcessContext } from './runs.ts';
import type { Sql } from './sql.ts';
import { briefly, StoreError } from './store-error.ts';

/** How a backup is written. */
export interface BackupOptions {
  /** Replaces a file that is there already; without it that is refused. */
  readonly overwrite?: boolean;
}

const inode = (path: string): string | null => {
  const stat = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stat ? `${stat.dev}:${stat.ino}` : null;
};

const refuseGoal = (sql: Sql, goal: string, overwrite: boolean): void => {
  const there = inode(goal);
  if (there === null) return;
  if (there === inode(sql.path)) {
    throw new UsageError(`the backup ${briefly(goal)} is the history itself; name another file`);
  }
  if (!statSync(goal).isFile())
    throw new UsageError(`the backup ${briefly(goal)} is not a file; name a file`);
  if (!overwrite) throw new UsageError(`the backup ${briefly(goal)} already exists; name a new file`);
  // The log of a database that is in use would be played into the new file and ruin it.
  if ((statSync(`${goal}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0) {
    throw new UsageError(`the backup ${briefly(goal)} is a database in use; name another file`);
  }
};

/** Throws StoreError unless SQLite finds nothing wrong with a copy. */
const checkCopy = (sql: Sql, draft: string): void => {
  sql.run('ATTACH ? AS copy', [draft]);
  try {
    // What it finds wrong can hold text of the file, which may be no UTF-8.
    const [said] = sql.rows("SELECT integrity_check = 'ok' FROM pragma_integrity_check(NULL, 'copy')");
    const [broken] = sql.rows("SELECT count(*) FROM pragma_foreign_key_check(NULL, 'copy')");
    if (said?.[0] !== 1 || broken?.[0] !== 0) {
      throw new StoreError(sql.path, 'the copy of it is damaged, and so perhaps is the file; check the disk');
    }
  } finally {
    sql.exec('DETACH copy');
  }
};

const toDisk = (path: string): void => {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
};

/** Gives the draft its name; without `overwrite` not even over a file that came since the look at the goal. */
const publish = (draft: string, goal: string, overwrite: boolean): void => {
  if (overwrite) {
    renameSync(draft, goal);
    return;
  }
  try {
    linkSync(draft, goal);
  } catch (error) {
    const there = (error as NodeJS.ErrnoException).code === 'EEXIST' || existsSync(goal);
    if (there) throw new UsageError(`the backup ${briefly(goal)} already exists; name a new file`);
    // Some file systems have no second names.
    renameSync(draft, goal);
  }
};

/** Removes the drafts of backups whose process is gone, and one of this process, which makes one at a time. */
const removeAbandoned = (goal: string, { machine, pid, now, isAlive }: ProcessContext): void => {
  const folder = dirname(goal);
  let names: readonly string[] = [];
  try {
    names = readdirSync(folder);
  } catch {
    // The draft will say what is wrong with the folder.
  }
  for (const name of names) {
    const maker = makerOf(name, machine, 'draft');
    if (maker !== null && (maker === pid || !isAlive(maker, now())))
      rmSync(join(folder, name), { force: true });
  }
};

/** Opens the draft for its owner only: the history says what a network lets through. */
const makeDraft = (draft: string, goal: string): void => {
  try {
    closeSync(openSync(draft, 'wx', 0o600));
  } catch (error) {
    throw new UsageError(
      `the backup ${briefly(goal)} cannot be written: ${failureWords(error)}; check its folder`,
    );
  }
};

/**
 * Copies the history as it is at this moment, with everything that was committed, while others may go on writing. The copy
 * is checked before it gets its name, so a file `path` is a whole backup. Gives its size. Throws UsageError for a path
 * that cannot be taken, and StoreError.
 */
export const backupTo = (
  sql: Sql,
  around: ProcessContext,
  path: string,
  { overwrite = false }: BackupOptions,
): { bytes: number } => {
  if (path === '') throw new UsageError('the backup has no name; name a file');
  const goal = resolve(path);
  refuseGoal(sql, goal, overwrite);
  removeAbandoned(goal, around);
  const draft = unfinishedName(goal, around, 'draft');
  makeDraft(draft, goal);
  try {
    // VACUUM INTO takes one snapshot for the whole copy and, in WAL mode, locks no writer out. It does not sync.
    sql.run('VACUUM INTO ?', [draft]);
    checkCopy(sql, draft);
    toDisk(draft);
    const { size } = statSync(draft);
    publish(draft, goal, overwrite);
    return { bytes: size };
  } finally {
    rmSync(draft, { force: true });
  }
};
