import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { UsageError } from '../model/fault.ts';
import { makeFolder } from '../notify/make-folder.ts';
import { jsonText } from '../output/json-text.ts';
import { crontabLine } from '../schedule/crontab.ts';
import { inWords } from '../schedule/in-words.ts';
import { nextRuns } from '../schedule/next-runs.ts';
import { runSchedules } from '../schedule/scheduler-loop.ts';
import { systemdUnits } from '../schedule/systemd.ts';
import { taskFile, taskScheduler } from '../schedule/task-scheduler.ts';
import { zoneOf } from '../schedule/time-zone.ts';
import type { FileLock } from '../store/file-lock.ts';
import { cleanText } from '../text/clean-text.ts';
import { failureWords } from '../text/error-message.ts';
import { deliver } from './deliver.ts';
import { exitCode } from './exit-code.ts';
import { openHistoryFile, standardHistoryPath } from './history-file.ts';
import { EXIT_INTERRUPTED, interruptible, SIGNALS } from './interrupt.ts';
import { log } from './log.ts';
import { runScheduled, type Schedule } from './scheduled-run.ts';
import { findSchedule, loadSchedules } from './schedules.ts';

/** The files of the commands below `schedule`; null: those of the platform. */
interface Files {
  readonly config: string | null;
  readonly db: string | null;
}

/** What `schedule install` is to write, and where. */
interface Installing extends Files {
  readonly systemd: boolean;
  readonly cron: boolean;
  readonly taskScheduler: boolean;
  readonly system: boolean;
  readonly into: string | null;
}

/** The command line that an external scheduler calls, with absolute paths. */
const ownCommand = ({ spec, config }: Schedule, { db }: Files): string[] => [
  process.execPath,
  realpathSync(process.argv[1] ?? ''),
  // The standard place depends on the user, and a scheduler may be another one.
  ...['schedule', 'once', spec.name, '--config', config],
  ...(db === null ? [] : ['--db', resolve(db)]),
];

type Kind = 'systemd' | 'cron' | 'taskScheduler';

interface InstallFile {
  readonly name: string;
  readonly text: string;
  /** The name of its task, where it is one for Windows. */
  readonly task?: string;
}

/** What an external scheduler needs for one schedule. Throws UsageError, with its name, for what that cannot say. */
const filesOf = (kind: Kind, schedule: Schedule, flags: Installing): InstallFile[] => {
  const { spec } = schedule;
  const command = ownCommand(schedule, flags);
  try {
    if (kind === 'cron') return [{ name: `${spec.name}.crontab`, text: `${crontabLine(spec, command)}\n` }];
    if (kind === 'taskScheduler') {
      const { name, xml } = taskScheduler(spec, { command, zone: zoneOf({ timezone: null }) });
      return [{ name: `${spec.name}.xml`, text: xml, task: name }];
    }
    const { service, timer } = systemdUnits(spec, { command, user: !flags.system });
    return [service, timer];
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`schedule '${spec.name}': ${error.message}`);
  }
};

/** `schedule list`. */
export const listSchedules = async ({
  config,
  db,
  format,
}: Files & { readonly format: 'table' | 'json' }): Promise<void> => {
  const now = new Date();
  const schedules = (await loadSchedules(config, db)).map(({ spec, formats }) => ({
    name: spec.name,
    words: inWords(spec, now),
    targets: spec.targets,
    formats,
    next: nextRuns(spec, now, 3).map((date) => date.toISOString()),
    timezone: zoneOf(spec),
  }));
  const text =
    format === 'json'
      ? `${jsonText({ schedules }, 2)}\n`
      : schedules
          .map(
            ({ name, words, targets, formats }) =>
              `${name}: ${words}\n  ${targets.map((text) => cleanText(text)).join(', ')}${formats.length > 0 ? ` -> ${formats.join(', ')}` : ''}\n`,
          )
          .join('');
  await deliver([text], null);
};

/** `schedule once`. */
export const runOnce = async (name: string, { config, db }: Files): Promise<void> => {
  const schedule = findSchedule(await loadSchedules(config, db), name);
  const { ended, notified } = runScheduled(schedule, { log });
  try {
    const { summary, run, accepted } = await ended;
    process.exitCode = exitCode(summary, run, null, accepted);
  } finally {
    await notified;
  }
};

