import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Ran, run } from './run.ts';

export const folder = mkdtempSync(join(tmpdir(), 'ra-merge-'));

export const file = (name: string): string => join(folder, name);

// Connects of the system lose no answer when the machine is busy, as raw sockets may.
export const FAST = '--engine node --rate 20000 --subnet-rate 20000 --sample 2 --no-ping --no-map'.split(' ');

/** Two halves of a /24 that stand apart, a whole one, single addresses of a third, and a name. */
export const TARGETS =
  '127.24.0.0/26 127.24.1.0/24 127.24.0.192/27 127.24.2.9 127.24.2.4-127.24.2.6 localhost -4'.split(' ');

export const HOSTS = 64 + 256 + 32 + 1 + 3 + 1;

export const part = (number: number, args: readonly string[] = []): Promise<Ran> =>
  run(['audit', ...TARGETS, ...FAST, '--db', ':memory:', '-q', '--shard', `${number}/3`, ...args]);

export const merge = (args: readonly string[]): Promise<Ran> => run(['merge', ...args, '--db', ':memory:']);

export const parts = [1, 2, 3].map((number) => file(`part${number}.ndjson`));

export const lines = (name: string): string[] => readFileSync(name, 'utf8').trimEnd().split('\n');

export const refused = async (args: readonly string[], why: RegExp): Promise<void> => {
  const { code, stdout, stderr } = await merge(args);
  expect(stderr).toMatch(why);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
};
