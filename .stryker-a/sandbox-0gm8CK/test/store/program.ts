import { existsSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = join(import.meta.dirname, '../..');

/** Builds a file beside this one into the folder `at`, as a program that a test can start and kill. Gives its path. */
export const buildProgram = (name: string, at: string): string => {
  const outfile = join(at, `${name}.mjs`);
  buildSync({
    absWorkingDir: ROOT,
    entryPoints: [`test/store/${name}.ts`],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['libsql'],
    logLevel: 'warning',
  });
  const modules = join(at, 'node_modules');
  if (!existsSync(modules)) symlinkSync(join(ROOT, 'node_modules'), modules);
  return outfile;
};
