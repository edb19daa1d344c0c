import { CommanderError } from 'commander';
import { UsageError } from '../model/fault.ts';
import { unknownLine } from '../output/nagios.ts';
import { StoreError } from '../store/store-error.ts';
import { quoted } from '../text/quoted.ts';
import { answerShell } from './completion/answer.ts';
import { COMPLETE } from './completion/complete.ts';
import { deliver } from './deliver.ts';
import { foreignOption, meantCommand } from './foreign-options.ts';
import { log } from './log.ts';
import { program } from './program.ts';
import { wantsNagios } from './wants-nagios.ts';

/** EX_SOFTWARE of sysexits.h: a bug of ours must not look like a verdict (0, 1, 3) or like a wrong option (2). */
const EXIT_BUG = 70;
const EXIT_USAGE = 2;
/** A monitoring plugin that could not do its work (Nagios plugin API). */
const EXIT_UNKNOWN = 3;

/** Commands beyond which it says nothing that they have an option. */
const MOST_COMMANDS = 2;

/** `it is an option of audit`, where other commands have an option that the typed one does not know; null where none, or many have it. */
const otherCommands = (line: string): string | null => {
  const [, option] = /^unknown option '(--[\w-]+)/.exec(line) ?? [];
  if (option === undefined) return null;
  const having = program('', () => {}).commands.filter(({ options }) =>
    options.some(({ long }) => long === option),
  );
  if (having.length === 0 || having.length > MOST_COMMANDS) return null;
  return `unknown option '${option}'; it is an option of ${having.map((command) => command.name()).join(' and ')}`;
};

/** What is printed about a command line in error: one line without commander's own prefix, or a line for each mistake. */
const complaintOf = (error: Error, [typed = '', about = '']: readonly string[]): string => {
  if (!(error instanceof CommanderError)) return error.message;
  const line = error.message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ');
  if (line === '(outputHelp)')
    return typed === 'help' && about !== '' ? `unknown command ${quoted(about)}` : '';
  if (error.code === 'commander.unknownOption') return otherCommands(line) ?? line;
  const meant =
    error.code === 'commander.unknownCommand' && line === `unknown command '${typed}'`
      ? meantCommand(typed)
      : null;
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
  if (!isBug && said !== '') log(said);
  return isBug ? EXIT_BUG : EXIT_USAGE;
};

/** Runs the command; help and the version go out as any result does. */
const perform = async (argv: readonly string[]): Promise<void> => {
  if (argv[2] === COMPLETE) return deliver(answerShell(argv.slice(3)), null);
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
  // A writer learns of a failure from the write itself; without a listener it would end the process too.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  try {
    await perform(argv);
  } catch (error) {
    process.exitCode = await fail(error, argv.slice(2));
  }
};
