import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunEntry } from '../../src/model/history.ts';
import { type Ran, type RunOptions, run } from './run.ts';

/** The options of a quick audit of the loopback, as the head of a config file. */
const FAST = 'rate = 20000\nsubnet-rate = 20000\nsample = 2\nping = false\nmap = false\ndb = "history.db"\n';

/** A folder with a config, and the binary that runs with it from elsewhere. */
export interface Place {
  readonly folder: string;
  path(name: string): string;
  /** Writes the config, and runs `schedule` with it. */
  schedule(config: string, args: readonly string[], options?: RunOptions): Promise<Ran>;
  /** The runs of its history, the newest first. */
  history(): Promise<RunEntry[]>;
  /** The names of its reports that end so. */
  reports(ending: string): string[];
  remove(): void;
}

export const place = (): Place => {
  const folder = mkdtempSync(join(tmpdir(), 'ra-schedule-'));
  const path = (name: string): string => join(folder, name);
  return {
    folder,
    path,
    schedule: (config, [command = '', ...args], options = {}) => {
      writeFileSync(path('config.toml'), `${FAST}${config}`);
      return run(['schedule', command, ...args, '--config', path('config.toml')], { cwd: '/', ...options });
    },
    history: async () => {
      const { stdout } = await run(['history', '--db', path('history.db'), '--format', 'json']);
      return (JSON.parse(stdout) as { runs: RunEntry[] }).runs;
    },
    reports: (ending) =>
      readdirSync(path('reports'))
        .filter((name) => name.endsWith(ending))
        .sort(),
    remove: () => rmSync(folder, { recursive: true }),
  };
};

/** A `[[schedule]]` table that comes once a year, less what is given. */
export const table = (changes: string, cron = '@yearly', targets = '127.30.0.0/30'): string =>
  `[[schedule]]\nname = "nightly"\ncron = "${cron}"\ntargets = ["${targets}"]\n${changes}\n`;