/** Takes care that no other daemon runs the same schedules into the same history. Throws UsageError that says who does. */
const claimSchedules = async ([first]: readonly Schedule[]): Promise<FileLock> => {
  if (!first || first.options.db === ':memory:') return { release: () => {} };
  const config = realpathSync(first.config);
  const { lockFile } = await import('../store/file-lock.ts');
  const mark = createHash('sha256').update(config).digest('hex').slice(0, 12);
  const path = `${resolve(first.options.db ?? standardHistoryPath())}-schedules-${mark}`;
  const held = lockFile(path, { pid: process.pid, machine: hostname() });
  if ('release' in held) return held;
  throw new UsageError(
    `the schedules of ${config} are run by process ${held.pid} on ${held.machine} already; stop that first`,
  );
};

/** `schedule run`, until it is stopped. */
export const runAll = async ({ config, db }: Files): Promise<void> => {
  const schedules = await loadSchedules(config, db);
  const history = await openHistoryFile(schedules[0]?.options.db ?? null, 'create');
  const started = new Map<string, Date>();
  try {
    for (const { startedAt, schedule } of history.runs().toReversed()) {
      if (schedule !== undefined) started.set(schedule, new Date(startedAt));
    }
  } finally {
    history.close();
  }
  const claimed = await claimSchedules(schedules);
  const stop = interruptible(
    () => log('stopping; the results of a running audit so far are kept'),
    () => process.exit(EXIT_INTERRUPTED),
    SIGNALS,
  );
  // They go on beside the next audits. Each ends within its bound, so they never become many.
  const notifying = new Set<Promise<void>>();
  try {
    await runSchedules(
      schedules.map(({ spec }) => spec),
      {
        now: () => new Date(),
        monotonic: () => performance.now(),
        sleep: async (ms, signal) => {
          await sleep(ms, undefined, { signal }).catch(() => {});
        },
        run: async (spec, _due, _missed, signal) => {
          started.set(spec.name, new Date());
          const { ended, notified } = runScheduled(findSchedule(schedules, spec.name), { log, stop: signal });
          notifying.add(notified);
          void notified.then(() => notifying.delete(notified));
          await ended;
        },
        log,
        lastRun: (name) => started.get(name) ?? null,
      },
      stop.signal,
    );
    await Promise.all(notifying);
  } finally {
    stop.release();
    claimed.release();
  }
  process.exitCode = EXIT_INTERRUPTED;
};

/** `schedule install`: prints the files, or writes them. */
export const install = async (names: readonly string[], flags: Installing): Promise<void> => {
  const kinds = (['systemd', 'cron', 'taskScheduler'] as const).filter((kind) => flags[kind]);
  const [kind] = kinds;
  if (kinds.length !== 1 || !kind) {
    throw new UsageError('schedule install: expected one of --systemd, --cron and --task-scheduler');
  }
  const all = await loadSchedules(flags.config, flags.db);
  const wanted = names.length === 0 ? all : names.map((name) => findSchedule(all, name));
  const files = wanted.flatMap((schedule) => filesOf(kind, schedule, flags));
  if (flags.into === null) {
    const bare = kind === 'cron' || files.length === 1;
    await deliver(
      files.map(({ name, text }) => (bare ? text : `# ${name}\n${text}\n`)),
      null,
    );
    return;
  }
  await makeFolder(flags.into).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`--into ${flags.into}: cannot be made: ${failureWords(error)}`);
  });
  const tasks: string[] = [];
  for (const { name, text, task } of files) {
    const path = resolve(flags.into, name);
    if (task === undefined) await deliver([text], path);
    else {
      await deliver([taskFile(text)], path, 'utf16le');
      tasks.push(`schtasks /Create /TN "${task}" /XML "${path}"`);
    }
    log(`written: ${path}`);
  }
  const user = flags.system ? '' : ' --user';
  const timers = files.filter(({ name }) => name.endsWith('.timer')).map(({ name }) => name);
  const next = {
    systemd: [`systemctl${user} daemon-reload && systemctl${user} enable --now ${timers.join(' ')}`],
    cron: ['add the lines with crontab -e, those without CRON_TZ first'],
    // A line each: Windows PowerShell has no `&&`.
    taskScheduler: tasks,
  }[kind];
  for (const line of next) log(`then: ${line}`);
};
