import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = join(import.meta.dirname, '../..');

/** Builds writer.ts into a folder, as a program that a test can start and kill. */
export const buildWriter = (at: string, program: string): void => {
  buildSync({
    absWorkingDir: ROOT,
    entryPoints: ['test/store/writer.ts'],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['libsql'],
    logLevel: 'warning',
  });
  symlinkSync(`${ROOT}/node_modules`, `${at}/node_modules`);
};
