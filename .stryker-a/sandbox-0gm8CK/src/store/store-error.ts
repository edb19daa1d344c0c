import { statSync } from 'node:fs';
import { dirname } from 'node:path';
import { quoted } from '../text/quoted.ts';

/** Longest part of a path or a typed text that is repeated in a message. */
const MOST = 200;

/** A path or a typed text as it may stand in a one-line message. */
export const briefly = (text: string): string => quoted(text, MOST);

/**
 * The history cannot be used: locked, full, damaged, not ours, not writable. `message` is one line that names the file
 * and says what to do; `cause` is what SQLite said. What was committed before stays valid.
 */
export class StoreError extends Error {
  override readonly name = 'StoreError';

  constructor(path: string, what: string, options?: ErrorOptions) {
    super(`history ${briefly(path)}: ${what}`, options);
  }
}

/** Primary result codes, https://www.sqlite.org/rescode.html, that come from the world around and not from a bug of ours. */
const SENTENCES: Readonly<Record<number, string>> = {
  3: 'access is denied; check the permissions or choose another file',
  5: 'another program has locked it for more than 5 seconds; wait until it is done, or choose another file',
  6: 'another program has locked it; wait until it is done, or choose another file',
  7: 'there is not enough memory to work with it',
  8: 'it or its folder cannot be written; check the permissions or choose another file',
  10: 'the disk reports an error; check the disk and the file system, or choose another file',
  11: 'the file is damaged; move it away, or restore it from a backup',
  13: 'the disk is full; free some space, then resume the run',
  15: 'another program keeps it busy; wait until it is done, or choose another file',
  22: 'the file is too large for this file system; choose another file',
  26: 'the file is not a SQLite database; choose another file',
};

/** Why a file cannot be opened (code 14), as far as the file system shows. */
const unopened = (path: string): string => {
  const folder = dirname(path);
  const parent = statSync(folder, { throwIfNoEntry: false });
  if (!parent) return `there is not a folder ${briefly(folder)}; create it or choose another file`;
  if (!parent.isDirectory()) return `${briefly(folder)} is not a folder; choose another file`;
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return 'is a folder; name a file';
  return 'it cannot be opened or created; check the permissions of the file and its folder, or choose another file';
};

const whyUnopened = (path: string): string => {
  try {
    return unopened(path);
  } catch {
    return 'it cannot be reached; check the permissions of the folders above it, or choose another file';
  }
};

/** For a record that is not as it was written. */
export const damaged = (path: string, cause?: unknown): StoreError =>
  new StoreError(path, 'a record in it is damaged; restore the file from a backup, or move it away', {
    cause,
  });

/** Reads a stored value. SQLite notices damage to its pages, but not to what stands in them. */
export const intact = <T>(path: string, read: () => T): T => {
  try {
    return read();
  } catch (cause) {
    // To read one may ask the database again, which has its own reasons to fail.
    if (cause instanceof StoreError) throw cause;
    throw damaged(path, cause);
  }
};

const codeOf = (error: Error): number | null => {
  if ('rawCode' in error && typeof error.rawCode === 'number') return error.rawCode & 0xff;
  // A connection that fails has its code in the text only.
  const [, code] = /ConnectionFailed\(.*: (\d+)"\)$/.exec(error.message) ?? [];
  return code === undefined ? null : Number(code) & 0xff;
};

/** What our queries meet only in a file whose tables are not as we made them, although its code is that of a mistake of ours. */
const NOT_OURS =
  /^(?:no such|table .* already exists|index .* already exists|malformed|unrecognized token|unsupported file format|near |foreign key mismatch|CHECK constraint failed)/;

/** What SQLite threw, as StoreError where the world is to blame; our own bugs come back as they are. */
export const storeErrorOf = (error: unknown, path: string): unknown => {
  const code = error instanceof Error ? codeOf(error) : null;
  if (code === null) return error;
  const isStrange = (code === 1 || code === 19) && error instanceof Error && NOT_OURS.test(error.message);
  const what = code === 14 ? whyUnopened(path) : SENTENCES[isStrange ? 11 : code];
  return what === undefined ? error : new StoreError(path, what, { cause: error });
};
