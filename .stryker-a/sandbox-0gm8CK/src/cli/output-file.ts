import { constants } from 'node:fs';
import { access, readdir, readlink, realpath, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join, resolve, win32 } from 'node:path';
import { UsageError } from '../model/fault.ts';
import { makerOf, unfinishedName } from '../model/unfinished-file.ts';
import { failureWords } from '../text/error-message.ts';
import { isAlive } from './is-alive.ts';

/** Where a result goes, and how it gets there. */
export type OutputFile =
  /** A pipe, a terminal, /dev/stdout: written as it comes. */
  | { readonly kind: 'stream'; readonly path: string }
  /** A file that cannot be replaced without losing what it is: its owner, its other names, its place in a folder of others. */
  | { readonly kind: 'in-place'; readonly path: string }
  /** Written beside its goal and moved there when it is whole. `like` is whose and what the file is that was there. */
  | { readonly kind: 'replace'; readonly path: string; readonly draft: string; readonly like: Like | null };

/** What a new file keeps of the one before. */
export interface Like {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

/** Symbolic links that are followed one after the other, as Linux does. */
const MOST_LINKS = 40;

/** The file that a path means, through symbolic links, also where the last one leads to a file that is not there yet. */
const behindLinks = async (path: string, left = MOST_LINKS): Promise<string> => {
  const found = await realpath(path).catch(() => null);
  if (found !== null) return found;
  const next = await readlink(path).catch(() => null);
  if (next === null || left === 0) return resolve(path);
  return behindLinks(resolve(dirname(path), next), left - 1);
};

const mayWrite = (path: string, how = constants.W_OK): Promise<boolean> =>
  access(path, how).then(
    () => true,
    () => false,
  );

/** Whether a file made by this process can be given to that owner and group. */
const canGive = ({ uid, gid }: Like): boolean => {
  const me = process.geteuid?.();
  if (me === undefined || me === 0) return true;
  return uid === me && (gid === process.getegid?.() || process.getgroups?.().includes(gid) === true);
};

/** Names of devices on Windows, with any extension. Node would make a file of that name, which Explorer cannot remove. */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])[ .]*(\..*)?$/i;

/** Throws UsageError for a path that no file may have on this platform. */
export const refuseDevice = (path: string, platform: NodeJS.Platform): void => {
  if (platform !== 'win32' || !DEVICE.test(win32.basename(path))) return;
  throw new UsageError(`-o ${path}: is the name of a device on Windows, expected a file name`);
};

/** Finds out how `path` is to be written. Nothing is changed. Throws UsageError for the name of a device. */
export const resolveOutput = async (path: string): Promise<OutputFile> => {
  refuseDevice(path, process.platform);
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  const there = found instanceof Error ? null : found;
  // Links that lead to themselves are left to fail.
  const isLoop = found instanceof Error && found.code === 'ELOOP';
  if (isLoop || (there && !there.isFile()) || /^\/(dev|proc)\//.test(resolve(path)))
    return { kind: 'stream', path };
  const file = await behindLinks(path);
  const draft = unfinishedName(file, { machine: hostname(), pid: process.pid }, 'part');
  if (!there) return { kind: 'replace', path: file, draft, like: null };
  const like = { mode: there.mode & 0o7777, uid: there.uid, gid: there.gid };
  const replaces =
    there.nlink === 1 && canGive(like) && (await mayWrite(dirname(file), constants.W_OK | constants.X_OK));
  return replaces ? { kind: 'replace', path: file, draft, like } : { kind: 'in-place', path: file };
};

/** Removes the unfinished reports in a folder whose processes are gone. What cannot be removed stays. */
export const removeAbandoned = async (folder: string): Promise<void> => {
  for (const file of await readdir(folder).catch(() => [])) {
    const pid = makerOf(file, hostname(), 'part');
    if (pid !== null && !isAlive(pid, Date.now()))
      await rm(join(folder, file), { force: true }).catch(() => {});
  }
};

/** Throws UsageError, before a packet is sent, when the result could not be written to `path`; standard output always can. */
export const checkWritable = async (path: string | null): Promise<void> => {
  if (path === null || path === '-') return;
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) throw new UsageError(`-o ${path}: is a folder, expected a file name`);
  const goal = await resolveOutput(path);
  try {
    if (found) await access(goal.path, constants.W_OK);
    if (goal.kind === 'replace') await access(dirname(goal.path), constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new UsageError(`-o ${path}: cannot be written: ${failureWords(error)}`);
  }
};

/** The same for several places, of which no two may be one. */
export const checkAllWritable = async (paths: readonly string[]): Promise<void> => {
  const seen = new Set<string>();
  for (const path of paths) {
    const place = path === '-' ? path : await behindLinks(path);
    if (seen.has(place)) throw new UsageError(`-o ${path}: two results cannot be written to the same place`);
    seen.add(place);
    await checkWritable(path);
  }
};
