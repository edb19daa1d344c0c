import { readIp } from '../ip/ip.ts';
import { UsageError } from '../model/fault.ts';
import { shown } from '../model/shown.ts';
import type { PortRange } from '../model/target.ts';
import { CONTROL_PORT } from '../proof/control.ts';
import { parsePortRange } from '../targets/ports.ts';

/** What was typed behind `respond`. */
export interface RawRespond {
  readonly duration?: string;
  readonly ports?: string;
  readonly to?: string;
  readonly quiet?: boolean;
  readonly printPowershell?: boolean;
}

/** Where a control connection is listened for or dialled to. `address` null: every address of this machine. */
export interface ControlAt {
  readonly address: string | null;
  readonly port: number;
}

/** `respond`, validated. */
export interface RespondOptions {
  readonly durationMs: number;
  readonly range: PortRange | null;
  /** A name or address, and a port. */
  readonly to: { readonly host: string; readonly port: number } | null;
  readonly quiet: boolean;
}

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };
const LEAST_MS = 5000;
const MOST_MS = 24 * 3_600_000;

const durationOf = (text: string): number => {
  const [, digits, unit = ''] = /^(\d{1,6})\s*(s|m|h)$/.exec(text.trim()) ?? [];
  const value = Number(digits) * (UNITS[unit] ?? Number.NaN);
  if (value >= LEAST_MS && value <= MOST_MS) return value;
  throw new UsageError(`--duration ${shown(text)}: expected a time from 5s to 24h, e.g. 90s, 10m or 1h`);
};

const portOf = (text: string): number | null => {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return port >= 1 && port <= 65_535 ? port : null;
};

/** `HOST`, `HOST:PORT`, `[V6]:PORT` or a bare IPv6 address; null for anything else. */
const hostAndPort = (text: string): { readonly host: string; readonly port: number } | null => {
  if (readIp(text)) return { host: text, port: CONTROL_PORT };
  const [, six, name, digits] = /^(?:\[([^\]]+)\]|([\w.-]{1,253}))(?::(\d+))?$/.exec(text) ?? [];
  const host = six ?? name;
  const port = digits === undefined ? CONTROL_PORT : portOf(digits);
  return host === undefined || port === null || (six !== undefined && !readIp(six)) ? null : { host, port };
};

/** Validates the options of `respond`; throws UsageError. */
export const respondOptions = (raw: RawRespond): RespondOptions => {
  const to = raw.to === undefined ? null : hostAndPort(raw.to.trim());
  if (raw.to !== undefined && to === null)
    throw new UsageError(`--to ${shown(raw.to)}: expected a host and a port, e.g. expert7:${CONTROL_PORT}`);
  return {
    durationMs: durationOf(raw.duration ?? '10m'),
    range: raw.ports === undefined ? null : parsePortRange(raw.ports),
    to,
    quiet: raw.quiet ?? false,
  };
};

/** `ADDR:PORT`, `[V6]:PORT`, `:PORT` or an address alone; null for a text that is none of them, as a target is. */
export const listenAt = (text: string): ControlAt | null => {
  const only = portOf(text.replace(/^:/, ''));
  if (only !== null && /^:?\d+$/.test(text)) return { address: null, port: only };
  const at = hostAndPort(text);
  // A name, or an address alone, is a target that stands behind the option.
  return at === null || !readIp(at.host) || readIp(text) ? null : { address: at.host, port: at.port };
};
