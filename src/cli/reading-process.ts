import type { Dashboard } from '../serve/dashboard.ts';
import { dashboardOf } from './dashboard.ts';
import { openHistoryFile } from './history-file.ts';
import type { Answer, Question } from './reading.ts';

/**
 * A process that reads the history for `serve` and answers its questions, one after the other. Pages over very many hosts take
 * seconds to begin, and the library that reads SQLite ends its process where it finds no way on: here neither is felt by those
 * whom the server answers meanwhile. Argument: the history file; none for the platform's.
 */

/** Characters of a text that go out at a time, and how long is spent on them before the next question has its turn, ms. */
const PIECE = 65_536;
const TURN_MS = 20;

const [db] = process.argv.slice(2);

// The server has them too, and ends this process when it has ended itself.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit());

let dashboard: Dashboard | null = null;
const texts = new Map<number, Iterator<string>>();

const isText = (value: unknown): value is Iterable<string> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value && !Array.isArray(value);

const call = async ({ id, call, args }: Extract<Question, { call: unknown }>): Promise<Answer> => {
  // When it could not be opened, the next question may have more luck.
  dashboard ??= await dashboardOf(await openHistoryFile(db ?? null, 'read'));
  const value: unknown = await (dashboard[call] as (...args: readonly unknown[]) => unknown)(...args);
  if (!isText(value)) return { id, value };
  texts.set(id, value[Symbol.iterator]());
  return { id, value: true };
};

const more = (id: number): Answer => {
  const text = texts.get(id);
  const until = performance.now() + TURN_MS;
  let piece = '';
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

const answer = async (question: Question): Promise<Answer | null> => {
  if ('call' in question) return call(question);
  if (question.text === 'more') return more(question.id);
  drop(question.id);
  return null;
};

process.on('message', async (question: Question) => {
  const said = await answer(question).catch((error: unknown): Answer => {
    drop(question.id);
    return { id: question.id, error: error instanceof Error ? error.message : String(error) };
  });
  if (said && process.connected) process.send?.(said);
});
