import { createHash } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../model/fault.ts';
import { readNotify } from '../notify/read-rules.ts';
import type { NotifyRule, SecretSource } from '../notify/rule.ts';
import { formatNames } from '../output/formats.ts';
import { readSchedules, type ScheduleSpec } from '../schedule/spec.ts';
import { refuseBad } from '../targets/bad-items.ts';
import { readExcludes } from '../targets/read-excludes.ts';
import { readItems } from '../targets/read-items.ts';
import { quoted } from '../text/quoted.ts';
import { loadConfig, standardConfigPath } from './config.ts';
import { type FileConfig, parseScheduleOptions } from './config-file.ts';
import { didYouMean } from './did-you-mean.ts';
import { isList, isStandardInput } from './is-list-file.ts';
import { oneOf } from './options/kinds.ts';
import { AUDIT } from './options/scan-mode.ts';
import { fromFolder } from './options/written.ts';
import { resolveOptions } from './options.ts';
import type { Schedule } from './scheduled-run.ts';

type Channel = NotifyRule['channel'];

/** The files of a rule, counted from the folder of the config. */
const channelFrom = (channel: Channel, folder: string): Channel => {
  const absolute = <T extends SecretSource | null>(source: T): T =>
    source?.from === 'file' ? { ...source, path: resolve(folder, source.path) } : source;
  switch (channel.kind) {
    case 'mail':
      return {
        ...channel,
        caFile: channel.caFile === null ? null : resolve(folder, channel.caFile),
        login: channel.login && { ...channel.login, password: absolute(channel.login.password) },
      };
    case 'webhook':
      return {
        ...channel,
        url: typeof channel.url === 'string' ? channel.url : absolute(channel.url),
        secret: absolute(channel.secret),
      };
    default:
      return { ...channel, path: resolve(folder, channel.path) };
  }
};

const format = oneOf(formatNames);

/** The seed of a schedule that names none: each of its runs asks the same ports, so that what changes is the network. */
const seedOf = (name: string): number => createHash('sha256').update(name).digest().readUInt32BE(0);

/**
 * A schedule down to its last option, completed by those at the top of its file. `db`: the history that was typed, null where none was.
 * Throws UsageError for the first that cannot be used.
 */
export const completeSchedule = (
  spec: ScheduleSpec,
  { options: shared, scope }: FileConfig,
  path: string,
  db: string | null,
): Schedule => {
  const folder = dirname(resolve(path));
  const where = `${path}: schedule '${spec.name}'`;
  if (spec.targets.some(isStandardInput))
    throw new UsageError(`${where}: targets: a schedule has no standard input`);
  const typed = spec.targets.filter((text) => !isList(text));
  refuseBad(readItems(typed.map((text) => ({ text, at: `${where}: targets` }))).bad, null);
  if (spec.formats.length > 0 !== (spec.out !== null)) {
    const [there, missing] = spec.out === null ? ['formats', 'out'] : ['out', 'formats'];
    throw new UsageError(
      `${where}: ${there}: needs ${missing} beside it, e.g. formats = ["html"] and out = "reports"`,
    );
  }
  const set = parseScheduleOptions(spec.options, where);
  readExcludes((set.excludes ?? []).map((text) => ({ text, at: `${where}: exclude` })));
  // Nobody is there to confirm, and nobody reads a progress line.
  const own = {
    yes: true,
    ...fromFolder(set, folder),
    quiet: true,
    ...(db === null ? {} : { db }),
  };
  const { format: _, outputs: __, ...common } = shared;
  const options = resolveOptions(own, { options: common, scope }, AUDIT);
  return {
    spec,
    options: { ...options, seed: options.seed ?? seedOf(spec.name) },
    formats: spec.formats.map((name) => format.read(`${where}: formats`, name)),
    rules: readNotify(spec.notify ?? [], path, spec.name, formatNames, didYouMean).map((rule) => ({
      ...rule,
      channel: channelFrom(rule.channel, folder),
    })),
    config: resolve(path),
  };
};

/** Reads all schedules of a config file, down to their last option. Throws UsageError for the first that cannot be used. */
export const loadSchedules = async (config: string | null, db: string | null): Promise<Schedule[]> => {
  const file = await loadConfig(config);
  const { schedules, path } = file;
  if (path === null) {
    throw new UsageError(
      `${standardConfigPath()}: there is no such file, and schedules are [[schedule]] tables in it (--config FILE names another file)`,
    );
  }
  if (schedules.length === 0) {
    throw new UsageError(
      `${path}: has no [[schedule]]; expected a table with name, cron and targets (--config FILE names another file)`,
    );
  }
  return readSchedules(schedules, path).map((spec) => completeSchedule(spec, file, path, db));
};

/** The schedule of that name. Throws UsageError that lists those there are. */
export const findSchedule = (schedules: readonly Schedule[], name: string): Schedule => {
  const found = schedules.find(({ spec }) => spec.name === name);
  if (found) return found;
  const names = schedules.map(({ spec }) => spec.name);
  throw new UsageError(
    `schedule ${quoted(name)}: is not in the configuration, expected one of ${names.join(', ')}${didYouMean(name, names)}`,
  );
};
