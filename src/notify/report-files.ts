import { randomBytes } from 'node:crypto';
import { chmod, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Maker, unfinishedName } from '../model/unfinished-file.ts';
import { makeFolder } from './make-folder.ts';
import { fill, pathPart } from './placeholders.ts';

/** All users may read metrics: the collector runs as another one. */
const READABLE = 0o644;

/** What drafts need to know of this machine. */
export interface UnfinishedFiles {
  /** This process. */
  readonly maker: Maker;
  /** Removes what processes that are gone left unfinished in a folder. */
  removeAbandoned(folder: string): Promise<void>;
}

/**
 * Writes a file whole or not at all: a draft beside the goal, then moved over it. The folder is made when it is missing.
 * `mode` overrides the umask. Throws what the file system throws; no draft stays behind, and those of killed processes go.
 */
export const writeWhole = async (
  path: string,
  chunks: Iterable<string>,
  { maker, removeAbandoned }: UnfinishedFiles,
  mode: number | null = null,
): Promise<void> => {
  const folder = dirname(path);
  await makeFolder(folder);
  await removeAbandoned(folder);
  // A leading dot and another ending: a collector that reads *.prom never takes the draft. Two rules may have one goal.
  const name = `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}`;
  const draft = unfinishedName(join(folder, name), maker, 'part');
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

/** Where a report file goes. Names become one part of the path each, so that no name leads to another folder. */
export const reportPath = (
  pattern: string,
  { schedule, run, format }: { readonly schedule: string; readonly run: string; readonly format: string },
): string => fill(pattern, { schedule: pathPart(schedule), run: pathPart(run), format: pathPart(format) });

/** Writes rendered metrics for the textfile collector. Throws what the file system throws. */
export const writeTextfile = (
  path: string,
  metrics: Iterable<string>,
  drafts: UnfinishedFiles,
): Promise<void> => writeWhole(path, metrics, drafts, READABLE);
