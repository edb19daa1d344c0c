import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { RunEntry } from '../../src/model/history.ts';
import type { History } from '../../src/store/history.ts';
import { openHistory } from '../../src/store/open.ts';
import { StoreError } from '../../src/store/store-error.ts';

export const BIN = join(import.meta.dirname, '../../bin/ra-preflight.js');

export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Waits until a sign shows, looked for every 50 ms; gives up after 30 seconds, and what is tested shows that it never came. */
export const until = async (sign: () => boolean): Promise<void> => {
  for (let looks = 0; looks < 600 && !sign(); looks++)
    await new Promise((resolve) => setTimeout(resolve, 50));
};

/** Something of the newest run of a history that has not ended; undefined while there is no history, or no such run. */
const ofUnfinished = <T>(db: string, read: (run: RunEntry, history: History) => T): T | undefined => {
  if (!existsSync(db)) return undefined;
  const around = { now: () => Date.now(), pid: process.pid, machine: hostname(), isAlive: () => true };
  try {
    const history = openHistory(db, around, 'read');
    try {
      const [newest] = history.unfinished();
      return newest && read(newest, history);
    } finally {
      history.close();
    }
  } catch (error) {
    // It is being made at this moment.
    if (error instanceof StoreError) return undefined;
    throw error;
  }
};

/** Whether a history has a run that goes on. */
export const hasBegun = (db: string): boolean => ofUnfinished(db, () => true) ?? false;

/** Whether the newest run that has not ended has groups of its own, as a whole run has. */
export const hasGroups = (db: string): boolean =>
  ofUnfinished(db, ({ id }, history) => history.groups(id) !== null) ?? false;

/** Hosts that the newest run of a history has judged so far; 0 while there is no history, or no run that goes on. */
export const judgedIn = (db: string): number => ofUnfinished(db, ({ summary }) => summary.hosts) ?? 0;

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Runs under a shell with this many descriptors. */
  readonly descriptors?: number;
  /** Called with the number of the started process. */
  readonly started?: (pid: number) => void;
  /** Called with the started process, to send it something, and with what it has written to standard error so far. */
  readonly during?: (kill: (signal: NodeJS.Signals) => void, said: () => string) => void;
  readonly cwd?: string;
  /** Runs without this capability (util-linux's setpriv). */
  readonly without?: string;
  /** What it reads from standard input. */
  readonly input?: string | Uint8Array;
}

/** Runs the real binary without a terminal; never throws for its exit code. */
export const run = (args: readonly string[], options: RunOptions = {}): Promise<Ran> =>
  new Promise((resolve, reject) => {
    const node = [process.execPath, BIN, ...args];
    const lessened = options.without
      ? [
          'setpriv',
          `--bounding-set=-${options.without.replace('cap_', '')}`,
          `--inh-caps=-${options.without.replace('cap_', '')}`,
          ...node,
        ]
      : node;
    const [command = '', ...rest] = options.descriptors
      ? ['sh', '-c', `ulimit -n ${options.descriptors}; exec "$@"`, 'sh', ...node]
      : lessened;
    // A user's own configuration must not decide a test.
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: '/nonexistent',
      XDG_CONFIG_HOME: '/nonexistent',
      XDG_DATA_HOME: '/nonexistent',
      ...options.env,
    };
    const child = spawn(command, rest, {
      env,
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      ...(options.cwd ? { cwd: options.cwd } : {}),
    });
    let [stdout, stderr] = ['', ''];
    // Who does not read its input may be gone before it is written.
    child.stdin?.on('error', () => {}).end(options.input);
    child.stdout?.on('data', (chunk) => {
      stdout += chunk;
    });
    child.stderr?.on('data', (chunk) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
    if (child.pid !== undefined) options.started?.(child.pid);
    options.during?.(
      (signal) => child.kill(signal),
      () => stderr,
    );
  });
