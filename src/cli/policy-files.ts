import type { Dirent } from 'node:fs';
import { readFile as readBytes, readdir, stat as statOf } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../model/fault.ts';
import { readBackupInfo } from '../policy/read/backup.ts';
import { PolicyFault } from '../policy/read/fault.ts';
import { MOST_BYTES } from '../policy/read/limits.ts';
import { readPolicy } from '../policy/read/read.ts';
import type { Hive, PolicyFile, Source } from '../policy/setting.ts';
import { failureWords } from '../text/error-message.ts';
import { escapeControls } from '../text/quoted.ts';

/** Backups that one folder may hold; a domain has some hundred GPOs. */
const MOST_BACKUPS = 1000;

const fault = (path: string, { message, offset }: PolicyFault): UsageError =>
  new UsageError(`policy ${escapeControls(path)}: ${message} (offset ${offset})`);

const reading = <T>(path: string, work: Promise<T>): Promise<T> =>
  work.catch((error) => {
    throw new UsageError(`policy ${escapeControls(path)}: cannot be read: ${failureWords(error)}`);
  });

/** The bytes of a file. Throws UsageError for what cannot be read, is no file, or is too large. */
const bytesOf = async (path: string): Promise<Uint8Array> => {
  // Looked at before it is opened: opening a pipe waits for whoever writes to it.
  const stat = await reading(path, statOf(path));
  if (!stat.isFile()) throw new UsageError(`policy ${escapeControls(path)}: is not a file`);
  if (stat.size > MOST_BYTES)
    throw fault(path, new PolicyFault(`has ${stat.size} bytes; ${MOST_BYTES} are the most`, MOST_BYTES));
  return reading(path, readBytes(path));
};

/** Reads with a function of src/policy, whose faults become one line with the name of the file. */
const readAs = async <T>(path: string, read: (bytes: Uint8Array) => T): Promise<T> => {
  const bytes = await bytesOf(path);
  try {
    return read(bytes);
  } catch (error) {
    throw error instanceof PolicyFault ? fault(path, error) : error;
  }
};

/** Only its folder shows whether Registry.pol is for computers or users. */
const hiveOf = (path: string): Hive => (/(^|[\\/])user[\\/][^\\/]+$/i.test(path) ? 'HKCU' : 'HKLM');

const readFile = (path: string, source: Source): Promise<PolicyFile> =>
  readAs(path, (bytes) => readPolicy(bytes, source, hiveOf(path)));

/** The entries of a folder; none where there is no such folder. */
const entriesOf = (path: string): Promise<Dirent[]> =>
  readdir(path, { withFileTypes: true }).catch((error) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return [];
    throw new UsageError(`policy ${escapeControls(path)}: cannot be read: ${failureWords(error)}`);
  });

/** A path below a folder whose parts are spelled in any case, as Windows takes them; null where there is none. */
const find = async (folder: string, ...parts: readonly string[]): Promise<string | null> => {
  const [part, ...rest] = parts;
  if (part === undefined) return folder;
  // A copy on another system may have `Machine` beside `machine`.
  for (const { name } of await entriesOf(folder)) {
    if (name.toLowerCase() !== part.toLowerCase()) continue;
    const path = await find(join(folder, name), ...rest);
    if (path !== null) return path;
  }
  return null;
};

const present = (paths: readonly (string | null)[]): string[] => paths.flatMap((path) => path ?? []);

/** What a GPO sets of the computer, wherever its folder `Machine` is. */
const settingsBelow = async (folder: string, ...parts: readonly string[]): Promise<string[]> =>
  present([
    await find(folder, ...parts, 'Machine', 'Registry.pol'),
    await find(folder, ...parts, 'Machine', 'Microsoft', 'Windows NT', 'SecEdit', 'GptTmpl.inf'),
  ]);

/** One GPO: a backup of it, or its folder in SYSVOL or in System32. Null where the folder is none. */
const readGpo = async (folder: string, source: Source): Promise<PolicyFile[] | null> => {
  const described = present([await find(folder, 'bkupInfo.xml'), await find(folder, 'Backup.xml')]);
  const isBackup = described.length > 0;
  const settings = await (isBackup ? settingsBelow(folder, 'DomainSysvol', 'GPO') : settingsBelow(folder));
  const report = isBackup && settings.length === 0 ? await find(folder, 'gpreport.xml') : null;
  const paths = report === null ? settings : [report];
  if (!isBackup && paths.length === 0) return null;
  const infos = await Promise.all(described.map((path) => readAs(path, readBackupInfo)));
  const gpo = infos.find(({ name }) => name !== null)?.name ?? source.gpo;
  if (infos.some(({ computerEnabled }) => computerEnabled === false)) {
    const file = { ...source, gpo };
    const text = 'The computer settings of this GPO are disabled: Windows applies none of them.';
    return [
      {
        format: 'gpreport',
        says: 'policy',
        source: file,
        covers: [],
        instructions: [],
        rules: [],
        profiles: [],
        networks: [],
        unread: [{ code: 'gpo-disabled', text, source: file }],
      },
    ];
  }
  return Promise.all(paths.map((path) => readFile(path, { ...source, file: path, gpo })));
};

/** A folder: one GPO, or a folder of backups. */
const readFolder = async (folder: string, source: Source): Promise<PolicyFile[]> => {
  const own = await readGpo(folder, source);
  if (own) return own;
  const below = (await entriesOf(folder)).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const files: PolicyFile[] = [];
  for (const name of below.toSorted().slice(0, MOST_BACKUPS))
    files.push(...((await readGpo(join(folder, name), source)) ?? []));
  if (files.length === 0)
    throw new UsageError(
      `policy ${escapeControls(folder)}: is a folder without a GPO backup or Machine/Registry.pol`,
    );
  return files;
};

const isFolder = async (path: string): Promise<boolean> => (await reading(path, statOf(path))).isDirectory();

/**
 * Reads the policy files and GPO folders that were named, in that order: a later one wins. Throws UsageError, a line for each that
 * cannot be read, with the offset.
 */
export const readPolicyFiles = async (paths: readonly string[]): Promise<readonly PolicyFile[]> => {
  const files: PolicyFile[] = [];
  const mistakes: string[] = [];
  for (const [index, path] of paths.entries()) {
    // The last one wins, so it has precedence 1; a single file says nothing of others.
    const source = { file: path, gpo: null, precedence: paths.length === 1 ? null : paths.length - index };
    try {
      files.push(
        ...((await isFolder(path)) ? await readFolder(path, source) : [await readFile(path, source)]),
      );
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      mistakes.push(error.message);
    }
  }
  if (mistakes.length > 0) throw new UsageError(mistakes.join('\n'));
  return files;
};
