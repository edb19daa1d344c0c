import { access, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import envPaths from 'env-paths';
import { UsageError } from '../model/fault.ts';
import type { FileConfig } from './config-file.ts';

const NOTHING: FileConfig = { options: {}, scope: { allow: [], deny: [] }, schedules: [], path: null };

/** Where the platform keeps configuration: `%APPDATA%`, `~/Library/Preferences`, `$XDG_CONFIG_HOME`. */
export const standardConfigPath = (): string =>
  join(envPaths('ra-preflight', { suffix: '' }).config, 'config.toml');

/**
 * Files that a config names count from its folder, so that a scheduler, which starts anywhere, and a person use the same.
 * Not `output`: where a result goes is the concern of whoever asks for it.
 */
const fromItsFolder = (config: FileConfig, path: string): FileConfig => {
  const folder = dirname(resolve(path));
  const { db, excludeFiles, policies, probes, ...options } = config.options;
  return {
    ...config,
    options: {
      ...options,
      ...(db ? { db: db === ':memory:' ? db : resolve(folder, db) } : {}),
      ...(probes ? { probes: probes.map((file) => resolve(folder, file)) } : {}),
      ...(excludeFiles ? { excludeFiles: excludeFiles.map((file) => resolve(folder, file)) } : {}),
      ...(policies ? { policies: policies.map((file) => resolve(folder, file)) } : {}),
    },
  };
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/**
 * Reads the config file: the one named, which must be there, or the platform's, which may be. Throws UsageError with
 * file, key and what is accepted. Values are checked together with those of the command line.
 */
export const loadConfig = async (named: string | null = null): Promise<FileConfig> => {
  const path = named ?? standardConfigPath();
  if (named === null && !(await exists(path))) return NOTHING;
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new UsageError(
      `--config ${path}: cannot be read (${(error as NodeJS.ErrnoException).code ?? error})`,
    );
  }
  // Parser and schema are loaded only for those who have a file: start-up is part of the answer.
  const [{ parseConfig }, { decodeText }] = await Promise.all([
    import('./config-file.ts'),
    import('../targets/decode.ts'),
  ]);
  return fromItsFolder(parseConfig(decodeText(bytes), path), path);
};
