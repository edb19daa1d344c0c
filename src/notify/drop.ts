import { randomBytes } from 'node:crypto';
import { chmod, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fill, pathPart } from './pattern.ts';

/** Everybody may read metrics: the collector runs as somebody else. */
const READABLE = 0o644;

/**
 * Writes a file whole or not at all: a draft beside the goal, then moved over it. The folder is made when it is missing.
 * `mode` overrides the umask. Throws what the file system throws; no draft stays behind.
 */
export const writeWhole = async (
  path: string,
  chunks: Iterable<string>,
  mode: number | null = null,
): Promise<void> => {
  await mkdir(dirname(path), { recursive: true });
  // A leading dot and another ending: a collector that reads *.prom never takes the draft.
  const draft = join(
    dirname(path),
    `.${basename(path).slice(0, 100)}.${randomBytes(6).toString('hex')}.part`,
  );
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
export const writeTextfile = (path: string, metrics: Iterable<string>): Promise<void> =>
  writeWhole(path, metrics, READABLE);
