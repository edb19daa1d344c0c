import type { Command } from 'commander';
import { program } from '../../src/cli/program.ts';
import { version } from '../../src/cli/version.ts';

// The manual page in the language of man(7), out of the commands and options as they are declared.

/** Text that troff takes for nothing but text. */
const plain = (text: string): string =>
  text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^([.'])/gm, '\\&$1');

const bold = (text: string): string => `\\fB${plain(text)}\\fR`;

/** What stands below the options in the help: examples and exit codes. */
const afterOptions = (command: Command): string => {
  let text = '';
  command.configureOutput({ writeOut: (piece) => (text += piece) });
  command.outputHelp();
  return text.slice(command.helpInformation().length).trim();
};

const optionLines = (command: Command): string[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .filter(({ long }) => long !== '--help')
    .flatMap(({ flags, description }) => ['.TP', bold(flags), plain(description)]);

const argumentLines = ({ registeredArguments }: Command): string[] =>
  registeredArguments
    .filter(({ description }) => description)
    .flatMap((argument) => ['.TP', `\\fI${plain(argument.name())}\\fR`, plain(argument.description)]);

const sections = (command: Command, path: readonly string[]): string[] => {
  const help = command.createHelp();
  const after = afterOptions(command);
  return [
    '.SS',
    plain(help.commandUsage(command)),
    plain(command.description() || command.summary()),
    ...argumentLines(command),
    ...optionLines(command),
    ...(after ? ['.PP', '.nf', plain(after), '.fi'] : []),
    ...command.commands.flatMap((sub) => sections(sub, [...path, command.name()])),
  ];
};

/** The manual page of the program. */
export const manual = (): string => {
  const main = program('', () => {});
  const commands = main.createHelp().visibleCommands(main);
  return `${[
    '.\\" Made by test/cli/manual.test.ts from the declarations in src/cli: npx vitest run -u test/cli/manual.test.ts',
    `.TH RA\\-PREFLIGHT 1 "" "ra\\-preflight ${plain(version)}" "User Commands"`,
    '.SH NAME',
    'ra\\-preflight \\- tests whether the network lets an offer of Windows Remote Assistance through',
    '.SH SYNOPSIS',
    `${bold('ra-preflight')} \\fIcommand\\fR [\\fIoption\\fR...] [\\fIargument\\fR...]`,
    '.SH DESCRIPTION',
    plain(main.description()),
    '.SH COMMANDS',
    ...commands.flatMap((command) => sections(command, [])),
    '.SH ENVIRONMENT',
    ...[
      ['NO_COLOR', 'No colours, whatever its value.'],
      ['FORCE_COLOR', 'Colours where the output is no terminal.'],
      ['COLUMNS', 'Width of the text where no terminal says it.'],
      [
        'RA_PREFLIGHT_SERVE_TOKEN',
        'The token of the dashboard, unless serve \\-\\-token\\-file names a file.',
      ],
      ['XDG_CONFIG_HOME, XDG_DATA_HOME', 'Where the config file and the history are on Linux.'],
    ].flatMap(([name = '', means = '']) => ['.TP', bold(name), means]),
    '.SH FILES',
    '.TP',
    bold('~/.config/ra-preflight/config.toml'),
    'Options, scope and schedules. \\fBra\\-preflight config init\\fR writes one; \\fBra\\-preflight doctor\\fR names the place on other systems.',
    '.TP',
    bold('~/.local/share/ra-preflight/history.db'),
    'The history of audits, with SQLite.',
  ].join('\n')}\n`;
};
