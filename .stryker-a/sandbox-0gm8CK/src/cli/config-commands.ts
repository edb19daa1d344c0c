import { Command } from 'commander';
import { addOptions, valuesOf } from './options/declare.ts';
import { flag, oneOf } from './options/kinds.ts';
import { SCAN } from './options/scan.ts';
import { TABLE_OR_JSON } from './options/shared.ts';

/** TOML, zod, cron and all that a schedule needs are loaded only for those who ask. */
const work = () => import('./config-work.ts');

const FILE = {
  config: { ...SCAN.config, help: 'the config file (default that of the platform)' },
} as const;
const INIT = {
  ...FILE,
  force: { long: 'force', kind: flag, help: 'replace an existing file', standard: false },
} as const;
const SHOW = {
  ...FILE,
  ...TABLE_OR_JSON,
  command: {
    long: 'for',
    kind: oneOf(['check', 'audit'], 'command'),
    help: 'the command whose values are shown: check or audit',
    standard: 'audit',
  },
} as const;

const initCommand = (): Command =>
  addOptions(new Command('init'), INIT)
    .summary('write a config file with every option, commented out')
    .description(
      'Writes a config file that changes nothing yet: every option with its default, commented out.',
    )
    .action(async (_: unknown, command: Command) => (await work()).initConfig(valuesOf(command, INIT)));

const showCommand = (): Command =>
  addOptions(new Command('show'), SHOW)
    .summary('the values that are in effect, and where each comes from')
    .action(async (_: unknown, command: Command) => (await work()).showConfig(valuesOf(command, SHOW)));

const checkCommand = (): Command =>
  addOptions(new Command('check'), FILE)
    .summary('check a config file, its scope and its schedules')
    .description('Reads the whole config file and prints one line for each mistake.')
    .addHelpText('after', '\nExit code: 0 no mistake, 2 mistakes, or no such file.')
    .action(async (_: unknown, command: Command) => {
      process.exitCode = await (await work()).checkConfig(valuesOf(command, FILE));
    });

/** `ra-preflight config`: the config file. */
export const configCommand = (): Command => {
  const command = new Command('config')
    .summary('write, show or check the config file')
    .description('Writes a config file to begin with, shows what is in effect, or checks the file.');
  for (const make of [initCommand, showCommand, checkCommand]) command.addCommand(make());
  return command;
};
