import { Command } from 'commander';
import { addOptions, valuesOf } from './options/declare.ts';
import { flag, orNull, text } from './options/kinds.ts';
import { DB, SCHEDULES, TABLE_OR_JSON } from './options/shared.ts';

/** Cron, units, mail and all that a run needs is loaded only for those who have schedules: start-up is part of the answer. */
const work = () => import('./schedule-work.ts');

const FILES = { config: SCHEDULES, db: DB } as const;
const LIST = { ...FILES, ...TABLE_OR_JSON } as const;
const INSTALL = {
  ...FILES,
  systemd: { long: 'systemd', kind: flag, help: 'service and timer units', standard: false },
  cron: { long: 'cron', kind: flag, help: 'lines for crontab -e', standard: false },
  taskScheduler: { long: 'task-scheduler', kind: flag, help: 'tasks for schtasks', standard: false },
  system: {
    long: 'system',
    kind: flag,
    help: 'units for the whole machine instead of one user',
    standard: false,
  },
  into: {
    long: 'into',
    kind: orNull(text('folder', 'folders')),
    help: 'write the files there',
    standard: null,
  },
} as const;

const listCommand = (): Command =>
  addOptions(new Command('list'), LIST)
    .summary('the schedules and their next runs, in words')
    .action(async (_: unknown, command: Command) => (await work()).listSchedules(valuesOf(command, LIST)));

const onceCommand = (): Command =>
  addOptions(new Command('once'), FILES)
    .summary('one run now, for external schedulers')
    .argument('<name>', 'name of the schedule')
    .addHelpText(
      'after',
      '\nExit code: that of the audit; a failed notification is reported and does not change it.',
    )
    .action(async (name: string, _: unknown, command: Command) =>
      (await work()).runOnce(name, valuesOf(command, FILES)),
    );

const runCommand = (): Command =>
  addOptions(new Command('run'), FILES)
    .summary('run all schedules until stopped')
    .description(
      'Runs all schedules of the configuration when they are due, one audit at a time, until Ctrl-C or a termination. Runs missed while the machine was asleep are caught up with one run.',
    )
    .action(async (_: unknown, command: Command) => (await work()).runAll(valuesOf(command, FILES)));

const installCommand = (): Command =>
  addOptions(new Command('install'), INSTALL)
    .summary('print or write what an external scheduler needs')
    .description(
      'Prints the units of systemd, the lines of a crontab or the tasks of Windows that run the schedules; --into writes the files instead. It also prints how to enable them.',
    )
    .argument('[name...]', 'names of schedules (default all)')
    .action(async (names: string[], _: unknown, command: Command) =>
      (await work()).install(names, valuesOf(command, INSTALL)),
    );

/** `ra-preflight schedule`: audits that come by themselves. */
export const scheduleCommand = (): Command => {
  const command = new Command('schedule')
    .summary('scheduled audits')
    .description(
      'Runs the [[schedule]] tables of the configuration, or hands them to an external scheduler.',
    );
  for (const make of [listCommand, runCommand, onceCommand, installCommand]) command.addCommand(make());
  return command;
};
