import type { Command } from 'commander';
import type { FormatName } from '../output/formats.ts';
import { formatOfFile } from './endings.ts';
import { oneOf } from './options.ts';
import { screenOf } from './terminal.ts';

/** What the commands that report without probing have in common. */
export interface CommonFlags {
  readonly db?: string;
  readonly format?: string;
  readonly output?: string;
  readonly color?: boolean;
  readonly verbose?: boolean;
}

/** Adds the options that commands which report without probing have in common. */
export const withCommon = (command: Command, words: readonly string[]): Command =>
  command
    .option('--db <file>', 'history file (default in the data folder of the platform)')
    .option('--format <name>', `${words.join(', ')} (default by the ending of -o FILE, else table)`)
    .option('-o, --output <file>', 'write the result there instead of to standard output')
    .option('--no-color', 'no colours (NO_COLOR is honoured too)');

/** The format that was asked for: by name, else by the ending of the file that is to be written, else a table. */
export const formatFor = <T extends FormatName>({ format, output }: CommonFlags, words: readonly T[]): T => {
  if (format !== undefined) return oneOf('--format', format, words);
  const ending = output === undefined ? null : formatOfFile(output);
  return words.find((word) => word === ending) ?? oneOf('--format', 'table', words);
};

/** How wide a result may be and whether in colour, where it goes. */
export const screenFor = ({ color, output, verbose }: CommonFlags) => ({
  ...screenOf(process.stdout, process.env, (color ?? true) && output === undefined),
  verbose: verbose ?? false,
});
