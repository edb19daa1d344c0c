import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Finished, finish, run } from './shell.ts';

/**
 * Waits until its standard input ends, which it does when the lab is closed and also when its owner is killed, and then
 * removes every process and namespace of the lab ($1) and its folder ($2).
 */
const REAPER = `
trap '' INT TERM HUP
cat >/dev/null
for round in 1 2 3 4 5; do
  alive=
  for ns in $(ip netns list | cut -d' ' -f1 | grep "^$1-"); do
    for pid in $(ip netns pids "$ns"); do kill -9 "$pid" 2>/dev/null; alive=yes; done
  done
  [ -z "$alive" ] && break
  sleep 0.05
done
for ns in $(ip netns list | cut -d' ' -f1 | grep "^$1-"); do ip netns del "$ns"; done
rm -rf "$2"
`;

/** A set of network namespaces with names of their own, and a folder; all of it goes when the owner does. */
export class Namespaces {
  /** For files of this lab; removed with it. */
  readonly folder: string;
  readonly #token: string;
  readonly #reaper: ChildProcess;

  private constructor(token: string, folder: string, reaper: ChildProcess) {
    this.#token = token;
    this.folder = folder;
    this.#reaper = reaper;
  }

  static async open(names: readonly string[]): Promise<Namespaces> {
    const token = `ralab${randomBytes(4).toString('hex')}`;
    const folder = await mkdtemp(join(tmpdir(), `${token}-`));
    const reaper = spawn('sh', ['-c', REAPER, 'sh', token, folder], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    reaper.unref();
    const spaces = new Namespaces(token, folder, reaper);
    try {
      await run('ip', ['-batch', '-'], names.map((name) => `netns add ${spaces.nameOf(name)}\n`).join(''));
      return spaces;
    } catch (error) {
      await spaces.close();
      throw error;
    }
  }

  /** The system's name of a namespace, for `ip netns exec`. */
  nameOf(name: string): string {
    return `${this.#token}-${name}`;
  }

  /** Runs shell commands in a namespace; all must succeed. */
  shell(name: string, script: string): Promise<string> {
    return run('ip', ['netns', 'exec', this.nameOf(name), 'sh', '-eu'], script);
  }

  /** Runs one program in a namespace to its end, with nothing of our environment but what is given. */
  exec(
    name: string,
    command: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Finished> {
    return finish('ip', ['netns', 'exec', this.nameOf(name), ...command], {
      env: { PATH: process.env['PATH'], ...env },
    });
  }

  /** Starts a program that runs until the lab is closed. */
  start(name: string, command: readonly string[], log: number): ChildProcess {
    return spawn('ip', ['netns', 'exec', this.nameOf(name), ...command], { stdio: ['ignore', log, log] });
  }

  /** Removes everything; safe to call twice. */
  close(): Promise<void> {
    if (this.#reaper.exitCode !== null || this.#reaper.signalCode !== null) return Promise.resolve();
    return new Promise((resolve) => {
      this.#reaper.ref();
      this.#reaper.once('close', () => resolve());
      this.#reaper.stdin?.end();
    });
  }
}
