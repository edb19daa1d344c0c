import type { ScanOptions } from './options.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a stream can show. */
export interface OutputTraits {
  readonly width: number;
  readonly colour: boolean;
  /** It is read aloud. */
  readonly spoken: boolean;
}

/** What everybody can show, and what is taken where nobody says more. */
const USUAL_WIDTH = 80;

/** The columns of the terminal that somebody looks at: where the text goes, else where the messages go, else as COLUMNS says. */
const widthOf = (streams: readonly NodeJS.WriteStream[], env: Environment): number => {
  const columns = streams.map((stream) => (stream.isTTY ? stream.columns : 0));
  // A terminal that does not know its size says 0.
  return (
    [...columns, Number(env['COLUMNS'])].find((width) => Number.isInteger(width) && width > 0) ?? USUAL_WIDTH
  );
};

/** Whether somebody listens instead of looking. The variable is Ink's, so that one setting serves every program made with it. */
export const isScreenReader = (env: Environment): boolean =>
  env['INK_SCREEN_READER'] === 'true' || env['INK_SCREEN_READER'] === '1';

/** Colour on a terminal unless NO_COLOR (no-color.org), TERM=dumb or --no-color; FORCE_COLOR overrides. */
export const screenOf = (
  stream: NodeJS.WriteStream,
  env: Environment,
  wanted: boolean,
  messages: NodeJS.WriteStream = process.stderr,
): OutputTraits => {
  const forced =
    env['FORCE_COLOR'] !== undefined && env['FORCE_COLOR'] !== '0' && env['FORCE_COLOR'] !== 'false';
  const colour = wanted && !env['NO_COLOR'] && env['TERM'] !== 'dumb' && (forced || stream.isTTY === true);
  return { width: widthOf([stream, messages], env), colour, spoken: isScreenReader(env) };
};

/** Whether the TUI can be shown: a real terminal on both sides, and nobody's automation. */
export const isInteractive = (
  stdin: NodeJS.ReadStream,
  stdout: NodeJS.WriteStream,
  env: Environment,
): boolean => stdin.isTTY === true && stdout.isTTY === true && !env['CI'] && env['TERM'] !== 'dumb';

/** Whether the work is to be shown live: nobody asked for a result in some form, and somebody is there to look. */
export const wantsTui = ({ format, outputs, quiet }: ScanOptions): boolean =>
  format === null &&
  outputs.length === 0 &&
  !quiet &&
  isInteractive(process.stdin, process.stdout, process.env);
