import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TextChunks } from './dashboard.ts';

/** Characters that go out at a time, and how long is spent on making them before others have their turn, ms. */
const CHUNK = 64 * 1024;
const TURN_MS = 20;

/** Longest time in which a reader takes nothing, ms. A stalled one would hold a walk through the history open. */
const STALL_MS = 30_000;

/** Longest beginning of a page that is read to find its policy, characters. */
const LONGEST_HEAD = 256 * 1024;

/** Gives pieces one by one, those of a text that is made here as well as of one that is made elsewhere. */
export interface ChunkIterator {
  next(): IteratorResult<string> | Promise<IteratorResult<string>>;
  return?(): unknown;
}

/** The iterator of a text. */
export const iteratorOf = (pieces: TextChunks): ChunkIterator =>
  Symbol.asyncIterator in pieces ? pieces[Symbol.asyncIterator]() : pieces[Symbol.iterator]();

/** Reads pieces until there are enough or no more, and lets others have their turn whenever that takes longer. */
const gathered = async (
  pieces: ChunkIterator,
  isEnough: (text: string, began: number) => boolean,
): Promise<{ readonly text: string; readonly done: boolean }> => {
  const began = performance.now();
  let turn = began;
  let text = '';
  do {
    const next = await pieces.next();
    if (next.done) return { text, done: true };
    text += next.value;
    if (performance.now() - turn > TURN_MS) {
      await nextTurn();
      turn = performance.now();
    }
  } while (!isEnough(text, began));
  return { text, done: false };
};

/** Reads a page up to the end of its head. */
export const headOf = async (pieces: ChunkIterator): Promise<string> =>
  (await gathered(pieces, (text) => text.length >= LONGEST_HEAD || text.includes('</head>'))).text;

const nextChunk = (pieces: ChunkIterator): ReturnType<typeof gathered> =>
  gathered(pieces, (text, began) => text.length >= CHUNK || performance.now() - began > TURN_MS);

/** Waits until the reader has taken what it was sent, has gone, or is cut off for taking nothing. */
const readerReady = (response: ServerResponse): Promise<void> =>
  new Promise((resolve) => {
    const stalled = setTimeout(() => response.destroy(), STALL_MS);
    const go = (): void => {
      clearTimeout(stalled);
      response.off('drain', go);
      response.off('close', go);
      resolve();
    };
    response.on('drain', go);
    response.on('close', go);
  });

/**
 * Sends pieces as fast as the reader takes them and returns the iterator, at the end or when the reader has gone. The
 * headers must be set. Throws what the iterator throws; the answer is cut off then, so that it does not look complete.
 */
export const writeChunks = async (response: ServerResponse, pieces: ChunkIterator): Promise<void> => {
  try {
    for (let done = false; !done && !response.destroyed; ) {
      const chunk = await nextChunk(pieces);
      done = chunk.done;
      const flows = chunk.text === '' || response.write(chunk.text);
      if (!flows && !response.destroyed) await readerReady(response);
      // Always: where the kernel takes all at once, the reader is ready before anybody else had a turn.
      await nextTurn();
    }
    if (!response.destroyed) response.end();
  } catch (error) {
    response.destroy();
    throw error;
  } finally {
    pieces.return?.();
  }
};
