import type { FormatName } from '../../output/formats.ts';
import { file, type Kind, oneOf, orNull } from './kinds.ts';
import { SCAN } from './scan.ts';

// Options of the commands that read the history or the schedules.

/** History file; null for the platform's. */
export const DB = { ...SCAN.db, help: 'history file (default in the data folder of the platform)' } as const;

/** The config file of the schedules; null for the platform's. */
export const SCHEDULES = {
  ...SCAN.config,
  help: 'the file with the [[schedule]] tables (default that of the platform)',
} as const;

/** Where the only result of a command goes. */
export const OUTPUT = {
  long: 'output',
  short: 'o',
  kind: orNull(file),
  help: 'write there instead of to standard output',
  standard: null,
} as const;

/** How a result is written, where there is a file to write it to. `format` null: the ending of the file says it. */
export const written = <const T extends FormatName>(formats: readonly T[]) =>
  ({
    db: DB,
    format: {
      long: 'format',
      kind: orNull<T>(oneOf(formats)) as Kind<T | null>,
      help: `${formats.join(', ')} (default by the ending of -o FILE, else table)`,
      standard: null,
    },
    output: OUTPUT,
    colour: SCAN.colour,
  }) as const;

/** A table for people, or JSON for programs. */
export const TABLE_OR_JSON = {
  format: {
    long: 'format',
    kind: oneOf(['table', 'json']),
    help: 'table or json',
    standard: 'table',
  },
} as const;
