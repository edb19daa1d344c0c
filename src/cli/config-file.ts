import { parse, TomlError } from 'smol-toml';
import * as z from 'zod';
import { UsageError } from '../model/fault.ts';
import type { Scope } from '../targets/scope.ts';
import type { RawOptions } from './options.ts';

/** What a config file says: options by their long names, and the scope. */
export interface FileConfig {
  readonly options: RawOptions;
  readonly scope: Scope;
  /** The `[[schedule]]` tables as they stand there; src/schedule reads them. */
  readonly schedules: readonly unknown[];
  /** The file; null when there is none. */
  readonly path: string | null;
}

const text = z.string({ error: 'expected text in quotes' });
const word = z.union([text, z.number()], { error: 'expected text in quotes or a number' }).transform(String);
const number = z.number({ error: 'expected a number without quotes' }).transform(String);
const flag = z.boolean({ error: 'expected true or false' });
const list = z
  .array(text, { error: 'expected a list of addresses or CIDR blocks, e.g. ["10.1.0.0/16"]' })
  .default([]);

/** Names of files: one may stand alone, as on a command line. */
const files = z
  .union([text.transform((one) => [one]), z.array(text)], {
    error: 'expected the name of a file or a list of them, e.g. ["fragile.txt"]',
  })
  .default([]);

/** The long options of `check` and `audit` by their names, and the scope. Ranges and words are checked like those typed. */
const schema = z
  .strictObject({
    novice: text,
    'rpc-ports': word,
    sample: number,
    seed: number,
    timeout: word,
    retries: number,
    concurrency: number,
    'per-host': number,
    rate: number,
    engine: text,
    format: text,
    output: text,
    map: flag,
    locate: flag,
    ping: flag,
    ipv4: flag,
    ipv6: flag,
    quiet: flag,
    verbose: flag,
    color: flag,
    'subnet-rate': number,
    exclude: list,
    'exclude-file': files,
    'csv-column': text,
    'skip-bad': flag,
    undetermined: text,
    db: text,
    scope: z.strictObject({ allow: list, deny: list }),
    schedule: z.array(z.unknown(), { error: 'expected tables, written [[schedule]]' }),
  })
  .partial();

/** What a schedule may set for its own runs. */
const scheduleOptions = schema.omit({ scope: true, schedule: true, format: true, output: true, db: true });

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

const camel = (key: string): string =>
  key.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

const camelKeys = (options: object): RawOptions =>
  Object.fromEntries(Object.entries(options).map(([key, value]) => [camel(key), value]));

/** Reads the text of a config file. Throws UsageError with file, key and what is accepted. */
export const parseConfig = (source: string, path: string): FileConfig => {
  const result = schema.safeParse(toml(source, path));
  if (!result.success) {
    const [issue] = result.error.issues;
    throw new UsageError(`${path}: ${issue ? complaint(issue) : 'cannot be used'}`);
  }
  const { scope = { allow: [], deny: [] }, schedule = [], ...options } = result.data;
  return { scope, options: camelKeys(options), schedules: schedule, path };
};

/** Reads the options of a schedule, which are those of `audit` by their long names. Throws UsageError. */
export const parseScheduleOptions = (options: unknown, where: string): RawOptions => {
  const result = scheduleOptions.safeParse(options);
  if (result.success) return camelKeys(result.data);
  const [issue] = result.error.issues;
  throw new UsageError(`${where}: ${issue ? complaint(issue, scheduleOptions.shape) : 'cannot be used'}`);
};
