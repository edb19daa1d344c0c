import { isDeepStrictEqual } from 'node:util';
import { type Command, Option } from 'commander';
import type { Kind, Written } from './kinds.ts';

/** An option of some command: how it is written, what it means, what stands for it where it is not given. */
export interface Declaration<T> {
  /** Without dashes, as in a config file. A switch that is on by default is turned off with `--no-LONG`. */
  readonly long: string;
  /** One letter. */
  readonly short?: string;
  readonly kind: Kind<T>;
  readonly help: string;
  readonly standard: NoInfer<T>;
  /** The default in the words of the help, where `standard` does not give it; null: none is shown. */
  readonly standardWords?: string | null;
}

/** The declared options of a command, by the names that the program has for their values. */
export type Table = Readonly<Record<string, Declaration<unknown>>>;

/** The type of an option's value. */
export type ValueOf<D> = D extends { readonly kind: Kind<infer T> } ? T : never;

/** The values of all options of a table. */
export type ValuesOf<T extends Table> = { readonly [K in keyof T]: ValueOf<T[K]> };

/** An option that knows what its values are: what is accepted, and what a shell offers. */
export class DeclaredOption extends Option {
  constructor(
    flags: string,
    help: string,
    readonly kind: Kind<unknown>,
  ) {
    super(flags, help);
  }
}

/** An option as commander writes it: `-o, --output <file>`, `--no-map`, `--resume [run]`. */
export const flagsOf = <T>({ long, short, kind, standard }: Declaration<T>): string => {
  const { placeholder, bare } = kind;
  const value = placeholder === null ? '' : bare ? ` [${placeholder}]` : ` <${placeholder}>`;
  return `${short === undefined ? '' : `-${short}, `}--${standard === true ? 'no-' : ''}${long}${value}`;
};

/** The default of an option in words; null where there is nothing to say. */
export const standardWordsOf = <T>({ kind, standard, standardWords }: Declaration<T>): string | null => {
  if (standardWords !== undefined) return standardWords;
  return kind.placeholder === null ? null : (kind.write(standard)[0] ?? null);
};

/** Adds the options of a table to a command, in its order. */
export const addOptions = (command: Command, table: Table): Command => {
  for (const declaration of Object.values(table)) {
    const words = standardWordsOf(declaration);
    const help = words === null ? declaration.help : `${declaration.help} (default ${words})`;
    const option = new DeclaredOption(flagsOf(declaration), help, declaration.kind);
    if (declaration.kind.repeated)
      option.argParser((value: string, before: readonly string[] = []) => [...before, value]);
    command.addOption(option);
  }
  return command;
};

const attributeOf = ({ long }: { readonly long: string }): string =>
  long.replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());

/**
 * The values that were really typed: commander's `--no-` options have a default that must not hide what a config file says.
 * Throws UsageError for the first that cannot be used.
 */
export const typedValues = <T extends Table>(command: Command, table: T): Partial<ValuesOf<T>> => {
  const written = command.opts<Record<string, Written>>();
  const values: Record<string, unknown> = {};
  for (const [name, declaration] of Object.entries(table)) {
    const attribute = attributeOf(declaration);
    const value = written[attribute];
    if (value !== undefined && command.getOptionValueSource(attribute) === 'cli')
      values[name] = declaration.kind.read(`--${declaration.long}`, value);
  }
  return values as Partial<ValuesOf<T>>;
};

/** The values of all options of a table: what was typed, else the defaults. Throws UsageError. */
export const valuesOf = <T extends Table>(command: Command, table: T): ValuesOf<T> => {
  const standard = Object.fromEntries(Object.entries(table).map(([name, one]) => [name, one.standard]));
  return { ...standard, ...typedValues(command, table) } as ValuesOf<T>;
};

/** What somebody types to give an option this value: nothing where it is the default, or one that cannot be typed. */
export const wordsFor = <T>(
  { long, kind, standard: declared }: Declaration<T>,
  value: T,
  standard: T = declared,
): string[] => {
  if (isDeepStrictEqual(value, standard)) return [];
  if (kind.placeholder === null) return [`--${declared === true ? 'no-' : ''}${long}`];
  return kind.write(value).flatMap((word) => [`--${long}`, word]);
};
