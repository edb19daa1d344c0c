import type * as z from 'zod';
import { escapeUnits } from '../text/escape.ts';

/**
 * Everything that is not plain ASCII: a console of Windows decodes it by its code page, and among it are characters that a
 * terminal, or a reader of lines, takes as a command or as the end of a line. JSON.stringify has escaped the others inside strings.
 */
const UNUSUAL = /[^\n -~]+/g;

/**
 * JSON in ASCII: whatever else a string holds becomes `\uXXXX`, which every parser gives back. With `indent` it is broken into
 * lines, each but the first moved in by `by` more blanks.
 */
export const jsonText = (value: unknown, indent = 0, by = 0): string => {
  const text = JSON.stringify(value, null, indent);
  // JSON.stringify has escaped every line feed inside a string: those that are left are its own.
  const safe = text.replaceAll(UNUSUAL, escapeUnits);
  return by === 0 ? safe : safe.split('\n').join(`\n${' '.repeat(by)}`);
};

/** `value` as it came, when it keeps the contract. Throws with the path of the field when not: that is a bug of ours. */
export const checked = <T>(schema: z.ZodType, value: T, at: string): T => {
  if (schema.validate(value)) return value;
  const result = schema.safeParse(value);
  const [issue] = result.error?.issues ?? [];
  throw new Error(
    `the report breaks its schema at ${[at, ...(issue?.path ?? [])].join('.')}: ${issue?.message}`,
  );
};
