import { constants } from 'node:fs';
import { access, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { failureWords, messageOf } from '../text/error-message.ts';
import { loadConfig, standardConfigPath } from './config.ts';
import { standardHistoryPath } from './history-file.ts';
import { isScreenReader } from './terminal.ts';

/** What is there, or what is missing and how to get it. The first line says what was found, a second one what to do. */
export interface MachineFinding {
  readonly name: string;
  readonly ok: boolean;
  readonly lines: readonly string[];
}

/** Columns and rows below which the live screen only asks for more. */
const LEAST = { columns: 40, rows: 12 } as const;
/** Sockets that an audit has open at most by default (`--concurrency`), and some for all else. */
const ENOUGH_FILES = 2048 + 64;
/** With fewer, a port is used again before the far end has forgotten the connection before. */
const ENOUGH_PORTS = 8192;

/** What a terminal is, as its stream and the environment say. */
export const terminalFinding = (
  stream: Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'rows'>,
  env: Readonly<Record<string, string | undefined>>,
): MachineFinding => {
  const name = 'terminal';
  if (!stream.isTTY) return { name, ok: true, lines: ['none: results come as text, without a live screen'] };
  if (isScreenReader(env))
    return { name, ok: true, lines: ['read aloud (INK_SCREEN_READER): lines instead of a live screen'] };
  const { columns, rows } = stream;
  const size = `${columns} by ${rows}`;
  if (env['TERM'] === 'dumb')
    return {
      name,
      ok: true,
      lines: [
        `${size}, TERM=dumb: no colours, no live screen`,
        'set TERM to what it is, e.g. xterm-256color',
      ],
    };
  if (columns < LEAST.columns || rows < LEAST.rows)
    return {
      name,
      ok: false,
      lines: [
        `${size}: too small for the live screen`,
        `make it ${LEAST.columns} by ${LEAST.rows} or larger, or set INK_SCREEN_READER=true for lines`,
      ],
    };
  return { name, ok: true, lines: [`${size}${env['NO_COLOR'] ? ', without colours (NO_COLOR)' : ''}`] };
};

/** Open files that this process may have, by the text of /proc/self/limits; null where it does not say. */
export const filesFinding = (limits: string): MachineFinding | null => {
  const found = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1];
  if (found === undefined) return null;
  const most = found === 'unlimited' ? Number.POSITIVE_INFINITY : Number(found);
  const name = 'open files';
  return most >= ENOUGH_FILES
    ? { name, ok: true, lines: [`${found}, enough for every audit`] }
    : {
        name,
        ok: false,
        lines: [
          `${found}: audits stay within them, and are slower`,
          `ulimit -n ${ENOUGH_FILES} before it starts`,
        ],
      };
};

/** Local ports for connections, by the text of ip_local_port_range; null where it does not say. */
export const portsFinding = (range: string): MachineFinding | null => {
  const [, first, last] = /^(\d+)\s+(\d+)\s*$/.exec(range) ?? [];
  if (first === undefined || last === undefined) return null;
  const count = Number(last) - Number(first) + 1;
  const name = 'local ports';
  const text = `${count} for connections from here (${first}-${last})`;
  return count >= ENOUGH_PORTS
    ? { name, ok: true, lines: [text] }
    : {
        name,
        ok: false,
        lines: [
          `${text}: audits wait for them`,
          'sudo sysctl net.ipv4.ip_local_port_range="32768 60999" restores the usual range',
        ],
      };
};

/** A clock that stands before the program was installed is wrong, and so are the times of every run. */
export const clockFinding = (now: number, installed: number): MachineFinding => {
  const name = 'clock';
  const text = `${new Date(now).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  // Archives keep times of other time zones and machines.
  const day = 86_400_000;
  return now >= installed - day
    ? { name, ok: true, lines: [text] }
    : {
        name,
        ok: false,
        lines: [`${text} is before this program was installed`, 'set the clock: runs are kept by their time'],
      };
};

const configFinding = async (): Promise<MachineFinding> => {
  const name = 'configuration';
  try {
    const { path } = await loadConfig();
    return path === null
      ? { name, ok: true, lines: [`none at ${standardConfigPath()}`, 'ra-preflight config init writes one'] }
      : { name, ok: true, lines: [`read, without mistakes: ${path}`] };
  } catch (error) {
    return { name, ok: false, lines: [messageOf(error), 'ra-preflight config check lists every mistake'] };
  }
};

/** The folder of the history, or the first above it that is there, since an audit makes those below. */
const folderFinding = async (): Promise<MachineFinding> => {
  const name = 'data folder';
  const folder = dirname(standardHistoryPath());
  for (let at = folder; ; at = dirname(at)) {
    const failure = await access(at, constants.W_OK | constants.X_OK).then(
      () => null,
      (error: NodeJS.ErrnoException) => error,
    );
    if (failure === null)
      return {
        name,
        ok: true,
        lines: [at === folder ? `can be written: ${at}` : `is created when needed: ${folder}`],
      };
    if (failure.code !== 'ENOENT' || at === dirname(at))
      return {
        name,
        ok: false,
        lines: [
          `${at} cannot be written: ${failureWords(failure)}`,
          'name another file for audits with --db, or give this user write permission to the folder',
        ],
      };
  }
};

const read = (path: string): Promise<string> => readFile(path, 'utf8').catch(() => '');

/** What this machine offers beside engines: terminal, limits, files, clock. Looks only, and makes nothing. */
export const examineMachine = async (platform: NodeJS.Platform): Promise<MachineFinding[]> => {
  const [limits, range, program] = await Promise.all([
    platform === 'linux' ? read('/proc/self/limits') : '',
    platform === 'linux' ? read('/proc/sys/net/ipv4/ip_local_port_range') : '',
    stat(import.meta.filename).catch(() => null),
  ]);
  const found = [
    terminalFinding(process.stdout, process.env),
    filesFinding(limits),
    portsFinding(range),
    await configFinding(),
    await folderFinding(),
    program && clockFinding(Date.now(), program.mtimeMs),
  ];
  return found.filter((one) => one !== null);
};
