import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ran, run } from './run.ts';

export const folder = mkdtempSync(join(tmpdir(), 'ra-lists-'));

export const file = (name: string, bytes: string | Uint8Array): string => {
  writeFileSync(join(folder, name), bytes);
  return name;
};

export const ran = (...args: string[]): Promise<Ran> => run(args, { cwd: folder });
