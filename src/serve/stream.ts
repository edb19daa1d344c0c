import type { ServerResponse } from 'node:http';

/** Characters that go out at a time, and how long is spent on making them before others have their turn, ms. */
const CHUNK = 64 * 1024;
const TURN_MS = 20;

/** Longest time in which a reader takes nothing, ms. A stalled one would hold a walk through the history open. */
const STALL_MS = 30_000;

/** Longest beginning of a page that is read to find its policy, characters. */
const LONGEST_HEAD = 256 * 1024;

/** Reads a page up to the end of its head. */
export const headOf = (pieces: Iterator<string>): string => {
  let head = '';
  while (head.length < LONGEST_HEAD && !head.includes('</head>')) {
    const next = pieces.next();
    if (next.done) break;
    head += next.value;
  }
  return head;
};

const nextChunk = (pieces: Iterator<string>): { readonly text: string; readonly done: boolean } => {
  const until = performance.now() + TURN_MS;
  let text = '';
  do {
    const next = pieces.next();
    if (next.done) return { text, done: true };
    text += next.value;
  } while (text.length < CHUNK && performance.now() < until);
  return { text, done: false };
};

const othersTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

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
 * headers must be set. Throws what the iterator throws; the answer is cut off then, so that nobody takes it for whole.
 */
export const streamPieces = async (response: ServerResponse, pieces: Iterator<string>): Promise<void> => {
  try {
    for (let done = false; !done && !response.destroyed; ) {
      const chunk = nextChunk(pieces);
      done = chunk.done;
      const flows = chunk.text === '' || response.write(chunk.text);
      if (!flows && !response.destroyed) await readerReady(response);
      else await othersTurn();
    }
    if (!response.destroyed) response.end();
  } catch (error) {
    response.destroy();
    throw error;
  } finally {
    pieces.return?.();
  }
};
