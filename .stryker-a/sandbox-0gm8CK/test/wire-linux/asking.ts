import { chmod, cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Reply } from '../../src/model/reply.ts';
import { finish } from '../lab/shell.ts';
import type { Asked } from './asker.ts';

const ROOT = join(import.meta.dirname, '../..');

/** A wire in a program of its own, which other users and other namespaces can run too. */
export interface Asking {
  /** Asks everything at once in a new process. `by` is a command that runs the rest of its line. */
  ask(questions: readonly Asked[], by?: readonly string[]): Promise<readonly Reply[]>;
  remove(): Promise<void>;
}

/** Builds it, by default of the linux wire, with a copy of koffi, in a folder that everybody can read. */
export const buildAsking = async (asker = 'test/wire-linux/asker.ts'): Promise<Asking> => {
  const folder = await mkdtemp(join(tmpdir(), 'ra-wire-'));
  await chmod(folder, 0o755);
  const program = join(folder, 'asker.mjs');
  await build({
    absWorkingDir: ROOT,
    entryPoints: [asker],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    external: ['koffi'],
    logLevel: 'warning',
  });
  for (const name of ['koffi', '@koromix']) {
    await cp(join(ROOT, 'node_modules', name), join(folder, 'node_modules', name), { recursive: true });
  }
  return {
    ask: async (questions, by = []) => {
      const [command = '', ...args] = [...by, process.execPath, program, JSON.stringify(questions)];
      const { code, stdout, stderr } = await finish(command, args, { timeout: 60_000 });
      if (code !== 0) throw new Error(`the asker ended with ${code}: ${stderr}`);
      return JSON.parse(stdout) as Reply[];
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
};
