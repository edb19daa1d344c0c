import { statSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deliver, openOut } from '../../src/cli/deliver.ts';
import { UsageError } from '../../src/model/fault.ts';
import { unfinishedName } from '../../src/model/unfinished-file.ts';
import { turnsDuring } from '../turns-during.ts';

const draft = (path: string): string =>
  unfinishedName(path, { machine: hostname(), pid: process.pid }, 'part');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ra-deliver-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('deliver', () => {
  it('writes the same text, however it comes in pieces', async () => {
    const path = join(folder, 'out');
    const line = (length: number): string => `${'é'.repeat(length)}\n`;
    for (const chunks of [
      [],
      [''],
      ['one\n', '', 'two'],
      [line(200_000), line(1), line(65_535), line(65_536)],
      Array.from({ length: 5000 }, (_, at) => line(at % 100)),
    ]) {
      await deliver(chunks, path);
      expect(await readFile(path, 'utf8')).toBe(chunks.join(''));
    }
  });

  it('asks for the next lines when those before have gone out, and leaves nothing behind when there are none', async () => {
    const path = join(folder, 'out');
    const waiting: number[] = [];
    function* lines(): Generator<string> {
      for (let made = 0; made < 200; made++) {
        if (made > 20) waiting.push(made * 10_000 - statSync(draft(path)).size);
        yield `${String(made).padEnd(9999)}\n`;
      }
      throw new Error('no more');
    }
    await expect(deliver(lines(), path)).rejects.toThrow('no more');
    expect(Math.max(...waiting)).toBeLessThan(100_000);
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('everything else of the process', () => {
  it.each([
    ['without words', Array<string>(1000).fill(''), 1000],
    ['of text', Array<string>(1000).fill('x'.repeat(8192)), 125],
  ])('has its turn between pieces %s', async (_, pieces, least) => {
    const turns = await turnsDuring(() => deliver(pieces, join(folder, 'out')));
    expect(turns).toBeGreaterThanOrEqual(least);
  });
});

describe('a file that is written piece by piece', () => {
  it('is there when it is closed, and not before', async () => {
    const path = join(folder, 'out');
    const out = await openOut(path);
    for (let i = 0; i < 3000; i++) await out.write(`${String(i).padEnd(99)}\n`);
    expect(await readdir(folder)).toEqual([draft('out')]);
    await out.close();
    expect(await readdir(folder)).toEqual(['out']);
    expect((await readFile(path, 'utf8')).split('\n').map(Number).slice(0, 3000)).toEqual([
      ...Array(3000).keys(),
    ]);
  });

  it('leaves nothing behind when there is no whole, and what was there stays', async () => {
    const path = join(folder, 'out');
    await deliver(['before\n'], path);
    const out = await openOut(path);
    await out.write('half of it\n');
    await out.abandon();
    expect(await readdir(folder)).toEqual(['out']);
    expect(await readFile(path, 'utf8')).toBe('before\n');
  });

  it('that cannot be written stops nobody before it is closed, and says so then', async () => {
    const out = await openOut('/dev/full');
    for (let i = 0; i < 300; i++) await out.write('x'.repeat(1000));
    await expect(out.close()).rejects.toThrow(UsageError);
    await out.abandon();
    await expect(openOut(join(folder, 'nowhere/out'))).rejects.toThrow(
      'could not be written: no such file or folder (ENOENT)',
    );
  });
});
