import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { draftOf, type Maker, makerOf } from '../model/draft.ts';
import { fill, pathPart } from './pattern.ts';

/** Everybody may read metrics: the collector runs as somebody else. */
const READABLE = 0o644;

/** Who writes, and whether a process of this machine is still there: what a killed one left is removed. */
export interface Writer extends Maker {
  isAlive(pid: number): boolean;
}

/** A leading dot and another ending: a collector that reads *.prom never takes a draft. Many may be written at once. */
const DRAFT = '.ra-preflight-';
const RANDOM_BYTES = 6;

/** Removes drafts of processes that are gone, whatever they were for: a report is called otherwise after each run. */
const removeAbandoned = async (folder: string, { machine, isAlive }: Writer): Promise<void> => {
  for (const name of await readdir(folder)) {
    if (!name.startsWith(DRAFT)) continue;
    const pid = makerOf(name, name.slice(0, DRAFT.length + 2 * RANDOM_BYTES), machine, 'part');
    if (pid !== null && !isAlive(pid)) await rm(join(folder, name), { force: true }).catch(() => {});
  }
};

/**
 * Writes a file whole or not at all: a draft beside the goal, then moved over it. The folder is made when it is missing.
 * `mode` overrides the umask. Throws what the file system throws; no draft stays behind, that of a killed process until the next.
 */
export const writeWhole = async (
  path: string,
  chunks: Iterable<string>,
  writer: Writer,
  mode: number | null = null,
): Promise<void> => {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  await removeAbandoned(folder, writer);
  const draft = draftOf(join(folder, `${DRAFT}${randomBytes(RANDOM_BYTES).toString('hex')}`), writer, 'part');
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
export const writeTextfile = (path: string, metrics: Iterable<string>, writer: Writer): Promise<void> =>
  writeWhole(path, metrics, writer, READABLE);
