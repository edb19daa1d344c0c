import { readIp } from '../../ip/ip.ts';
import { UsageError } from '../../model/fault.ts';
import { CONTROL_PORT } from '../../responder-protocol/control.ts';
import { whyForbidden } from '../../targets/forbidden.ts';
import { readName } from '../../targets/name.ts';
import { quoted } from '../../text/quoted.ts';
import type { ValuesOf } from './declare.ts';
import { flag, type Kind, orNull, parsed, text } from './kinds.ts';
import { rpcRange } from './scan-kinds.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };
const LEAST_MS = 1000;
const MOST_MS = 24 * 3_600_000;

const durationOf = (written: string): number => {
  const [, digits, unit = ''] = /^(\d{1,6})\s*(s|m|h)$/.exec(written.trim()) ?? [];
  const value = Number(digits) * (UNITS[unit] ?? Number.NaN);
  if (value >= LEAST_MS && value <= MOST_MS) return value;
  throw new UsageError(`--duration ${quoted(written)}: expected a time from 1s to 24h, e.g. 90s, 10m or 1h`);
};

/** A time in milliseconds, written `90s`, `10m` or `1h`. */
const duration: Kind<number> = parsed('time', {
  parse: durationOf,
  write: (ms) => (ms % 60_000 === 0 ? `${ms / 60_000}m` : `${ms / 1000}s`),
  kept: (z) => z.number(),
});

/** A host, by name or address, and a port. */
export interface ControlTo {
  readonly host: string;
  readonly port: number;
}

/** Where a control connection is listened for. `address` null: every address of this machine. */
export interface ControlAt {
  readonly address: string | null;
  readonly port: number;
}

const portOf = (digits: string): number | null => {
  const port = /^\d{1,5}$/.test(digits) ? Number(digits) : 0;
  return port >= 1 && port <= 65_535 ? port : null;
};

/** `HOST`, `HOST:PORT`, `[V6]:PORT` or a bare IPv6 address; null for anything else. */
const hostAndPort = (written: string): ControlTo | null => {
  if (readIp(written)) return { host: written, port: CONTROL_PORT };
  const [, six, name, digits] = /^(?:\[([^\]]+)\]|([\w.-]{1,253}))(?::(\d+))?$/.exec(written) ?? [];
  const host = six ?? name;
  const port = digits === undefined ? CONTROL_PORT : portOf(digits);
  return host === undefined || port === null || (six !== undefined && !readIp(six)) ? null : { host, port };
};

const toOf = (written: string): ControlTo => {
  const to = hostAndPort(written.trim());
  if (to) {
    const read = readIp(to.host) ? null : readName(to.host);
    const why = read === null ? whyForbidden(to.host) : 'why' in read ? read.why : null;
    if (why === null) return to;
    throw new UsageError(`--to ${quoted(written)}: ${why}`);
  }
  throw new UsageError(`--to ${quoted(written)}: expected a host and a port, e.g. expert7:${CONTROL_PORT}`);
};

/** `ADDR:PORT`, `[V6]:PORT` or `:PORT`; null for a text that is none of them, as a target is. Throws UsageError for no such port. */
export const listenAt = (written: string): ControlAt | null => {
  const [, address = '', digits] = /^(.*?):(\d*)$/.exec(readIp(written) ? '' : written) ?? [];
  if (digits !== undefined && portOf(digits) === null) {
    throw new UsageError(
      `--listen ${quoted(written)}: expected a port from 1 to 65535, e.g. ${address}:${CONTROL_PORT}`,
    );
  }
  if (digits !== undefined && address === '') return { address: null, port: Number(digits) };
  const at = hostAndPort(written);
  // A name, or an address alone, is a target that stands behind the option.
  return at === null || !readIp(at.host) || readIp(written) ? null : { address: at.host, port: at.port };
};

/** As it was typed, empty where nothing stands behind the option; null where it was not given. */
const listen: Kind<string | null> = {
  ...orNull(text('addr:port')),
  bare: true,
  read: (_, written) => (written === true ? '' : String(written)),
};

/** What `check` takes beside the options that it has in common with `audit`. */
export const RESPONDER_OPTIONS = {
  responder: {
    long: 'responder',
    kind: orNull(text('code')),
    help: 'ask a responder on the host, with the code that ra-preflight respond printed there',
    standard: null,
  },
  listen: {
    long: 'listen',
    kind: listen,
    help: `take the control connection of the responder, which reports what arrived there (port ${CONTROL_PORT}); for one host`,
    standard: null,
  },
  idle: {
    long: 'idle',
    kind: flag,
    help: 'with --responder: test whether connections survive a minute in which nothing is sent',
    standard: false,
  },
} as const;

/** What was typed behind `check` about a responder. */
export type RawResponder = ValuesOf<typeof RESPONDER_OPTIONS>;

/** Whether anything of that asks for a responder. */
export const asksResponder = ({ responder, listen, idle }: RawResponder): boolean =>
  responder !== null || listen !== null || idle;

/** The options of `respond`. */
export const RESPOND = {
  durationMs: { long: 'duration', kind: duration, help: 'how long, e.g. 90s, 10m or 1h', standard: 600_000 },
  range: {
    long: 'ports',
    kind: rpcRange,
    help: 'open ports of this range only, e.g. 49152-65535',
    standard: null,
    standardWords: '1025-65535',
  },
  to: {
    long: 'to',
    kind: orNull(
      parsed('host:port', {
        parse: toOf,
        write: ({ host, port }) => `${host}:${port}`,
        kept: (z) => z.never(),
      }),
    ),
    help: 'connect to the expert, whose check --listen then knows what arrived here',
    standard: null,
  },
  printPowershell: {
    long: 'print-powershell',
    kind: flag,
    help: 'print a script that does the same on a PC without Node, and end',
    standard: false,
  },
  quiet: { long: 'quiet', short: 'q', kind: flag, help: 'print the line and nothing else', standard: false },
} as const;

/** `respond`, validated. */
export type RespondOptions = ValuesOf<typeof RESPOND>;
