import { parse, TomlError } from 'smol-toml';
import * as z from 'zod';
import { UsageError } from '../model/fault.ts';
import type { Scope } from '../targets/scope.ts';
import { didYouMean } from './did-you-mean.ts';
import { SCAN } from './options/scan.ts';
import type { GivenOptions } from './options/scan-values.ts';
import { readWritten } from './options/written.ts';

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
  Object.values(SCAN).filter(({ config }) => config === 'top and schedule' || config === place);

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

/** What is wrong in one place of the file: a line for each key that is not known, else one. */
const complaints = (issue: z.core.$ZodIssue, keys: object): string[] => {
  const at = issue.path.join('.');
  if (issue.code !== 'unrecognized_keys') return [`${at}: ${issue.message}`];
  const known = at === 'scope' ? ['allow', 'deny'] : Object.keys(keys);
  return issue.keys.map(
    (key) =>
      `${at ? `${at}.` : ''}${JSON.stringify(key)}: is not a known key, expected one of ${known.join(', ')}${didYouMean(key, known)}`,
  );
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

/** A config file as far as it can be read, and what is wrong with it: a line for each mistake. */
interface ReadConfig {
  readonly config: FileConfig;
  readonly mistakes: readonly string[];
}

/** Options out of a table of the file, each by itself. */
const optionsIn = (
  written: Readonly<Record<string, unknown>>,
): { options: GivenOptions; mistakes: string[] } => {
  const mistakes: string[] = [];
  let options: GivenOptions = {};
  for (const [key, value] of Object.entries(written)) {
    try {
      options = { ...options, ...readWritten({ [key]: value }) };
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      mistakes.push(error.message);
    }
  }
  return { options, mistakes };
};

/** Reads the text of a config file, to its end whatever is wrong. Throws UsageError for what is no TOML. */
export const readConfig = (source: string, path: string): ReadConfig => {
  const nothing = { options: {}, scope: { allow: [], deny: [] }, schedules: [], path };
  const result = schema.safeParse(toml(source, path));
  if (!result.success) {
    const mistakes = result.error.issues.flatMap((issue) => complaints(issue, schema.shape));
    return { config: nothing, mistakes: mistakes.map((line) => `${path}: ${line}`) };
  }
  const { scope = nothing.scope, schedule: schedules = [], ...written } = result.data;
  const { options, mistakes } = optionsIn(written);
  return {
    config: { scope, options, schedules, path },
    mistakes: mistakes.map((line) => `${path}: ${line}`),
  };
};

/** The same of a file that has to be right. Throws UsageError with file, key and what is accepted. */
export const parseConfig = (source: string, path: string): FileConfig => {
  const { config, mistakes } = readConfig(source, path);
  if (mistakes[0] !== undefined) throw new UsageError(mistakes[0]);
  return config;
};

/** Reads the options of a schedule, which are those of `audit` by their long names. Throws UsageError for the first mistake. */
export const parseScheduleOptions = (options: unknown, where: string): GivenOptions => {
  const result = scheduleOptions.safeParse(options);
  const read = result.success ? optionsIn(result.data) : null;
  const [mistake] = read
    ? read.mistakes
    : (result.error?.issues ?? []).flatMap((issue) => complaints(issue, scheduleOptions.shape));
  if (mistake !== undefined) throw new UsageError(`${where}: ${mistake}`);
  return read?.options ?? {};
};
