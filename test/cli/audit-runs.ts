import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from '../../src/model/report.ts';
import { type Ran, type RunOptions, run } from './run.ts';

export const folder = mkdtempSync(join(tmpdir(), 'ra-audit-'));

export const file = (name: string): string => join(folder, name);

export const FAST = '--rate 20000 --subnet-rate 20000 --sample 2 --no-ping --no-map'.split(' ');

export const audit = (args: readonly string[], options: RunOptions = {}): Promise<Ran> =>
  run(['audit', ...args, ...FAST, ...(args.includes('--db') ? [] : ['--db', ':memory:'])], options);

export const targets = ({ hosts }: Report): string[] => hosts.map(({ target }) => target);

export const loopback = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `127.21.0.${from + i}`);
