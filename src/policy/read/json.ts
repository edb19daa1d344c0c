import { PolicyFault } from './fault.ts';
import { MOST_JSON_BYTES } from './limits.ts';
import { codingOf, piecesOf } from './text.ts';

/** Commas, colons and brackets: as many values as these are parsed at most, so they bound the memory that JSON takes. */
const MOST_MARKS = 2_000_000;
const MARKS = new Set([',', ':', '[', '{'].map((mark) => mark.charCodeAt(0)));

/**
 * Parses JSON of any encoding that PowerShell writes. Throws PolicyFault with the offset where the parser says one, and for
 * text that would take more memory than a policy may.
 */
export const parseJson = (bytes: Uint8Array): unknown => {
  if (bytes.length > MOST_JSON_BYTES)
    throw new PolicyFault(
      `is JSON of ${bytes.length} bytes; ${MOST_JSON_BYTES} are the most`,
      MOST_JSON_BYTES,
    );
  let marks = 0;
  for (const byte of bytes) if (MARKS.has(byte)) marks++;
  if (marks > MOST_MARKS) throw new PolicyFault('is JSON of more values than any policy has', 0);
  const found = codingOf(bytes);
  const coding = found.encoding === 'windows-1252' ? { ...found, encoding: 'utf-8' as const } : found;
  const text = [...piecesOf(bytes, coding)].join('');
  try {
    return JSON.parse(text);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const position = /position (\d+)/.exec(error.message)?.[1];
    const width = coding.encoding.startsWith('utf-16') ? 2 : 1;
    const at = position === undefined ? text.length : Number(position);
    const offset = coding.start + (width === 2 ? at * 2 : Buffer.byteLength(text.slice(0, at)));
    throw new PolicyFault('is not valid JSON', Math.min(bytes.length, offset));
  }
};

/** An object of unknown fields, whose names are compared without regard to case; null for anything else. */
export const fieldsOf = (value: unknown): ReadonlyMap<string, unknown> | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? new Map(Object.entries(value).map(([name, field]) => [name.toLowerCase(), field]))
    : null;

/** The value itself where it is a list, a list of it where it is not, none for null: PowerShell writes lists of one so. */
export const asList = (value: unknown): readonly unknown[] => {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? value : [value];
};

/** Texts and numbers as text, all else as null. */
export const asText = (value: unknown): string | null => {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
};
