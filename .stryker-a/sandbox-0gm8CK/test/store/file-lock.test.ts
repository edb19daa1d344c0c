import { spawn } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { lockFile } from '../../src/store/file-lock.ts';
import { folder } from './open.ts';

const at = folder();
const ROOT = join(import.meta.dirname, '../..');

/** Starts a process that claims a file, says so, and never ends by itself. */
const holding = async (path: string): Promise<() => Promise<void>> => {
  const program = join(at, 'claimer.mjs');
  buildSync({
    absWorkingDir: ROOT,
    stdin: {
      contents: `import { lockFile } from './src/store/file-lock.ts';
        lockFile(process.argv[2], { pid: process.pid, machine: 'other' });
        console.log('held');
        setInterval(() => {}, 1000);`,
      resolveDir: ROOT,
    },
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['libsql'],
  });
  symlinkSync(join(ROOT, 'node_modules'), join(at, 'node_modules'));
  const child = spawn(process.execPath, [program, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return () =>
    new Promise((resolve) => {
      child.once('close', () => resolve());
      child.kill('SIGKILL');
    });
};

describe('a claim', () => {
  it('is held by one, says by whom, and can be taken after its release', () => {
    const path = join(at, 'one');
    const first = lockFile(path, { pid: 7, machine: 'expert' });
    expect(lockFile(path, { pid: 8, machine: 'expert' })).toEqual({ pid: 7, machine: 'expert' });
    expect(lockFile(path, { pid: 9, machine: 'expert' })).toEqual({ pid: 7, machine: 'expert' });
    if (!('release' in first)) throw new Error('the first did not get it');
    first.release();
    const second = lockFile(path, { pid: 8, machine: 'expert' });
    expect(second).toHaveProperty('release');
    expect(lockFile(path, { pid: 7, machine: 'expert' })).toEqual({ pid: 8, machine: 'expert' });
  });

  it('goes with its process, however that ends', async () => {
    const path = join(at, 'killed');
    const kill = await holding(path);
    expect(lockFile(path, { pid: 1, machine: 'expert' })).toMatchObject({ machine: 'other' });
    await kill();
    expect(lockFile(path, { pid: 1, machine: 'expert' })).toHaveProperty('release');
  });
});
