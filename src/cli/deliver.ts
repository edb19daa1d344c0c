import { constants, rmSync } from 'node:fs';
import { access, open, rename, stat } from 'node:fs/promises';
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

/** Somewhere that text goes piece by piece, at the pace of who takes it. */
export interface OutStream {
  /** Resolves when there is room for more. */
  write(chunk: string): Promise<void>;
  /** All was written. Throws when it could not be; then it is to be abandoned. */
  close(): Promise<void>;
  /** There will be no more, and what was written is not the whole. */
  abandon(): Promise<void>;
}

/**
 * A stream whose reader sees each piece at once. A reader that has gone (`| head`) is no error of ours: the rest is dropped.
 */
const openLive = (stream: NodeJS.WriteStream): OutStream => {
  let failure: NodeJS.ErrnoException | undefined;
  const onError = (error: NodeJS.ErrnoException): void => {
    failure = error;
  };
  stream.on('error', onError);
  const close = async (): Promise<void> => {
    stream.off('error', onError);
  };
  return {
    write: async (chunk) => {
      if (failure === undefined) await new Promise<void>((resolve) => stream.write(chunk, () => resolve()));
      if (failure !== undefined && failure.code !== 'EPIPE') throw failure;
    },
    close,
    abandon: close,
  };
};

/**
 * A file that is there whole or not at all: it is written beside its goal and moved when it is closed. What cannot be written
 * is told then, as a UsageError: a disk that is full ends nothing but the file.
 */
const openFile = async (path: string): Promise<OutStream> => {
  const draft = (await isSpecial(path)) ? null : `${path}.${process.pid}.part`;
  const guarded = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error) => {
      throw error instanceof Error && 'syscall' in error
        ? new UsageError(`-o ${path}: could not be written (${reasonOf(error)})`)
        : error;
    });
  const file = await guarded(open(draft ?? path, 'w'));
  const discard = (): void => {
    if (draft !== null) rmSync(draft, { force: true });
  };
  process.once('exit', discard);
  let failure: unknown;
  return {
    write: async (chunk) => {
      if (failure !== undefined) return;
      await file.writeFile(chunk).catch((error) => {
        failure = error;
      });
    },
    close: async () => {
      if (failure !== undefined) await guarded(Promise.reject(failure));
      await file.close();
      if (draft !== null) await guarded(rename(draft, path));
      process.off('exit', discard);
    },
    abandon: async () => {
      await file.close();
      discard();
      process.off('exit', discard);
    },
  };
};

/** The same stream in fewer pieces. */
const gathering = (out: OutStream): OutStream => {
  let piece = '';
  const flush = async (): Promise<void> => {
    const text = piece;
    piece = '';
    if (text !== '') await out.write(text);
  };
  return {
    write: async (chunk) => {
      piece += chunk;
      if (piece.length >= PIECE) await flush();
    },
    close: async () => {
      await flush();
      await out.close();
    },
    abandon: out.abandon,
  };
};

const isStandard = (path: string | null): path is null | '-' => path === null || path === '-';

/** Opens standard output for pieces that are seen at once, or a file when one was named (`-` is standard output). */
export const openOut = async (path: string | null): Promise<OutStream> =>
  isStandard(path) ? openLive(process.stdout) : gathering(await openFile(path));

/** Delivers the result to standard output, or to a file when one was named (`-` is standard output). */
export const deliver = async (chunks: Iterable<string>, path: string | null): Promise<void> => {
  const out = gathering(isStandard(path) ? openLive(process.stdout) : await openFile(path));
  try {
    for (const chunk of chunks) await out.write(chunk);
    await out.close();
  } catch (error) {
    await out.abandon();
    throw error;
  }
};
