import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { folder, opened, stage } from './open.ts';
import { buildProgram } from './program.ts';
import type { Arguments } from './writer.ts';

const NOBODY = 65_534;
const at = folder();
const program = buildProgram('writer', at);

interface Writer {
  readonly child: ChildProcess;
  readonly ended: Promise<unknown>;
  /** Until it has said this, or has ended. */
  until(word: string): Promise<void>;
  said(): readonly string[];
}

const writer = (path: string, id: string, hosts: number, user = ''): Writer => {
  const args: Arguments = [path, id, user, String(hosts)];
  const child = spawn(process.execPath, [program, ...args]);
  let text = '';
  const ended = new Promise((resolve) => child.on('close', resolve));
  const waiting = new Set<() => void>();
  const look = (): void => {
    for (const one of waiting) one();
  };
  child.stdout.on('data', (chunk) => {
    text += chunk;
    look();
  });
  child.on('close', look);
  const until = (word: string): Promise<void> =>
    new Promise((resolve) => {
      waiting.add(() => {
        if (text.includes(word) || child.exitCode !== null) resolve();
      });
      look();
    });
  // The last line may be cut by the kill.
  return { child, ended, until, said: () => text.split('\n').slice(0, -1) };
};

it('killed at any moment, 30 times, a run keeps each batch and no host twice', {
  timeout: 60_000,
}, async () => {
  const path = `${at}/killed.db`;
  let announced = 0;
  for (let round = 0; round < 30; round++) {
    const { child, ended, until, said } = writer(path, 'run', 1_000_000);
    // Every third is killed when it has hardly begun.
    await until(round % 3 === 0 ? 'low' : 'flushed');
    await pause(Math.random() * 60);
    child.kill('SIGKILL');
    await ended;
    const lines = said();
    expect(lines.filter((line) => line.startsWith('failed'))).toEqual([]);
    const last = lines.findLast((line) => line.startsWith('flushed'));
    announced = last ? Number(last.split(' ')[1]) : announced;
    const { sql, history } = opened(path, stage());
    expect(sql.rows('PRAGMA quick_check')).toEqual([['ok']]);
    const { low, above } = history.done('run');
    expect(low).toBeGreaterThanOrEqual(announced);
    expect(above.size).toBe(0);
    expect(history.summary('run').hosts).toBe(low);
    history.close();
  }
  expect(announced).toBeGreaterThanOrEqual(20 * 40);
  const { sql, history } = opened(path, stage());
  expect(sql.rows('PRAGMA integrity_check')).toEqual([['ok']]);
  expect(sql.rows('PRAGMA foreign_key_check')).toEqual([]);
  const indexes = sql.rows('SELECT idx FROM evidence ORDER BY idx').map(([index]) => index);
  expect(indexes.length).toBe(history.done('run').low);
  const asked = Array.from({ length: indexes.length }, (_, ordinal) => (ordinal * 7919) % 1_000_000);
  expect(indexes).toEqual(asked.toSorted((a, b) => a - b));
  history.close();
});

it('six processes make the same new file at once', async () => {
  const path = `${at}/race.db`;
  const writers = Array.from({ length: 6 }, (_, at) => writer(path, `run-${at}`, 200));
  await Promise.all(writers.map(({ ended }) => ended));
  for (const { said } of writers) expect(said().at(-1)).toBe('flushed 200');
  const { history } = opened(path);
  expect(history.runs().map(({ summary }) => summary.hosts)).toEqual(Array(6).fill(200));
  history.close();
});

it('a file or a folder that cannot be written is told', async () => {
  const inside = `${at}/inside`;
  mkdirSync(inside);
  opened(`${inside}/old.db`).history.close();
  chmodSync(`${inside}/old.db`, 0o444);
  chmodSync(inside, 0o555);
  chmodSync(at, 0o755);
  // The superuser may write everywhere.
  const user = process.getuid?.() === 0 ? String(NOBODY) : '';
  for (const name of ['old', 'new']) {
    const path = `${inside}/${name}.db`;
    const { ended, said } = writer(path, 'run', 10, user);
    await ended;
    expect(said()).toHaveLength(1);
    expect(said()[0]).toContain(`failed StoreError: history '${path}': it`);
    expect(said()[0]).toContain('check the permissions');
  }
  chmodSync(inside, 0o755);
});
