import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { Dashboard } from '../serve/dashboard.ts';
import { messageOf } from '../text/error-message.ts';
import { escapeControls } from '../text/quoted.ts';
import { cutText, PIECE } from './cut-text.ts';
import { dashboardOf } from './dashboard.ts';
import { openHistoryFile, standardHistoryPath } from './history-file.ts';
import type { ReaderReply, ReaderRequest } from './history-reader.ts';

/**
 * A process that reads the history for `serve` and answers its requests, one after the other. Pages over very many hosts take
 * seconds to begin, and the library that reads SQLite ends its process where it finds no way on: here neither is felt by those
 * which the server answers meanwhile. Arguments: the history file and the configuration, each empty for the platform's.
 */

/** How long is spent on a piece of a text before the next request has its turn, ms. */
const TURN_MS = 20;

const [db = '', config = ''] = process.argv.slice(2);

// The server has them too, and this process ends with it: at once, or when the thread finds it gone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit());
new Worker(new URL('./history-reader-watch.js', import.meta.url)).unref();

let dashboard: Dashboard | null = null;
/** Where nothing was kept (the server has refused a mistyped name), the first audit makes the file, and the next request must find it. */
let isThere = false;
let said = '';

/** An error is reported once, and again when it is another. */
const say = (text: string): void => {
  if (text !== said) process.stderr.write(`ra-preflight: ${escapeControls(text)}\n`);
  said = text;
};

const openDashboard = async (): Promise<Dashboard> => {
  const path = db || standardHistoryPath();
  const exists = existsSync(path);
  if (dashboard && exists === isThere) return dashboard;
  // When it could not be opened, the next request may succeed.
  const history = await openHistoryFile(db || null, 'read', !isThere);
  dashboard = await dashboardOf(history, config || undefined, say);
  isThere = exists;
  return dashboard;
};

const texts = new Map<number, Iterator<string>>();

const isText = (value: unknown): value is Iterable<string> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value && !Array.isArray(value);

const call = async ({ id, call, args }: Extract<ReaderRequest, { call: unknown }>): Promise<ReaderReply> => {
  const opened = await openDashboard();
  const value: unknown = await (opened[call] as (...args: readonly unknown[]) => unknown)(...args);
  if (!isText(value)) return { id, value };
  texts.set(id, cutText(value));
  return { id, value: true };
};

const more = (id: number): ReaderReply => {
  const text = texts.get(id);
  const until = performance.now() + TURN_MS;
  let piece = '';
  // Two pieces at most: none is longer than one.
  while (text && piece.length < PIECE && performance.now() < until) {
    const next = text.next();
    if (next.done) {
      texts.delete(id);
      return { id, piece, done: true };
    }
    piece += next.value;
  }
  return { id, piece, done: text === undefined };
};

const drop = (id: number): void => {
  texts.get(id)?.return?.();
  texts.delete(id);
};

const answer = async (question: ReaderRequest): Promise<ReaderReply | null> => {
  if ('call' in question) return call(question);
  if (question.text === 'more') return more(question.id);
  drop(question.id);
  return null;
};

process.on('message', async (question: ReaderRequest) => {
  const answered = await answer(question).catch((error: unknown): ReaderReply => {
    drop(question.id);
    return { id: question.id, error: messageOf(error) };
  });
  if (answered && process.connected) process.send?.(answered);
});
