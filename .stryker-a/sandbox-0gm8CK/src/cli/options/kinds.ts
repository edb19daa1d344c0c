import type * as zod from 'zod';
import { UsageError } from '../../model/fault.ts';
import { quoted } from '../../text/quoted.ts';
import { didYouMean } from '../did-you-mean.ts';

// What the values of options are. zod comes as an argument: only who reads a config file or a stored plan loads it.

type Zod = typeof zod;

/** A value as it was typed, or as TOML holds it. */
export type Written = string | number | boolean | readonly string[];

/** What a shell offers behind an option: some words, names of files or of folders, or nothing. */
export type Completion = readonly string[] | 'files' | 'folders' | null;

/** What the values of an option are: how each is written, read, stored and completed. */
export interface Kind<T> {
  /** The word for a value in the help; null for a switch, which takes none. */
  readonly placeholder: string | null;
  /** The option may stand without a value. */
  readonly bare?: true;
  /** The option may be repeated, and each value is added to those before. */
  readonly repeated?: true;
  readonly completion: Completion;
  /** The value of what was typed, or of what `toml` let pass. Throws UsageError that begins with `option`. */
  readonly read: (option: string, written: Written) => T;
  /** A value as words behind its option: `['32']`; none for null. */
  write(value: T): readonly string[];
  /** What a config file may hold; its limits are those of `read`. */
  readonly toml: (z: Zod) => zod.ZodType<Written>;
  /** What a stored plan may hold, limits included: it may come from somebody else. */
  readonly kept: (z: Zod) => zod.ZodType<T>;
}

/** Least and most of a number, both allowed. */
export type Bounds = readonly [least: number, most: number];

const numberInToml = (z: Zod) => z.number({ error: 'expected a number without quotes' });
const textInToml = (z: Zod) => z.string({ error: 'expected text in quotes' });
const wordInToml = (z: Zod) =>
  z.union([textInToml(z), z.number()], { error: 'expected text in quotes or a number' });

/** A whole number within bounds. */
export const whole = ([least, most]: Bounds, placeholder = 'n'): Kind<number> => ({
  placeholder,
  completion: null,
  read: (option, written) => {
    const digits = typeof written === 'string' && /^\d{1,16}$/.test(written.trim());
    const value = digits ? Number(written) : written;
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    throw new UsageError(
      `${option} ${quoted(String(written))}: expected a whole number from ${least} to ${most}`,
    );
  },
  write: (value) => [String(value)],
  toml: numberInToml,
  kept: (z) => z.number().min(least).max(most).refine(Number.isInteger, 'no whole number'),
});

/** A time in milliseconds, written `500ms`, `3s` or as a bare number of milliseconds. */
export const time = ([least, most]: Bounds): Kind<number> => ({
  placeholder: 'time',
  completion: null,
  read: (option, written) => {
    const [, digits = Number.NaN, unit] =
      typeof written === 'number'
        ? ['', written]
        : (/^(\d{1,16}(?:\.\d{1,3})?)\s*(ms|s|)$/.exec(String(written).trim()) ?? []);
    const value = Number(digits) * (unit === 's' ? 1000 : 1);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new UsageError(
      `${option} ${quoted(String(written))}: expected a time from ${least}ms to ${most / 1000}s, e.g. 500ms or 3s (a bare number is milliseconds)`,
    );
  },
  write: (value) => [`${value}ms`],
  toml: wordInToml,
  kept: whole([least, most]).kept,
});

/** One of a few words. */
export const oneOf = <const T extends string>(words: readonly T[], placeholder = 'name'): Kind<T> => ({
  placeholder,
  completion: words,
  read: (option, written) => {
    const word = words.find((candidate) => candidate === written);
    if (word !== undefined) return word;
    throw new UsageError(
      `${option} ${quoted(String(written))}: expected one of ${words.join(', ')}${didYouMean(String(written), words)}`,
    );
  },
  write: (value) => [value],
  toml: textInToml,
  kept: (z) => z.enum(words),
});

/** A text that is taken as it is. */
export const text = (placeholder: string, completion: Completion = null): Kind<string> => ({
  placeholder,
  completion,
  read: (_, written) => String(written),
  write: (value) => [value],
  toml: textInToml,
  kept: (z) => z.string(),
});

/** The name of a file. */
export const file: Kind<string> = text('file', 'files');

/** Something that is read from text, by a function that throws UsageError and says what it expected. */
export const parsed = <T>(
  placeholder: string,
  {
    parse,
    write,
    kept,
  }: { readonly parse: (text: string) => T; write(value: T): string } & Pick<Kind<T>, 'kept'>,
): Kind<T> => ({
  placeholder,
  completion: null,
  read: (_, written) => parse(String(written)),
  write: (value) => [write(value)],
  toml: wordInToml,
  kept,
});

/** Texts, each behind an option of its own. `toml`: what a config file may hold instead. */
export const texts = (
  placeholder: string,
  completion: Completion,
  toml: (z: Zod) => zod.ZodType<Written> = (z) => z.array(textInToml(z)),
): Kind<readonly string[]> => ({
  placeholder,
  repeated: true,
  completion,
  read: (_, written) => (Array.isArray(written) ? written : [String(written)]),
  write: (values) => values,
  toml,
  kept: (z) => z.array(z.string()),
});

/** Hosts, blocks and ranges. */
export const specs: Kind<readonly string[]> = texts('spec', null, (z) =>
  z.array(textInToml(z), {
    error: 'expected a list of addresses or CIDR blocks, e.g. ["10.1.0.0/16"]',
  }),
);

/** Names of files: in a config file one may stand alone, as on a command line. */
export const files: Kind<readonly string[]> = texts('file', 'files', (z) =>
  z.union([textInToml(z), z.array(textInToml(z))], {
    error: 'expected the name of a file or a list of them, e.g. ["fragile.txt"]',
  }),
);

/** On or off, without a value. */
export const flag: Kind<boolean> = {
  placeholder: null,
  completion: null,
  read: (_, written) => written === true,
  write: () => [],
  toml: (z) => z.boolean({ error: 'expected true or false' }),
  kept: (z) => z.boolean(),
};

/** A value, or null where none was given. */
export const orNull = <T>(kind: Kind<T>): Kind<T | null> => ({
  ...kind,
  write: (value) => (value === null ? [] : kind.write(value)),
  kept: (z) => kind.kept(z).nullable(),
});
