import { Command } from 'commander';
import { auditCommand } from './audit-command.ts';
import { checkCommand } from './check-command.ts';
import { completionCommand } from './completion-command.ts';
import { configCommand } from './config-commands.ts';
import { doctorCommand } from './doctor-command.ts';
import { explainCommand } from './explain-command.ts';
import { fleetCommand } from './fleet-command.ts';
import { diffCommand, historyCommand, reportCommand } from './history-commands.ts';
import { mergeCommand } from './merge-command.ts';
import { policyCommand } from './policy-command.ts';
import { respondCommand } from './respond-command.ts';
import { scheduleCommand } from './schedule-commands.ts';
import { serveCommand } from './serve-command.ts';
import { screenOf } from './terminal.ts';
import { version } from './version.ts';
import { workerCommand } from './worker-command.ts';

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
  ['config', configCommand],
  ['respond', respondCommand],
  ['doctor', doctorCommand],
  ['explain', explainCommand],
  ['policy', policyCommand],
  ['completion', completionCommand],
]);

/** Commands that are added do not inherit how errors end. */
const adopt = (parent: Command, command: Command): void => {
  command.copyInheritedSettings(parent);
  for (const child of command.commands) child.copyInheritedSettings(command);
  parent.addCommand(command);
};

/** The program with the command that was typed; where that is none of them, with all, for the help and for suggestions. */
export const program = (typed: string, print: (text: string) => void): Command => {
  const main = new Command('ra-preflight')
    .description(
      'Before an offer of Windows Remote Assistance: does the network let it through, which filter blocks it, where that filter sits, how certain that is, and what to change.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    // Else `history` would take the --db that stands behind `history prune`.
    .enablePositionalOptions()
    .exitOverride()
    // In 40 columns the explanations have about ten, and are wrapped all the same.
    .configureHelp({ minWidthToWrap: 10 })
    .configureOutput({
      writeOut: print,
      outputError: () => {},
      // As wide as results are, so that a pipe and a narrow terminal have lines that fit.
      getOutHelpWidth: () => screenOf(process.stdout, process.env, false).width,
    });
  const make = COMMANDS.get(typed);
  for (const one of make ? [make] : COMMANDS.values()) adopt(main, one());
  return main;
};
