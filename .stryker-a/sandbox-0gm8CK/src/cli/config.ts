import { access } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import envPaths from 'env-paths';
import type { FileConfig } from './config-file.ts';
import { fromFolder } from './options/written.ts';
import { readBytes } from './read-bytes.ts';

const NOTHING: FileConfig = { options: {}, scope: { allow: [], deny: [] }, schedules: [], path: null };

/** Where the platform keeps configuration: `%APPDATA%`, `~/Library/Preferences`, `$XDG_CONFIG_HOME`. */
export const standardConfigPath = (): string =>
  join(envPaths('ra-preflight', { suffix: '' }).config, 'config.toml');

/** A config whose files count from its folder, so that a scheduler, which starts anywhere, and a person use the same. */
export const fromItsFolder = (config: FileConfig, path: string): FileConfig => ({
  ...config,
  options: fromFolder(config.options, dirname(resolve(path))),
});

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** Where the config file is, and its bytes: the one named, which must be there, or the platform's; null where there is none. Throws UsageError. */
export const readConfigBytes = async (
  named: string | null,
): Promise<{ readonly path: string; readonly bytes: Uint8Array } | null> => {
  const path = named ?? standardConfigPath();
  if (named === null && !(await exists(path))) return null;
  return { path, bytes: await readBytes(path, `--config ${path}`, 1) };
};

/**
 * Reads the config file: the one named, which must be there, or the platform's, which may be. Throws UsageError with
 * file, key and what is accepted.
 */
export const loadConfig = async (named: string | null = null): Promise<FileConfig> => {
  const file = await readConfigBytes(named);
  if (file === null) return NOTHING;
  // Parser and schema are loaded only for those who have a file: start-up is part of the answer.
  const [{ parseConfig }, { decodeText }] = await Promise.all([
    import('./config-file.ts'),
    import('../targets/decode.ts'),
  ]);
  return fromItsFolder(parseConfig(decodeText(file.bytes), file.path), file.path);
};
