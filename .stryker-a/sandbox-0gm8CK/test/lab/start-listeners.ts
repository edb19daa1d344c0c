import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Namespaces } from './namespaces.ts';
import type { Listener } from './row.ts';

/** Starts a program in a namespace and waits until it says that it is ready. */
export type StartReady = (spaces: Namespaces, name: string, command: readonly string[]) => Promise<void>;

/** Bundles the program that plays the listeners and starts it in a namespace; comes back when all of them listen. */
export const startListeners = async (
  spaces: Namespaces,
  name: string,
  listeners: readonly Listener[],
  startReady: StartReady,
): Promise<void> => {
  const script = join(spaces.folder, `listeners-${name}.mjs`);
  await build({
    entryPoints: [join(import.meta.dirname, 'listeners.ts')],
    outfile: script,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
  });
  const file = join(spaces.folder, `listeners-${name}.json`);
  await writeFile(file, JSON.stringify(listeners));
  await startReady(spaces, name, [process.execPath, script, file]);
};
