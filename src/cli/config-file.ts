import { parse, TomlError } from 'smol-toml';
import * as z from 'zod';
import { UsageError } from '../model/fault.ts';
import type { Scope } from '../targets/scope.ts';
import { type GivenOptions, readWritten, SCAN } from './options/scan.ts';

/** What a config file says: options, and the scope. */
export interface FileConfig {
  readonly options: GivenOptions;
  readonly scope: Scope;
  /** The `[[schedule]]` tables as they stand there; src/schedule reads them. */
  readonly schedules: readonly unknown[];
  /** The file; null when there is none. */
  readonly path: string | null;
}

/** The options that may stand in a place of the file, by their long names. */
const optionsAt = (place: 'top' | 'schedule') =>
  Object.values(SCAN).filter(
    ({ config }) => config === 'top and schedule' || (place === 'top' && config === 'top'),
  );

const shapeOf = (place: 'top' | 'schedule') =>
  Object.fromEntries(optionsAt(place).map(({ long, kind }) => [long, kind.toml(z).optional()] as const));

const blocks = SCAN.excludes.kind.toml(z).default([]) as z.ZodType<readonly string[]>;

const schema = z.strictObject({
  ...shapeOf('top'),
  scope: z.strictObject({ allow: blocks, deny: blocks }).optional(),
  schedule: z.array(z.unknown(), { error: 'expected tables, written [[schedule]]' }).optional(),
});

/** What a schedule may set for its own runs. */
const scheduleOptions = z.strictObject(shapeOf('schedule'));

const complaint = (issue: z.core.$ZodIssue, keys: object = schema.shape): string => {
  const at = issue.path.join('.');
  if (issue.code !== 'unrecognized_keys') return `${at}: ${issue.message}`;
  const [key] = issue.keys;
  const known = at === 'scope' ? 'allow, deny' : Object.keys(keys).join(', ');
  return `${at ? `${at}.` : ''}${JSON.stringify(key)}: is not a known key, expected one of ${known}`;
};

/** What people write that TOML reads otherwise. */
const hintFor = (line: string): string => {
  const [, quoted] = /"([^"]*\\[^"]*)"?/.exec(line) ?? [];
  if (quoted !== undefined) return `; a path with backslashes goes in single quotes: '${quoted}'`;
  const [, key, word] = /^\s*([\w-]+)\s*=\s*([A-Za-z][\w-]*)\s*$/.exec(line) ?? [];
  return word === undefined ? '' : `; text goes in quotes: ${key} = "${word}"`;
};

const toml = (source: string, path: string): unknown => {
  try {
    return parse(source);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [why] = error.message.replace(/^Invalid TOML document: /, '').split('\n');
    const line = source.split('\n')[error.line - 1] ?? '';
    throw new UsageError(`${path}:${error.line}:${error.column}: ${why}${hintFor(line)}`);
  }
};

/** What is wrong with the value of an option is said with its place. */
const within = <T>(where: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${where}: ${error.message}`);
  }
};

/** Reads the text of a config file. Throws UsageError with file, key and what is accepted. */
export const parseConfig = (source: string, path: string): FileConfig => {
  const result = schema.safeParse(toml(source, path));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new UsageError(`${path}: ${issue ? complaint(issue) : 'cannot be used'}`);
  }
  const { scope = { allow: [], deny: [] }, schedule = [], ...written } = result.data;
  return { scope, options: within(path, () => readWritten(written)), schedules: schedule, path };
};

/** Reads the options of a schedule, which are those of `audit` by their long names. Throws UsageError. */
export const parseScheduleOptions = (options: unknown, where: string): GivenOptions => {
  const result = scheduleOptions.safeParse(options);
  if (result.success) return within(where, () => readWritten(result.data));
  const [issue] = result.error.issues;
  throw new UsageError(`${where}: ${issue ? complaint(issue, scheduleOptions.shape) : 'cannot be used'}`);
};
