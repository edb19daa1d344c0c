import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { needs } from './gate.ts';
import { Lab } from './lab.ts';
import { matrix } from './rows/index.ts';
import { run } from './shell.ts';
import { whyNoLab } from './tools.ts';

const SCRIPT = join(import.meta.dirname, '../../scripts/lab.mjs');
/** Building a lab takes some five seconds, and much longer on a busy machine. */
const LAB_MS = 90_000;

const why = await whyNoLab();

/** Names of the namespaces that belong to the lab of which one is called `one`. */
const siblings = async (one: string): Promise<string[]> => {
  const [token = one] = one.split('-');
  const all = (await run('ip', ['netns', 'list'])).split('\n').map((line) => line.split(' ')[0] ?? '');
  return all.filter((name) => name.startsWith(`${token}-`));
};

const processesIn = async (names: readonly string[]): Promise<number[]> => {
  const lists = await Promise.all(names.map((name) => run('ip', ['netns', 'pids', name])));
  return lists.flatMap((list) => list.split('\n').filter(Boolean).map(Number));
};

/** Whether a process still does anything; one that has ended may wait for its parent to notice. */
const isAlive = (pid: number): boolean => {
  try {
    return !/^\d+ \(.*\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

test('a closed lab leaves no namespace, process or file', { timeout: LAB_MS }, async ({ skip }) => {
  needs(skip, why);
  const lab = await Lab.open(matrix);
  const names = await siblings(lab.namespaceOf('expert'));
  const pids = await processesIn(names);
  expect(names.length).toBeGreaterThan(6);
  expect(pids.length).toBeGreaterThan(0);
  await lab.close();
  expect(await siblings(lab.namespaceOf('expert'))).toEqual([]);
  expect(pids.filter(isAlive)).toEqual([]);
  expect(existsSync(lab.folder)).toBe(false);
});

test('a lab whose owner is killed leaves nothing either', { timeout: LAB_MS }, async ({ skip }) => {
  needs(skip, why);
  const owner = spawn(process.execPath, [SCRIPT, 'up'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  owner.stdout.setEncoding('utf8');
  for await (const text of owner.stdout) {
    said += text;
    if (said.includes('Ctrl-C')) break;
  }
  const expert = /ralab\w+-expert/.exec(said)?.[0] ?? '';
  const pids = await processesIn(await siblings(expert));
  expect(pids.length).toBeGreaterThan(0);
  owner.kill('SIGKILL');
  await expect.poll(() => siblings(expert), { timeout: 10_000 }).toEqual([]);
  expect(pids.filter(isAlive)).toEqual([]);
});
