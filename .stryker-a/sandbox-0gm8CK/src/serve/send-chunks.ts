import { type ChunkIterator, headOf, iteratorOf, writeChunks } from './chunks.ts';
import type { TextChunks, Theme } from './dashboard.ts';
import { policyOfPage } from './headers.ts';
import { begin, type Exchange, sendError } from './response.ts';

/** Texts that are written at once. Each walks through the history, and the walks take turns. */
const MOST_STREAMS = 8;

/** Answers with a text that comes in pieces; `headers` are those of a file, or `page` for a page with a policy of its own. */
export type SendChunks = (
  exchange: Exchange,
  source: () => TextChunks | null | Promise<TextChunks | null>,
  headers: Readonly<Record<string, string>> | 'page',
) => Promise<void>;

const pageHeaders = (head: string): Readonly<Record<string, string>> => ({
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': policyOfPage(head),
});

/**
 * The first piece, or the head of a page, is made before the headers go out: a history that cannot be read is an error
 * 500 then, and the policy of a page stands in its head.
 */
const firstOf = async (pieces: ChunkIterator, isPage: boolean): Promise<string> => {
  try {
    return isPage ? await headOf(pieces) : ((await pieces.next()).value ?? '');
  } catch (error) {
    pieces.return?.();
    throw error;
  }
};

/** Sends at most a few texts at once; a source that gives null is a page that is not there. */
export const chunkSender = (look: Theme): SendChunks => {
  let streams = 0;
  return async (exchange, source, headers) => {
    if (streams >= MOST_STREAMS) return sendError(exchange, look, 503);
    streams++;
    try {
      const found = await source();
      if (!found) return sendError(exchange, look, 404);
      const pieces = iteratorOf(found);
      const first = await firstOf(pieces, headers === 'page');
      if (exchange.response.destroyed) {
        pieces.return?.();
        return;
      }
      const response = begin(exchange, 200, headers === 'page' ? pageHeaders(first) : headers);
      if (exchange.request.method === 'HEAD') {
        pieces.return?.();
        response.end();
      } else {
        response.write(first);
        await writeChunks(response, pieces);
      }
    } finally {
      streams--;
    }
  };
};
