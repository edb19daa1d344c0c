import type { ScanOptions } from './options.ts';

/** How long a finished TUI stays when nobody presses a key, milliseconds. */
export const TUI_CLOSES_AFTER_MS = 10_000;

type Environment = Readonly<Record<string, string | undefined>>;

/** What a stream can show. */
export interface Screen {
  readonly width: number;
  readonly colour: boolean;
}

/** Narrow enough to read, wide enough for a table; for files and pipes, where nobody told us. */
const WIDTH_WITHOUT_TERMINAL = 100;

/** Colour on a terminal unless NO_COLOR (no-color.org), TERM=dumb or --no-color; FORCE_COLOR overrides. */
export const screenOf = (stream: NodeJS.WriteStream, env: Environment, wanted: boolean): Screen => {
  const forced =
    env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0' && env['FORCE_COLOR'] !== 'false';
  const colour = wanted && !env['NO_COLOR'] && env['TERM'] !== 'dumb' && (forced || stream.isTTY === true);
  return { width: stream.isTTY ? stream.columns : WIDTH_WITHOUT_TERMINAL, colour };
};

/** Whether the TUI can be shown: a real terminal on both sides, and nobody's automation. */
const isInteractive = (stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream, env: Environment): boolean =>
  stdin.isTTY === true && stdout.isTTY === true && !env['CI'] && env['TERM'] !== 'dumb';

/** Whether the work is to be shown live: nobody asked for a result in some form, and somebody is there to look. */
export const wantsTui = ({ format, output, quiet }: ScanOptions): boolean =>
  format === null && output === null && !quiet && isInteractive(process.stdin, process.stdout, process.env);
