import { UsageError } from '../model/fault.ts';

/** The first line of an export names this. Adding fields is free; changing or removing needs `@2`. */
export const HISTORY_SCHEMA = 'ra-preflight/history@1';

/** Longest line of an export, in UTF-16 units: a host with 65,535 ports has 10 MiB. */
export const MOST_LINE = 16 * 1024 * 1024;

/** What JSON leaves as it is and a terminal, or a reader of lines, takes as a command or as the end of a line. */
const RAW = /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/gu;

/** One value as one line of ASCII-safe JSON, with its line end. */
export const lineOf = (value: unknown): string => {
  const text = JSON.stringify(value).replaceAll(RAW, (char) =>
    [...Array(char.length).keys()]
      .map((at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, '0')}`)
      .join(''),
  );
  return `${text}\n`;
};

/** What is wrong with a line; `number` counts from 1. */
export const lineFault = (number: number, what: string): UsageError =>
  new UsageError(`line ${number} of the import: ${what}`);
