import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { UsageError } from '../model/fault.ts';
import { makeFolder } from '../notify/make-folder.ts';
import { jsonText } from '../output/json-text.ts';
import { readSchedule, readSchedules } from '../schedule/spec.ts';
import { decodeText } from '../targets/decode.ts';
import { readExcludes } from '../targets/read-excludes.ts';
import { readScope } from '../targets/scope.ts';
import { cleanText } from '../text/clean-text.ts';
import { fromItsFolder, readConfigBytes, standardConfigPath } from './config.ts';
import { parseConfig, readConfig } from './config-file.ts';
import { deliver } from './deliver.ts';
import { log } from './log.ts';
import { type Declaration, standardWordsOf } from './options/declare.ts';
import { standardOf } from './options/scan-declaration.ts';
import { AUDIT, CHECK } from './options/scan-mode.ts';
import { type GivenOptions, optionsOf } from './options/scan-values.ts';
import { completeSchedule } from './schedules.ts';

const EXIT_MISTAKES = 2;

interface File {
  readonly config: string | null;
}

/** A value as TOML writes it; null for none. */
const tomlOf = ({ kind }: Declaration<unknown>, value: unknown): string | null => {
  if (kind.placeholder === null) return String(value);
  const words = kind.write(value);
  if (kind.repeated) return JSON.stringify(words);
  const [word] = words;
  if (word === undefined) return null;
  return typeof value === 'number' && word === String(value) ? word : JSON.stringify(word);
};

const isAtTop = ({ config }: { readonly config: string }): boolean => config.startsWith('top');

/** The options that may stand at the top of a config file. */
const configurable = (command: 'check' | 'audit') =>
  Object.entries(optionsOf(command)).filter(([, declaration]) => isAtTop(declaration));

/** The keys that only a schedule may have. */
const scheduleKeys = (): string =>
  Object.values(optionsOf('audit'))
    .flatMap(({ config, long }) => (config === 'schedule' ? [long] : []))
    .join(', ');

const linesOf = (declaration: Declaration<unknown>): string => {
  const { long, help, standard, kind } = declaration;
  const off = kind.placeholder === null && standard === true ? 'false: ' : '';
  const words = standardWordsOf(declaration);
  const value = tomlOf(declaration, standard) ?? `"<${kind.placeholder}>"`;
  return `# ${off}${help}${words === null ? '' : ` (default ${words})`}\n# ${long} = ${value}\n`;
};

const template =
  (): string => `# Options of check and audit by their long names; what is typed takes precedence. Remove the # of what is to change.

${Object.values({ ...optionsOf('check'), ...optionsOf('audit') })
  .filter(isAtTop)
  .map(linesOf)
  .join('\n')}
# Which addresses may be probed at all. An empty allow allows everything; deny wins.
# [scope]
# allow = ["10.0.0.0/8"]
# deny = ["10.1.9.0/24"]

# An audit that runs by itself: ra-preflight schedule run, once or install. Any option above may stand here too, and only
# here: ${scheduleKeys()}.
# [[schedule]]
# name = "nightly"
# cron = "0 6 * * MON-FRI"
# targets = ["10.1.0.0/20"]
# formats = ["html"]
# out = "reports"
`;

/** `config init`. Throws UsageError where the file is there already. */
export const initConfig = async ({ config, force }: File & { readonly force: boolean }): Promise<void> => {
  const path = config ?? standardConfigPath();
  if (existsSync(path) && !force) throw new UsageError(`${path}: already exists; --force replaces it`);
  if (config === null) await makeFolder(dirname(path));
  await deliver([template()], path);
  log(`written: ${path}`);
};

interface Shown {
  readonly value: unknown;
  readonly from: string;
}

/** `config show`. */
export const showConfig = async ({
  config,
  format,
  command,
}: File & { readonly format: 'table' | 'json'; readonly command: 'check' | 'audit' }): Promise<void> => {
  const read = await readConfigBytes(config);
  const file = read && fromItsFolder(parseConfig(decodeText(read.bytes), read.path), read.path);
  const given: GivenOptions = file?.options ?? {};
  const mode = command === 'check' ? CHECK : AUDIT;
  const situation = { mode, platform: process.platform, rate: given.rate ?? 1000 };
  const rows = configurable(command).map(([name, declaration]) => {
    const set: unknown = given[name as keyof GivenOptions];
    const value = set === undefined ? standardOf<unknown>(declaration, situation) : set;
    const from = set === undefined ? 'default' : (read?.path ?? '');
    return { key: declaration.long, text: tomlOf(declaration, value) ?? '-', value, from };
  });
  const scope = file?.scope ?? { allow: [], deny: [] };
  if (format === 'json') {
    const options: Readonly<Record<string, Shown>> = Object.fromEntries(
      rows.map(({ key, value, from }) => [key, { value, from }]),
    );
    const about = { command, file: read?.path ?? null, options, scope, schedules: file?.schedules ?? [] };
    await deliver([`${jsonText(about, 2)}\n`], null);
    return;
  }
  const widths = [
    Math.max(...rows.map(({ key }) => key.length)),
    Math.max(...rows.map(({ text }) => text.length)),
  ] as const;
  const lines = [
    ...rows.map(({ key, text, from }) => `${key.padEnd(widths[0])}  ${text.padEnd(widths[1])}  ${from}`),
    ...Object.entries(scope).map(([list, blocks]) => `scope.${list}: ${blocks.join(', ') || '-'}`),
    `schedules: ${file?.schedules.length ?? 0}`,
    `file: ${read?.path ?? `none (${standardConfigPath()} would be read)`}`,
  ];
  await deliver(
    lines.map((line) => `${cleanText(line, 5000)}\n`),
    null,
  );
};

/** What is wrong, in the words of the error that says it; null for nothing. */
const mistakeIn = (work: () => unknown): string | null => {
  try {
    work();
    return null;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return error.message;
  }
};

/** `config check`: the exit code. Prints one line for each mistake. */
export const checkConfig = async ({ config }: File): Promise<number> => {
  const read = await readConfigBytes(config);
  if (read === null) throw new UsageError(`${standardConfigPath()}: there is no such file`);
  const { path } = read;
  const parsed = readConfig(decodeText(read.bytes), path);
  const { scope, options, schedules } = parsed.config;
  const at = (line: string | null): string[] => (line === null ? [] : [`${path}: ${line}`]);
  const single = schedules.flatMap((entry, index) => {
    const line = mistakeIn(() =>
      completeSchedule(readSchedule(entry, index, path), fromItsFolder(parsed.config, path), path, null),
    );
    return line === null ? [] : [line];
  });
  const twice = single.length === 0 ? mistakeIn(() => readSchedules(schedules, path)) : null;
  const excludes = (options.excludes ?? []).map((text) => ({ text, at: 'exclude' }));
  const mistakes = [
    ...parsed.mistakes,
    ...at(mistakeIn(() => readScope({ allow: scope.allow, deny: [] }))),
    ...at(mistakeIn(() => readScope({ allow: [], deny: scope.deny }))),
    ...at(mistakeIn(() => readExcludes(excludes))),
    ...single,
    ...(twice === null ? [] : [twice]),
  ];
  await deliver(
    mistakes.map((line) => `${cleanText(line, 5000)}\n`),
    null,
  );
  if (mistakes.length === 0) log(`${path}: no mistakes`);
  return mistakes.length === 0 ? 0 : EXIT_MISTAKES;
};
