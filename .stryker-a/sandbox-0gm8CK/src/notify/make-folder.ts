import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/** mkdir, which minds no folder that is there. */
const make = async (path: string, mode: number): Promise<void> => {
  try {
    await mkdir(path, mode);
  } catch (error) {
    const found = await stat(path).catch(() => null);
    if (!found?.isDirectory()) throw error;
  }
};

/**
 * Makes a folder and those above it, where they are not there. Rejects as mkdir does. Node's own way (`recursive`) never ends on a file
 * system that says ENOENT beneath a folder that is there, as /proc does. `mode`: permissions of what is made.
 */
export const makeFolder = async (path: string, mode = 0o777): Promise<void> => {
  try {
    await make(path, mode);
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) throw error;
    await makeFolder(parent, mode);
    await make(path, mode);
  }
};
