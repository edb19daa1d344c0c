import { Command } from 'commander';
import type { Flags } from './schedule-work.ts';

/** Cron, units, mail and all that a run needs is loaded only for those who have schedules: start-up is part of the answer. */
const work = () => import('./schedule-work.ts');

const withFiles = (command: Command): Command =>
  command
    .option('--config <file>', 'the file with the [[schedule]] tables (default that of the platform)')
    .option('--db <file>', 'history file (default in the data folder of the platform)');

const listCommand = (): Command =>
  withFiles(new Command('list'))
    .summary('the schedules and their next runs, in words')
    .option('--format <name>', 'table or json (default table)')
    .action(async (flags: Flags) => (await work()).listSchedules(flags));

const onceCommand = (): Command =>
  withFiles(new Command('once'))
    .summary('one run now, for external schedulers')
    .argument('<name>', 'name of the schedule')
    .addHelpText(
      'after',
      '\nExit code: that of the audit; a failed notification is reported and does not change it.',
    )
    .action(async (name: string, flags: Flags) => (await work()).runOnce(name, flags));

const runCommand = (): Command =>
  withFiles(new Command('run'))
    .summary('run all schedules until stopped')
    .description(
      'Runs all schedules of the configuration when they are due, one audit at a time, until Ctrl-C or a termination. Runs missed while the machine was asleep are made up for by one run.',
    )
    .action(async (flags: Flags) => (await work()).runAll(flags));

const installCommand = (): Command =>
  withFiles(new Command('install'))
    .summary('print or write what an external scheduler needs')
    .description(
      'Prints the units of systemd, the lines of a crontab or the tasks of Windows that run the schedules; --into writes the files instead. It also prints how to enable them.',
    )
    .argument('[name...]', 'names of schedules (default all)')
    .option('--systemd', 'service and timer units')
    .option('--cron', 'lines for crontab -e')
    .option('--task-scheduler', 'tasks for schtasks')
    .option('--system', 'units for the whole machine instead of one user')
    .option('--into <folder>', 'write the files there')
    .action(async (names: string[], flags: Flags) => (await work()).install(names, flags));

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
