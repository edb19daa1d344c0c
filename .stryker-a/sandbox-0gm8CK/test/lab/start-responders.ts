import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXPERT } from './layout.ts';
import type { Namespaces } from './namespaces.ts';
import type { Row } from './row.ts';

const BINARY = join(import.meta.dirname, '../../bin/ra-preflight.js');
/** How long one may take until it has printed its line, milliseconds. */
const START_MS = 15_000;

/** Rows that say the same of their responder share one. */
export const responderKey = ({ ports = '', dials = 0 }: NonNullable<Row['responder']>): string =>
  `${ports} ${dials}`;

/** Starts one responder on its host and gives its code. It ends with the lab. */
const start = async (
  spaces: Namespaces,
  { ports, dials }: NonNullable<Row['responder']>,
  number: number,
): Promise<string> => {
  const options = [
    ...['--duration', '2h'],
    ...(ports === undefined ? [] : ['--ports', ports]),
    ...(dials === undefined ? [] : ['--to', `${EXPERT[4]}:${dials}`]),
  ];
  const logFile = join(spaces.folder, `responder-${number}.log`);
  const log = openSync(logFile, 'w');
  const child = spaces.start('responder', [process.execPath, BINARY, 'respond', ...options], log);
  closeSync(log);
  const deadline = Date.now() + START_MS;
  for (;;) {
    const said = await readFile(logFile, 'utf8');
    const code = /--responder ([\w-]+) .*\n/.exec(said)?.[1];
    if (code !== undefined) return code;
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`respond: ${said}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

/** Starts the responders of the rows, one after the other: they draw ports, and what one has another must do without. */
export const startResponders = async (
  spaces: Namespaces,
  rows: readonly Row[],
): Promise<ReadonlyMap<string, string>> => {
  const codes = new Map<string, string>();
  for (const { responder } of rows) {
    if (!responder || codes.has(responderKey(responder))) continue;
    codes.set(responderKey(responder), await start(spaces, responder, codes.size));
  }
  return codes;
};
