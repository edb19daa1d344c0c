import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../src/model/fault.ts';
import type { History } from '../../src/store/history.ts';
import { connect, type Sql } from '../../src/store/sql.ts';
import { ended, newRun } from './new-run.ts';
import { folder, judged, opened, type Stage, stage } from './open.ts';

const at = folder();
const DAY = 86_400_000;

interface Made {
  readonly schedule?: string;
  readonly hosts?: number;
  readonly state?: 'finished' | 'interrupted' | 'running';
}

/** A run that started so many days before now. */
const add = (history: History, around: Stage, id: string, daysAgo: number, made: Made = {}): void => {
  const { schedule, hosts = 2, state = 'finished' } = made;
  const { run, ...rest } = newRun(id, 100_000);
  const startedAt = new Date(around.time - daysAgo * DAY).toISOString();
  const recorder = history.begin({
    ...rest,
    run: { ...run, startedAt, ...(schedule === undefined ? {} : { schedule }) },
  });
  for (let index = 0; index < hosts; index++) recorder.record(judged(index));
  recorder.flush();
  if (state !== 'running') recorder.finish({ ...ended, interrupted: state === 'interrupted' });
};

const idsIn = (history: History): string[] => history.runs().map(({ id }) => id);

const leftIn = (sql: Sql): unknown =>
  sql.rows(
    `SELECT (SELECT count(*) FROM runs), (SELECT count(*) FROM hosts), (SELECT count(*) FROM evidence),
      (SELECT count(DISTINCT run) FROM parts)`,
  )[0];

describe('prune', () => {
  const filled = (): { sql: Sql; history: History; around: Stage } => {
    const around = stage();
    const { sql, history } = opened(':memory:', around);
    for (const [id, days] of [
      ['d1', 9],
      ['d2', 8],
      ['d3', 7],
      ['d4', 1],
    ] as const) {
      add(history, around, id, days, { schedule: 'daily' });
    }
    add(history, around, 'd-cut', 6, { schedule: 'daily', state: 'interrupted' });
    add(history, around, 'd-new-cut', 0.5, { schedule: 'daily', state: 'interrupted' });
    add(history, around, 'old-only', 300, { schedule: 'yearly' });
    add(history, around, 'h1', 5);
    add(history, around, 'h2', 4);
    add(history, around, 'h-run', 100, { state: 'running' });
    return { sql, history, around };
  };

  it.each([
    [{ keep: 1 }, ['d1', 'd2', 'd3', 'd-cut', 'h1']],
    [{ keep: 0 }, ['d1', 'd2', 'd3', 'd-cut', 'h1', 'd-new-cut']],
    [{ keep: 3 }, ['d1']],
    [{ keep: 100 }, []],
    [{ olderThanMs: 6.5 * DAY }, ['d1', 'd2', 'd3']],
    [{ olderThanMs: 0 }, ['d1', 'd2', 'd3', 'd-cut', 'h1', 'd-new-cut']],
    [{ keep: 2, olderThanMs: 7.5 * DAY }, ['d1', 'd2']],
    [{ keep: 1, schedule: 'daily' }, ['d1', 'd2', 'd3', 'd-cut']],
    [{ keep: 0, schedule: 'yearly' }, []],
    [{ keep: 0, schedule: 'nobody' }, []],
  ])('%j removes %j', async (pruning, expected) => {
    const { sql, history } = filled();
    const before = idsIn(history);
    const told = await history.prune({ ...pruning, dryRun: true });
    expect(told.runs).toEqual(expected);
    expect(idsIn(history)).toEqual(before);
    const done = await history.prune(pruning);
    expect(done).toEqual({ runs: expected, hosts: expected.length * 2, bytes: expect.any(Number) });
    expect(done.hosts).toBe(told.hosts);
    expect(idsIn(history)).toEqual(before.filter((id) => !expected.includes(id)));
    const left = 10 - expected.length;
    expect(leftIn(sql)).toEqual([left, left * 2, left * 2, left]);
    expect((await history.prune(pruning)).runs).toEqual([]);
  });

  it.each([{}, { dryRun: true }, { keep: -1 }, { keep: 1.5 }, { olderThanMs: Number.NaN }])(
    'refuses %j',
    async (pruning) => {
      const { history } = filled();
      const before = idsIn(history);
      await expect(history.prune(pruning)).rejects.toThrow(UsageError);
      expect(idsIn(history)).toEqual(before);
    },
  );

  it('a run whose process is dead goes; that process, if it lives after all, notices', async () => {
    const { history, around } = filled();
    const { recorder } = history.resume('d-cut');
    around.time += 10 * 60_000;
    expect((await history.prune({ keep: 1, schedule: 'daily' })).runs).toContain('d-cut');
    expect(() => recorder.finish(ended)).toThrow('taken over');
    expect(idsIn(history)).not.toContain('d-cut');
  });
});

