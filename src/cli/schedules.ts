import { UsageError } from '../model/fault.ts';
import { readNotify } from '../notify/rules.ts';
import { type FormatName, formatNames } from '../output/formats.ts';
import { readSchedules } from '../schedule/spec.ts';
import { loadConfig } from './config.ts';
import { AUDIT, oneOf, resolveOptions } from './options.ts';
import { folderOf, type Schedule } from './scheduled-run.ts';

/** Reads all schedules of a config file, down to their last option. Throws UsageError for the first that cannot be used. */
export const loadSchedules = async (
  config: string | undefined,
  db: string | undefined,
): Promise<Schedule[]> => {
  const { options: shared, scope, schedules, path } = await loadConfig(config);
  if (path === null || schedules.length === 0) {
    throw new UsageError(
      `${path ?? 'the configuration'}: has no [[schedule]]; expected a table with name, cron and targets (--config FILE names another file)`,
    );
  }
  const { parseScheduleOptions } = await import('./config-file.ts');
  return readSchedules(schedules, path).map((spec) => {
    const where = `${path}: schedule '${spec.name}'`;
    if (spec.targets.includes('-'))
      throw new UsageError(`${where}: targets: a schedule has no standard input`);
    // Nobody is there to confirm, and nobody reads a progress line.
    const own = {
      yes: true,
      ...parseScheduleOptions(spec.options, where),
      quiet: true,
      ...(db === undefined ? {} : { db }),
    };
    const { format: _, output: __, ...common } = shared;
    return {
      spec,
      options: resolveOptions(own, { options: common, scope }, AUDIT, process.platform),
      formats: spec.formats.map((name): FormatName => oneOf(`${where}: formats`, name, formatNames)),
      rules: readNotify(spec.notify ?? [], path, spec.name, formatNames),
      folder: folderOf(path),
    };
  });
};

/** The schedule of that name. Throws UsageError that lists those there are. */
export const findSchedule = (schedules: readonly Schedule[], name: string): Schedule => {
  const found = schedules.find(({ spec }) => spec.name === name);
  if (found) return found;
  const names = schedules.map(({ spec }) => spec.name).join(', ');
  throw new UsageError(`schedule '${name}': is not in the configuration, expected one of ${names}`);
};
