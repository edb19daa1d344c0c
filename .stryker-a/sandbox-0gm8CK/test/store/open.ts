import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { type History, historyOf } from '../../src/store/history.ts';
import type { NumberedReport } from '../../src/store/recorder.ts';
import type { ProcessContext } from '../../src/store/runs.ts';
import { prepare } from '../../src/store/schema.ts';
import { connect, type Sql } from '../../src/store/sql.ts';
import { refused } from './samples.ts';

/** A folder that goes after the tests of a file. */
export const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'ra-store-'));
  afterAll(() => rmSync(made, { recursive: true, force: true }));
  return made;
};

/** A clock that stands until it is moved, and processes that live until they are ended. */
export interface Stage extends ProcessContext {
  time: number;
  readonly living: Set<number>;
}

export const stage = (changes: Partial<Pick<ProcessContext, 'pid' | 'machine'>> = {}): Stage => {
  const living = new Set([100, 200]);
  const made: Stage = {
    time: Date.UTC(2026, 0, 1),
    living,
    now: () => made.time,
    pid: 100,
    machine: 'expert',
    isAlive: (pid) => living.has(pid),
    ...changes,
  };
  return made;
};

/** A history together with its connection. */
export const opened = (path: string, around: ProcessContext = stage()): { sql: Sql; history: History } => {
  const sql = connect(path);
  prepare(sql);
  return { sql, history: historyOf(sql, around) };
};

export const judged = (index: number, ordinal = index): NumberedReport => ({
  index,
  ordinal,
  report: refused(index),
});

/** What a call throws. */
export const thrownBy = (work: () => unknown): Error => {
  try {
    work();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('nothing was thrown');
};