it('the file shrinks, and a writer of another connection hardly waits', { timeout: 60_000 }, async () => {
  const path = `${at}/big.db`;
  const around = stage();
  const { sql, history } = opened(path, around);
  add(history, around, 'old', 9, { hosts: 8000 });
  add(history, around, 'new', 1, { hosts: 500 });
  sql.rows('PRAGMA wal_checkpoint(TRUNCATE)');
  const before = statSync(path).size;
  const other = connect(path);
  other.exec('PRAGMA busy_timeout = 0');
  let turns = 0;
  const timer = setInterval(() => {
    // Between two slices the lock is free: this throws when it is not.
    other.exec('BEGIN IMMEDIATE; ROLLBACK');
    turns += 1;
  }, 1);
  const told = await history.prune({ keep: 1, dryRun: true });
  const done = await history.prune({ keep: 1 });
  clearInterval(timer);
  expect(turns).toBeGreaterThan(16);
  expect(done).toMatchObject({ runs: ['old'], hosts: 8000 });
  expect(statSync(path).size).toBeLessThan(before / 5);
  expect(Math.abs(done.bytes - told.bytes)).toBeLessThan(before / 10);
  expect(before - statSync(path).size).toBeGreaterThan(done.bytes * 0.9);
  expect(sql.rows('PRAGMA integrity_check')).toEqual([['ok']]);
  expect([...history.hosts('new')].length).toBe(500);
  other.close();
  history.close();
});

it('a few free pages stay for the next run', async () => {
  const path = `${at}/little.db`;
  const around = stage();
  const { sql, history } = opened(path, around);
  add(history, around, 'old', 9, { hosts: 200 });
  add(history, around, 'new', 1, { hosts: 2000 });
  await history.prune({ keep: 1 });
  expect(Number(sql.rows('PRAGMA freelist_count')[0]?.[0])).toBeGreaterThan(5);
  history.close();
});

it('what a killed removal or import left is never seen, and goes when its process is gone', async () => {
  const around = stage();
  const { sql, history } = opened(':memory:', around);
  for (const [id, days] of [
    ['one', 3],
    ['two', 2],
    ['three', 1],
  ] as const)
    add(history, around, id, days);
  sql.run("UPDATE runs SET state = 'removing' WHERE id = 'one'", []);
  sql.run("UPDATE runs SET state = 'importing' WHERE id = 'two'", []);
  expect(idsIn(history)).toEqual(['three']);
  expect(history.find('latest').id).toBe('three');
  expect(() => history.find('two')).toThrow('no such run');
  expect(() => history.find('previous')).toThrow('has 1 run');
  expect(history.previousOf('three')).toBeNull();
  expect(history.unfinished()).toEqual([]);
  await history.prune({ keep: 9 });
  expect(leftIn(sql)).toEqual([3, 6, 6, 3]);
  around.living.delete(100);
  await history.prune({ keep: 9 });
  expect(leftIn(sql)).toEqual([1, 2, 2, 1]);
  history.close();
});
