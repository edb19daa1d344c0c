import { rmSync } from 'node:fs';
import { type FileHandle, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { UsageError } from '../model/fault.ts';
import { failureWords } from '../text/error-message.ts';
import { type OutputFile, removeAbandoned, resolveOutput } from './output-file.ts';

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
 * Throws UsageError when what was written is lost, as on a full disk.
 */
const openLive = (stream: NodeJS.WriteStream, encoding: BufferEncoding = 'utf8'): OutStream => {
  let failure: NodeJS.ErrnoException | null | undefined;
  const close = async (): Promise<void> => {};
  return {
    write: async (chunk) => {
      if (failure) return;
      failure = await new Promise((resolve) => stream.write(chunk, encoding, resolve));
      if (failure && failure.code !== 'EPIPE')
        throw new UsageError(`standard output could not be written: ${failureWords(failure)}`);
    },
    close,
    abandon: close,
  };
};

/** Opens what is written first: the draft with owner and mode of what it will replace, before anything stands in it. */
const openFirst = async (goal: OutputFile): Promise<FileHandle> => {
  // A file that standard output was led to must not be cut: it may have been added to.
  if (goal.kind === 'stream') return open(goal.path, 'a');
  if (goal.kind === 'in-place') return open(goal.path, 'w');
  const { draft, like } = goal;
  const file = await open(draft, 'w', like === null ? 0o666 : 0o600);
  if (like === null) return file;
  try {
    const made = await file.stat();
    if (made.uid !== like.uid || made.gid !== like.gid) await file.chown(like.uid, like.gid);
    await file.chmod(like.mode);
    return file;
  } catch (error) {
    await file.close();
    rmSync(draft, { force: true });
    throw error;
  }
};

/**
 * A file that is there whole or not at all: it is written beside its goal and moved when it is closed. What cannot be written
 * is reported then, as a UsageError: a full disk ends nothing but the file.
 */
const openFile = async (path: string, encoding: BufferEncoding = 'utf8'): Promise<OutStream> => {
  const guarded = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error) => {
      throw error instanceof Error && 'syscall' in error
        ? new UsageError(`-o ${path}: could not be written: ${failureWords(error)}`)
        : error;
    });
  const goal = await resolveOutput(path);
  if (goal.kind === 'replace') await removeAbandoned(dirname(goal.path));
  const file = await guarded(openFirst(goal));
  const discard = (): void => {
    if (goal.kind === 'replace') rmSync(goal.draft, { force: true });
  };
  process.once('exit', discard);
  let failure: unknown;
  return {
    write: async (chunk) => {
      if (failure !== undefined) return;
      await file.writeFile(chunk, encoding).catch((error) => {
        failure = error;
      });
    },
    close: async () => {
      if (failure !== undefined) await guarded(Promise.reject(failure));
      await file.close();
      if (goal.kind === 'replace') await guarded(rename(goal.draft, goal.path));
      process.off('exit', discard);
    },
    abandon: async () => {
      await file.close();
      discard();
      process.off('exit', discard);
    },
  };
};

/** The same stream in fewer pieces. Everything else has its turn between two, and at an empty one, which stands for work without words. */
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
      else if (chunk !== '') return;
      await nextTurn();
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

/**
 * Delivers the result to standard output, or to a file when one was named (`-` is standard output). `encoding` is the file's;
 * standard output is UTF-8.
 */
export const deliver = async (
  chunks: Iterable<string>,
  path: string | null,
  encoding: BufferEncoding = 'utf8',
): Promise<void> => {
  const out = gathering(isStandard(path) ? openLive(process.stdout) : await openFile(path, encoding));
  try {
    for (const chunk of chunks) await out.write(chunk);
    await out.close();
  } catch (error) {
    await out.abandon();
    throw error;
  }
};

/** Delivers bytes that only programs read, to standard output or into a file as `deliver` does. Throws UsageError. */
export const deliverBytes = async (bytes: Uint8Array, path: string | null): Promise<void> => {
  const out = isStandard(path) ? openLive(process.stdout, 'latin1') : await openFile(path, 'latin1');
  try {
    await out.write(Buffer.from(bytes).toString('latin1'));
    await out.close();
  } catch (error) {
    await out.abandon();
    throw error;
  }
};
