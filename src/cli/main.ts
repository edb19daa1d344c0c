import { Command, CommanderError } from 'commander';
import { UsageError } from '../model/fault.ts';
import { unknownLine } from '../output/nagios.ts';
import { StoreError } from '../store/store-error.ts';
import { auditCommand } from './audit-command.ts';
import { checkCommand } from './check-command.ts';
import { deliver } from './deliver.ts';
import { doctorCommand } from './doctor-command.ts';
import { explainCommand } from './explain-command.ts';
import { fleetCommand } from './fleet-command.ts';
import { foreignOption, meantCommand } from './foreign-options.ts';
import { diffCommand, historyCommand, reportCommand } from './history-commands.ts';
import { mergeCommand } from './merge-command.ts';
import { policyCommand } from './policy-command.ts';
import { say } from './say.ts';
import { scheduleCommand } from './schedule-commands.ts';
import { serveCommand } from './serve-command.ts';
import { version } from './version.ts';
import { wantsNagios } from './wants-nagios.ts';
import { workerCommand } from './worker-command.ts';

/** EX_SOFTWARE of sysexits.h: a bug of ours must not look like a verdict (0, 1, 3) or like a wrong option (2). */
const EXIT_BUG = 70;
const EXIT_USAGE = 2;
/** A monitoring plugin that could not do its work (Nagios plugin API). */
const EXIT_UNKNOWN = 3;

const COMMANDS: ReadonlyMap<string, () => Command> = new Map([
  ['check', checkCommand],
  ['audit', auditCommand],
  ['merge', mergeCommand],
  ['worker', workerCommand],
  ['fleet', fleetCommand],
  ['diff', diffCommand],
  ['report', reportCommand],
  ['history', historyCommand],
  ['schedule', scheduleCommand],
  ['serve', serveCommand],
  ['doctor', doctorCommand],
  ['explain', explainCommand],
  ['policy', policyCommand],
]);

/** Commands that are added do not inherit how errors end. */
const adopt = (parent: Command, command: Command): void => {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) child.copyInheritedSettings(command);
  parent.addCommand(command);
};

/** The program with the command that was typed; where that is none of them, with all, for the help and for suggestions. */
const program = (typed: string, print: (text: string) => void): Command => {
  const main = new Command('ra-preflight')
    .description(
      'Before an offer of Windows Remote Assistance: does the network let it through, which filter blocks it, where that filter sits, how certain that is, and what to change.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    // Else `history` would take the --db that stands behind `history prune`.
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({ writeOut: print, outputError: () => {} });
  const make = COMMANDS.get(typed);
  for (const one of make ? [make] : COMMANDS.values()) adopt(main, one());
  return main;
};

/** What is said about what was typed: one line without commander's own prefix, or a line for each mistake. */
const complaintOf = (error: Error, [typed = '']: readonly string[]): string => {
  if (!(error instanceof CommanderError)) return error.message;
  const line = error.message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ');
  if (line === '(outputHelp)') return '';
  const meant =
    error.code === 'commander.unknownCommand' && !line.includes('Did you mean') ? meantCommand(typed) : null;
  return meant === null ? line : `${line}; did you mean: ra-preflight ${meant}`;
};

const isExpected = (error: unknown): error is Error =>
  error instanceof CommanderError || error instanceof UsageError || error instanceof StoreError;

/** Says what went wrong, and gives the exit code. */
const fail = async (error: unknown, args: readonly string[]): Promise<number> => {
  const isBug = !isExpected(error);
  const said = isBug ? 'this is a bug, please report it' : complaintOf(error, args);
  if (isBug) process.stderr.write(`ra-preflight: ${said}\n${error instanceof Error ? error.stack : error}\n`);
  if (await wantsNagios(args)) {
    await deliver([unknownLine(said)], null).catch(() => {});
    return EXIT_UNKNOWN;
  }
  if (!isBug && said !== '') say(said);
  return isBug ? EXIT_BUG : EXIT_USAGE;
};

/** Runs the command; help and the version go out as any result does. */
const perform = async (argv: readonly string[]): Promise<void> => {
  const asks = argv[2] === 'check' || argv[2] === 'audit';
  const foreign = asks ? foreignOption(argv.slice(3)) : null;
  if (foreign !== null) throw new UsageError(foreign);
  let printed = '';
  try {
    await program(argv[2] ?? '', (text) => {
      printed += text;
    }).parseAsync(argv);
  } catch (error) {
    if (!(error instanceof CommanderError) || error.exitCode !== 0) throw error;
    await deliver([printed], null);
  }
};

/**
 * Runs the command line and sets the exit code. The only place where errors are caught: what was typed gives a line (of a
 * list, a line for each mistake) and exit 2, a bug gives its stack and exit 70, and where a monitoring plugin was asked for, both
 * are UNKNOWN.
 */
export const main = async (argv: readonly string[]): Promise<void> => {
  // Who writes is told of a failure by the write itself; without a listener it would end the process too.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  try {
    await perform(argv);
  } catch (error) {
    process.exitCode = await fail(error, argv.slice(2));
  }
};
