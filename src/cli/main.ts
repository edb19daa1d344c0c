import { Command, CommanderError } from 'commander';
import { UsageError } from '../model/fault.ts';
import { cleanText } from '../output/clean-text.ts';
import { StoreError } from '../store/store-error.ts';
import { auditCommand } from './audit-command.ts';
import { checkCommand } from './check-command.ts';
import { doctorCommand } from './doctor-command.ts';
import { diffCommand, historyCommand, reportCommand } from './history-commands.ts';
import { scheduleCommand } from './schedule-commands.ts';
import { serveCommand } from './serve-command.ts';
import { version } from './version.ts';

/** EX_SOFTWARE of sysexits.h: a bug of ours must not look like a verdict (0, 1, 3) or like a wrong option (2). */
const EXIT_BUG = 70;
const EXIT_USAGE = 2;
/** Longest line of a complaint, in characters. */
const MOST_LINE = 4000;

const COMMANDS: ReadonlyMap<string, () => Command> = new Map([
  ['check', checkCommand],
  ['audit', auditCommand],
  ['diff', diffCommand],
  ['report', reportCommand],
  ['history', historyCommand],
  ['schedule', scheduleCommand],
  ['serve', serveCommand],
  ['doctor', doctorCommand],
]);

/** Commands that are added do not inherit how errors end. */
const adopt = (parent: Command, command: Command): void => {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) child.copyInheritedSettings(command);
  parent.addCommand(command);
};

/** The program with the command that was typed; where that is none of them, with all, for the help and for suggestions. */
const program = (typed = ''): Command => {
  const main = new Command('ra-preflight')
    .description(
      'Before you offer Windows Remote Assistance: does the network let it through, which filter breaks it, where it sits, how sure that is, and what to change.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    // Else `history` would take the --db that stands behind `history prune`.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ outputError: () => {} });
  const make = COMMANDS.get(typed);
  for (const one of make ? [make] : COMMANDS.values()) adopt(main, one());
  return main;
};

/** What is said about what was typed: one line without commander's own prefix, or a line for each mistake. */
const usageLines = (error: Error): readonly string[] =>
  error instanceof CommanderError
    ? [error.message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ')]
    : error.message.split('\n');

/**
 * Runs the command line and sets the exit code. The only place where errors are caught: what was typed gives one line
 * and exit 2, a bug gives its stack and exit 70.
 */
export const main = async (argv: readonly string[]): Promise<void> => {
  try {
    await program(argv[2]).parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    if (error instanceof CommanderError || error instanceof UsageError || error instanceof StoreError) {
      const lines = usageLines(error).filter((line) => line !== '(outputHelp)');
      process.stderr.write(lines.map((line) => `ra-preflight: ${cleanText(line, MOST_LINE)}\n`).join(''));
      process.exitCode = EXIT_USAGE;
      return;
    }
    process.stderr.write(
      `ra-preflight: this is a bug, please report it\n${error instanceof Error ? error.stack : error}\n`,
    );
    process.exitCode = EXIT_BUG;
  }
};
