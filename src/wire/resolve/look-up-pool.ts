import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { Aborts } from '../aborts.ts';
import type { LookUpResult } from './look-up.ts';

/** A request to the process that does the look-ups. */
export interface LookUpRequest {
  readonly id: number;
  readonly name: string;
}

/** What it answers. */
export interface LookUpResponse {
  readonly id: number;
  readonly found: LookUpResult;
}

/** How long a process without work is kept, milliseconds: names come one after the other. */
const IDLE_MS = 5000;

interface Waiting {
  readonly resolve: (found: LookUpResult | null) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Look-ups in a process of their own, started with the first. libuv lets half of its threads wait for names, two of four, and
 * the size of the pool can be set only from outside: Node 20 starts the pool before the first line of a module runs, and on
 * Windows libuv reads the environment that the process was started with (libuv/libuv#4887). Its own process also leaves the
 * pool here to files, and an exit waits for no name server.
 */
export class LookUpPool {
  readonly #file: URL;
  readonly #threads: number;
  readonly #waiting = new Map<number, Waiting>();
  readonly #aborts = new Aborts();
  #child: ChildProcess | null = null;
  #idle: NodeJS.Timeout | undefined;
  #lastId = 0;

  /** `file`: the script of the process. `threads`: the size of its pool. */
  constructor(file: URL, threads: number) {
    this.#file = file;
    this.#threads = threads;
  }

  /** What the process found, or null once `signal` aborts. Rejects when no process can be had, or when it ends. */
  async ask(name: string, signal: AbortSignal): Promise<LookUpResult | null> {
    clearTimeout(this.#idle);
    this.#child ??= this.#start();
    const child = this.#child;
    const id = ++this.#lastId;
    child.ref();
    child.channel?.ref();
    const stop = (): void => this.#waiting.get(id)?.resolve(null);
    try {
      return await new Promise<LookUpResult | null>((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject });
        this.#aborts.add(signal, stop);
        child.send({ id, name } satisfies LookUpRequest, (error) => error && reject(error));
      });
    } finally {
      this.#aborts.remove(signal, stop);
      this.#waiting.delete(id);
      if (this.#waiting.size === 0) this.#rest(signal.aborted);
    }
  }

  #start(): ChildProcess {
    // Without the options of this process: no debugger or loader, only look-ups.
    const child = spawn(process.execPath, [fileURLToPath(this.#file)], {
      env: { ...process.env, UV_THREADPOOL_SIZE: String(this.#threads) },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      windowsHide: true,
    });
    const ended = (error: Error): void => {
      if (this.#child === child) this.#child = null;
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
    };
    child.on('error', ended);
    child.on('exit', (code, signal) => ended(new Error(`the look-ups ended (${signal ?? code})`)));
    child.on('message', ({ id, found }: LookUpResponse) => this.#waiting.get(id)?.resolve(found));
    return child;
  }

  /** Nobody waits: the process must not keep this one, and goes at once when what it is busy with was given up. */
  #rest(isGivenUp: boolean): void {
    const child = this.#child;
    if (!child) return;
    child.unref();
    child.channel?.unref();
    const end = (): void => {
      if (this.#child === child) this.#child = null;
      child.removeAllListeners('exit');
      child.kill('SIGKILL');
    };
    if (isGivenUp) end();
    else this.#idle = setTimeout(end, IDLE_MS).unref();
  }
}
