import { type ChildProcess, spawn } from 'node:child_process';

/** Characters of what a program said last that are kept. */
const MOST = 4000;

/** A program that a test starts and ends. */
export interface Quiet {
  readonly child: ChildProcess;
  /** Its exit code, null when it was killed. */
  readonly gone: Promise<number | null>;
}

/** Programs whose output is shown where a test fails, and nowhere else: whose store is killed complains, as it should. */
export class QuietPrograms {
  #said = '';

  start(args: readonly string[]): Quiet {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#said = (this.#said + text).slice(-MOST);
    });
    return { child, gone: new Promise((resolve) => child.once('exit', resolve)) };
  }

  /** What they said last, all together. */
  get said(): string {
    return this.#said;
  }
}
