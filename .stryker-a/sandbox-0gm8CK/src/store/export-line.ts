import { UsageError } from '../model/fault.ts';
import { jsonLine } from '../text/escape.ts';

/** The first line of an export names this. Adding fields is free; changing or removing needs `@2`. */
export const HISTORY_SCHEMA = 'ra-preflight/history@1';

/** Longest line of an export, in UTF-16 units: a host with 65,535 ports has 10 MiB. */
export const MOST_LINE = 16 * 1024 * 1024;

/** One value as one line of ASCII-safe JSON, with its line end. */
export const lineOf = (value: unknown): string => `${jsonLine(value)}\n`;

/** What is wrong with a line; `number` counts from 1. */
export const lineFault = (number: number, what: string): UsageError =>
  new UsageError(`line ${number} of the import: ${what}`);
