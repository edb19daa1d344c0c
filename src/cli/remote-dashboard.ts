import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { RunEntry } from '../model/history.ts';
import type { Dashboard, HostLine, HostRun, Schedules } from '../serve/dashboard.ts';
import type { ReaderReply, ReaderRequest } from './history-reader.ts';

/** A dashboard whose history is read by other processes. */
export interface RemoteDashboard extends Dashboard {
  /** Ends them. */
  close(): void;
}

interface Waiting {
  resolve(answer: ReaderReply): void;
  reject(error: Error): void;
}

/** One process that reads the history. It is started when it is first asked, and again when it has ended by itself. */
class Reader {
  readonly #args: readonly string[];
  readonly #waiting = new Map<number, Waiting>();
  #child: ChildProcess | null = null;
  #last = 0;

  constructor(args: readonly string[]) {
    this.#args = args;
  }

  #start(): ChildProcess {
    const program = fileURLToPath(new URL('./history-reader-process.js', import.meta.url));
    const child = fork(program, this.#args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc', 'pipe'] });
    child.on('message', (answer: ReaderReply) => {
      this.#waiting.get(answer.id)?.resolve(answer);
      this.#waiting.delete(answer.id);
    });
    const ended = (why: string): void => {
      if (this.#child === child) this.#child = null;
      for (const { reject } of this.#waiting.values())
        reject(new Error(`the process that reads the history ended (${why})`));
      this.#waiting.clear();
    };
    child.on('error', ({ message }) => ended(message));
    child.on('exit', (code, signal) => ended(signal ?? `code ${code}`));
    this.#child = child;
    return child;
  }

  #ask(question: ReaderRequest): Promise<ReaderReply> {
    const child = this.#child ?? this.#start();
    return new Promise((resolve, reject) => {
      this.#waiting.set(question.id, { resolve, reject });
      child.send(question, (error) => {
        if (error) reject(error);
      });
    });
  }

  async call<T>(call: keyof Dashboard, ...args: readonly unknown[]): Promise<T> {
    const [value] = await this.#called(call, args);
    return value as T;
  }

  async #called(call: keyof Dashboard, args: readonly unknown[]): Promise<readonly [unknown, number]> {
    this.#last += 1;
    const id = this.#last;
    const answer = await this.#ask({ id, call, args });
    if ('error' in answer) throw new Error(answer.error);
    return ['value' in answer ? answer.value : null, id];
  }

  async text(call: 'report' | 'diff', ...args: readonly unknown[]): Promise<AsyncIterable<string> | null> {
    const [isThere, id] = await this.#called(call, args);
    const child = this.#child;
    if (isThere === null || !child) return null;
    const next = async (): Promise<IteratorResult<string>> => {
      // Another process would not know the text.
      if (this.#child !== child) throw new Error('the process that read the history has ended');
      const answer = await this.#ask({ id, text: 'more' });
      if ('error' in answer) throw new Error(answer.error);
      return 'piece' in answer && !(answer.done && answer.piece === '')
        ? { value: answer.piece, done: false }
        : { value: undefined, done: true };
    };
    const drop = async (): Promise<IteratorResult<string>> => {
      if (this.#child === child && child.connected) child.send({ id, text: 'drop' } satisfies ReaderRequest);
      return { value: undefined, done: true };
    };
    return { [Symbol.asyncIterator]: () => ({ next, return: drop }) };
  }

  close(): void {
    this.#child?.kill('SIGKILL');
  }
}

/**
 * The history in the file `db` and the configuration `config` (null: the platform's) as the dashboard asks for them, read by two processes of their own: one for
 * pages that walk all hosts before their first byte, one for all else. So nothing is kept waiting by a long report, and what
 * ends a reader, a damaged file for one, does not end the server.
 */
export const remoteDashboard = (db: string | null, config: string | null): RemoteDashboard => {
  const args = [db ?? '', config ?? ''];
  const [quick, slow] = [new Reader(args), new Reader(args)];
  return {
    runs: (limit, offset) => quick.call<RunEntry[]>('runs', limit, offset),
    running: () => quick.call<RunEntry[]>('running'),
    entry: (id) => quick.call<RunEntry | null>('entry', id),
    hosts: (id, query) => quick.call<HostLine[]>('hosts', id, query),
    host: (id, index) => quick.call('host', id, index),
    hostRuns: (target) => quick.call<HostRun[]>('hostRuns', target),
    schedules: () => quick.call<Schedules>('schedules'),
    scheduleRuns: (name) => quick.call<RunEntry[]>('scheduleRuns', name),
    report: (id, format) => (format === 'html' ? slow : quick).text('report', id, format),
    diff: (before, after) => slow.text('diff', before, after),
    close: () => {
      quick.close();
      slow.close();
    },
  };
};
