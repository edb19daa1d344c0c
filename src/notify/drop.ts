import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { draftOf } from '../model/draft.ts';
import { fill, pathPart } from './pattern.ts';

/** Everybody may read metrics: the collector runs as somebody else. */
const READABLE = 0o644;

/** The processes of this machine, as far as drafts name them. */
export interface Processes {
  /** Host name of this machine. */
  readonly machine: string;
  /** Whether the process that had this number at that time (milliseconds since 1970) still runs. */
  isAlive(pid: number, seenMs: number): boolean;
}

/** The process of this machine that made a draft of that name; null for any other file. */
const makerOfDraft = (file: string, machine: string): number | null => {
  const [, digits] = /-(\d{1,10})\.part$/.exec(file) ?? [];
  if (digits === undefined) return null;
  const pid = Number(digits);
  const end = draftOf('', { machine, pid }, 'part');
  return file.endsWith(end) && /^\..*\.[0-9a-f]{12}$/.test(file.slice(0, -end.length)) ? pid : null;
};

/** Removes the drafts of processes that were killed while they wrote into this folder. What cannot be removed stays. */
const removeAbandoned = async (folder: string, { machine, isAlive }: Processes): Promise<void> => {
  for (const file of await readdir(folder).catch(() => [])) {
    const pid = makerOfDraft(file, machine);
    if (pid !== null && !isAlive(pid, Date.now()))
      await rm(join(folder, file), { force: true }).catch(() => {});
  }
};

/**
 * Writes a file whole or not at all: a draft beside the goal, then moved over it. The folder is made when it is missing.
 * `mode` overrides the umask. Throws what the file system throws; no draft stays behind, and those of killed processes go.
 */
export const writeWhole = async (
  path: string,
  chunks: Iterable<string>,
  processes: Processes,
  mode: number | null = null,
): Promise<void> => {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  await removeAbandoned(folder, processes);
  // A leading dot and another ending: a collector that reads *.prom never takes the draft. Two rules may have one goal.
  const name = `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}`;
  const draft = draftOf(join(folder, name), { machine: processes.machine, pid: process.pid }, 'part');
  try {
    const file = await open(draft, 'wx');
    try {
      for (const chunk of chunks) await file.write(chunk);
      // On disk before it takes the place of the old one, or a power cut could leave neither.
      await file.sync();
    } finally {
      await file.close();
    }
    if (mode !== null) await chmod(draft, mode);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
};

/** Where a drop goes. Names become one part of the path each, so that no name leads to another folder. */
export const dropPath = (
  pattern: string,
  { schedule, run, format }: { readonly schedule: string; readonly run: string; readonly format: string },
): string => fill(pattern, { schedule: pathPart(schedule), run: pathPart(run), format: pathPart(format) });

/** Writes rendered metrics for the textfile collector. Throws what the file system throws. */
export const writeTextfile = (path: string, metrics: Iterable<string>, processes: Processes): Promise<void> =>
  writeWhole(path, metrics, processes, READABLE);
