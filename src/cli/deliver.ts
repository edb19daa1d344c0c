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

/** Throws UsageError, before a packet is sent, when the result could not be written to `path`; standard output always can. */
export const checkWritable = async (path: string | null): Promise<void> => {
  if (path === null || path === '-') return;
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory()) throw new UsageError(`-o ${path}: is a folder, expected a file name`);
  await access(found ? path : dirname(path), constants.W_OK).catch((error) => {
    throw new UsageError(`-o ${path}: cannot be written (${reasonOf(error)})`);
  });
};

/** So many characters go out at once, or more: a write costs as much as making the lines of ten hosts. */
const PIECE = 65_536;

/** The same text in fewer pieces. */
function* gathered(chunks: Iterable<string>): Generator<string> {
  let piece = '';
  for (const chunk of chunks) {
    piece += chunk;
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  if (piece !== '') yield piece;
}

/** Writes a result whole or not at all: beside the goal first, then moved. */
const writeFileWhole = async (path: string, chunks: Iterable<string>): Promise<void> => {
  if (await isSpecial(path)) return writeFile(path, chunks);
  const draft = `${path}.${process.pid}.part`;
  try {
    await writeFile(draft, chunks);
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error instanceof Error && 'syscall' in error
      ? new UsageError(`-o ${path}: could not be written (${reasonOf(error)})`)
      : error;
  }
};

/** A stream that is written piece by piece, at the pace of its reader. */
export interface OutStream {
  /** Resolves when the piece has gone out. A reader that has gone (`| head`) is no error of ours: the rest is dropped. */
  write(chunk: string): Promise<void>;
  close(): void;
}

/** Opens standard output or the like for writing piece by piece. */
export const openStream = (stream: NodeJS.WriteStream): OutStream => {
  let failure: NodeJS.ErrnoException | undefined;
  const onError = (error: NodeJS.ErrnoException): void => {
    failure = error;
  };
  stream.on('error', onError);
  return {
    write: async (chunk) => {
      if (failure === undefined) await new Promise<void>((resolve) => stream.write(chunk, () => resolve()));
      if (failure !== undefined && failure.code !== 'EPIPE') throw failure;
    },
    close: () => {
      stream.off('error', onError);
    },
  };
};

const writeStream = async (stream: NodeJS.WriteStream, chunks: Iterable<string>): Promise<void> => {
  const out = openStream(stream);
  try {
    for (const chunk of chunks) await out.write(chunk);
  } finally {
    out.close();
  }
};

/** Delivers the result to standard output, or to a file when one was named (`-` is standard output). */
export const deliver = (chunks: Iterable<string>, path: string | null): Promise<void> =>
  path === null || path === '-'
    ? writeStream(process.stdout, gathered(chunks))
    : writeFileWhole(path, gathered(chunks));
