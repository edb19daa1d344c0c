import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { makeFolder } from '../../src/notify/make-folder.ts';

const folder = mkdtempSync(join(tmpdir(), 'ra-folder-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('makes a folder and those above it, and minds none that is there', async () => {
  const path = join(folder, 'a', 'b', 'c');
  await Promise.all([makeFolder(path, 0o700), makeFolder(join(folder, 'a', 'b', 'd'))]);
  await makeFolder(path);
  await makeFolder('/');
  expect(statSync(path).isDirectory()).toBe(true);
});

it('rejects beneath a file', async () => {
  writeFileSync(join(folder, 'file'), '');
  await expect(makeFolder(join(folder, 'file'))).rejects.toThrow('EEXIST');
  await expect(makeFolder(join(folder, 'file', 'x', 'y'))).rejects.toThrow('ENOTDIR');
});

it.runIf(existsSync('/proc/self'))('ends where a file system makes no folders', async () => {
  await expect(makeFolder('/proc/nope/deeper')).rejects.toThrow('ENOENT');
});
