import { Argument, Command } from 'commander';
import { SCRIPTS } from './completion/scripts.ts';
import { deliver } from './deliver.ts';

/** `ra-preflight completion SHELL`: prints the script that completes command lines there. */
export const completionCommand = (): Command =>
  new Command('completion')
    .summary('print the script that completes command lines in a shell')
    .description('Prints the script for a shell; its first line says where it goes.')
    .addArgument(new Argument('<shell>', 'where commands are typed').choices(Object.keys(SCRIPTS)))
    .action(async (shell: keyof typeof SCRIPTS) => deliver([SCRIPTS[shell]], null));
