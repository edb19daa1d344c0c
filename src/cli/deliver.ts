import { constants } from 'node:fs';
import { access, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from '../model/fault.ts';

const reasonOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : String(error);

/** Whether `path` names something that can only be written in place (a pipe, a terminal, /dev/stdout). */
const isSpecial = async (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => !found.isFile(),
    () => false,
  );

/** Throws UsageError, before a packet is sent, when the result could not be written to `path`. */
export const checkWritable = async (path: string): Promise<void> => {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) throw new UsageError(`-o ${path}: is a folder, expected a file name`);
  await access(found ? path : dirname(path), constants.W_OK).catch((error) => {
    throw new UsageError(`-o ${path}: cannot be written (${reasonOf(error)})`);
  });
};

/** Writes a result whole or not at all: beside the goal first, then moved. */
const writeFileWhole = async (path: string, text: string): Promise<void> => {
  if (await isSpecial(path)) return writeFile(path, text);
  const draft = `${path}.${process.pid}.part`;
  try {
    await writeFile(draft, text);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw new UsageError(`-o ${path}: could not be written (${reasonOf(error)})`);
  }
};

/** A reader that has gone (`| head`) is no error of ours. */
const writeStream = (stream: NodeJS.WriteStream, text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException): void =>
      error.code === 'EPIPE' ? resolve() : reject(error);
    stream.once('error', onError);
    stream.write(text, () => {
      stream.off('error', onError);
      resolve();
    });
  });

/** Delivers the result to standard output, or to a file when one was named (`-` is standard output). */
export const deliver = (text: string, path: string | null): Promise<void> =>
  path === null || path === '-' ? writeStream(process.stdout, text) : writeFileWhole(path, text);
