import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { expect, it } from 'vitest';
import { UsageError } from '../../src/model/fault.ts';
import { StoreError } from '../../src/store/store-error.ts';
import { ended, newRun } from './new-run.ts';
import { folder, judged, opened, stage, thrownBy } from './open.ts';
import { buildProgram } from './program.ts';
import type { Arguments } from './writer.ts';

const at = folder();
const program = buildProgram('writer', at);

const drafts = (): string[] => readdirSync(at).filter((name) => name.endsWith('.draft'));

const filled = (path: string, hosts = 50) => {
  const made = opened(path);
  const recorder = made.history.begin(newRun('run', hosts));
  for (let index = 0; index < hosts; index++) recorder.record(judged(index));
  recorder.finish(ended);
  return made;
};

it('a copy made while another process records holds every batch that was committed before it', {
  timeout: 60_000,
}, async () => {
  const path = `${at}/busy.db`;
  const args: Arguments = [path, 'run', '', '1000000'];
  const child: ChildProcess = spawn(process.execPath, [program, ...args]);
  let text = '';
  const closed = new Promise((resolve) => child.on('close', resolve));
  await new Promise<void>((resolve) => {
    child.stdout?.on('data', (chunk) => {
      text += chunk;
      if (text.includes('flushed 2000')) resolve();
    });
    child.on('close', () => resolve());
  });
  const flushed = (): number =>
    Number(
      text
        .match(/flushed (\d+)\n/g)
        ?.at(-1)
        ?.split(' ')[1] ?? 0,
    );
  const { history } = opened(path, stage());
  const copies: { readonly low: number; readonly index: number }[] = [];
  for (let index = 0; index < 5; index++) {
    await new Promise((resolve) => setTimeout(resolve, 30));
    copies.push({ index, low: flushed() });
    expect(history.backup(`${at}/copy-${index}.db`).bytes).toBe(statSync(`${at}/copy-${index}.db`).size);
  }
  const after = flushed();
  await new Promise((resolve) => setTimeout(resolve, 200));
  // It went on recording, and no lock made it fail.
  expect(flushed()).toBeGreaterThan(after);
  child.kill('SIGKILL');
  await closed;
  expect(text).not.toContain('failed');
  history.close();
  for (const { index, low } of copies) {
    const { sql, history: copy } = opened(`${at}/copy-${index}.db`, stage());
    expect(sql.rows('PRAGMA integrity_check')).toEqual([['ok']]);
    const done = copy.done('run');
    expect(done.low).toBeGreaterThanOrEqual(low);
    expect(done.above.size).toBe(0);
    expect([...copy.hosts('run')].length).toBe(done.low);
    copy.close();
  }
  expect(drafts()).toEqual([]);
});

it('the copy is a history like the first, for its owner only', () => {
  const { history } = filled(`${at}/first.db`);
  history.backup(`${at}/second.db`);
  expect(statSync(`${at}/second.db`).mode & 0o777).toBe(0o600);
  const { sql, history: copy } = opened(`${at}/second.db`);
  expect([...copy.exportRuns(['run'])]).toEqual([...history.exportRuns(['run'])]);
  expect(sql.rows('PRAGMA auto_vacuum')).toEqual([[2]]);
  copy.begin(newRun('next')).finish(ended);
  expect(copy.runs().length).toBe(2);
  expect(history.runs().length).toBe(1);
  history.close();
  copy.close();
});

it('refuses what is there, unless told; never the history itself', () => {
  const { history } = filled(`${at}/own.db`);
  writeFileSync(`${at}/there.txt`, 'precious');
  mkdirSync(`${at}/folder`);
  symlinkSync(`${at}/own.db`, `${at}/link.db`);
  const inUse = filled(`${at}/in-use.db`);
  const refused: readonly (readonly [string, boolean, string])[] = [
    [`${at}/there.txt`, false, 'already exists'],
    [`${at}/folder`, true, 'is not a file'],
    [`${at}/own.db`, true, 'is the history itself'],
    [`${at}/link.db`, true, 'is the history itself'],
    [`${at}/in-use.db`, true, 'is a database in use'],
    [`${at}/nowhere/x.db`, false, 'cannot be written: no such file or folder (ENOENT)'],
    ['', false, 'has no name'],
  ];
  for (const [path, overwrite, part] of refused) {
    const error = thrownBy(() => history.backup(path, { overwrite }));
    expect(error).toBeInstanceOf(UsageError);
    expect(error.message).toContain(part);
  }
  expect(readFileSync(`${at}/there.txt`, 'utf8')).toBe('precious');
  history.backup(`${at}/there.txt`, { overwrite: true });
  expect(opened(`${at}/there.txt`).history.runs().length).toBe(1);
  expect(drafts()).toEqual([]);
  inUse.history.close();
  history.close();
});

it('a damaged history makes no backup', () => {
  const path = `${at}/damaged.db`;
  filled(path, 2000).history.close();
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.fill(0xaa, bytes.length - 8192 * 40, bytes.length - 8192 * 20));
  const { history } = opened(path);
  const error = thrownBy(() => history.backup(`${at}/never.db`));
  expect(error).toBeInstanceOf(StoreError);
  expect(error.message).toContain('damaged');
  expect(readdirSync(at)).not.toContain('never.db');
  expect(drafts()).toEqual([]);
  history.close();
  rmSync(path);
});

it('removes what a backup that was killed has left, and nothing of others', () => {
  const { history } = opened(`${at}/littered.db`);
  const goal = `${at}/littered-copy.db`;
  // Processes 100 and 200 live, and this is 100 of the machine `expert`.
  const [dead, own, living, elsewhere] = ['expert-999', 'expert-100', 'expert-200', 'other-999'].map(
    (maker) => `${goal}.${maker}.ra-preflight.draft`,
  ) as [string, string, string, string];
  for (const path of [dead, own, living, elsewhere]) writeFileSync(path, '');
  history.backup(goal);
  expect([dead, own, living, elsewhere].map((path) => existsSync(path))).toEqual([false, false, true, true]);
  for (const path of [living, elsewhere]) rmSync(path);
  history.close();
});
