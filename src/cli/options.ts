import { readVantages } from '../fleet/names.ts';
import { UsageError } from '../model/fault.ts';
import type { Generation } from '../model/plan.ts';
import { shown } from '../model/shown.ts';
import { DYNAMIC_PORTS, type PortRange, portCount } from '../model/target.ts';
import { type FormatName, formatNames } from '../output/formats.ts';
import { parsePortRange } from '../targets/ports.ts';
import type { Scope } from '../targets/scope.ts';
import { formatOfFile } from './endings.ts';

export const NOVICES = ['auto', 'xp-2003', 'vista-or-later'] as const satisfies readonly (
  | Generation
  | 'auto'
)[];
export const ENGINES = ['auto', 'node', 'linux', 'syn', 'windows'] as const;
/** What hosts are that are clear so far, to whom reads exit codes and nagios states: ready, or in doubt. */
export const UNDETERMINED = ['ok', 'warn'] as const;

/** Options as text, from the command line or the config file; what is absent there is absent here. */
export interface RawOptions {
  readonly novice?: string;
  readonly rpcPorts?: string;
  readonly sample?: string;
  readonly seed?: string;
  readonly timeout?: string;
  readonly retries?: string;
  readonly concurrency?: string;
  readonly perHost?: string;
  readonly rate?: string;
  readonly engine?: string;
  readonly format?: string;
  readonly output?: string;
  readonly map?: boolean;
  readonly locate?: boolean;
  readonly ping?: boolean;
  readonly ipv4?: boolean;
  readonly ipv6?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly color?: boolean;
  readonly subnetRate?: string;
  readonly exclude?: readonly string[];
  readonly excludeFile?: readonly string[];
  readonly csvColumn?: string;
  readonly db?: string;
  readonly yes?: boolean;
  readonly skipBad?: boolean;
  readonly undetermined?: string;
  readonly shard?: string;
  readonly fleet?: boolean;
  readonly redis?: string;
  readonly vantage?: string;
  readonly fleetKeyFile?: string;
}

/** Everything that `check` and `audit` need to know, validated. Times in milliseconds, rates per second. */
export interface ScanOptions {
  readonly novice: (typeof NOVICES)[number];
  readonly rpcRange: PortRange | null;
  readonly sample: number;
  readonly seed: number | null;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly concurrency: number;
  readonly perHost: number;
  readonly rate: number;
  readonly perHostRate: number;
  readonly perSubnetRate: number;
  readonly hostsAtOnce: number;
  readonly bulk: boolean;
  readonly engine: (typeof ENGINES)[number];
  readonly families: { readonly v4: boolean; readonly v6: boolean };
  readonly ping: boolean;
  readonly map: boolean;
  readonly locate: boolean;
  /** Null: whatever suits the terminal. */
  readonly format: FormatName | null;
  readonly output: string | null;
  readonly quiet: boolean;
  readonly verbose: boolean;
  readonly colour: boolean;
  /** `ok`: hosts that are clear so far count as ready for the exit code and the nagios state. */
  readonly undetermined: (typeof UNDETERMINED)[number];
  readonly scope: Scope;
  readonly excludes: readonly string[];
  readonly excludeFiles: readonly string[];
  readonly csvColumn: string | null;
  /** Entries that are wrong are left out and said, instead of refused. */
  readonly skipBad: boolean;
  /** History file, null for the platform's. */
  readonly db: string | null;
  readonly yes: boolean;
  /** Only this share of the targets; null for all of them. */
  readonly shard: ShardChoice | null;
  /** The workers of a fleet probe instead of this machine; null for this machine. */
  readonly fleet: FleetChoice | null;
}

/** Which fleet, and from where. */
export interface FleetChoice {
  /** URL of its store. */
  readonly redis: string;
  /** Null for all that have a worker. */
  readonly vantages: readonly string[] | null;
  readonly keyFile: string | null;
}

/** One of `of` shares of the targets, counted from 1. */
export interface ShardChoice {
  readonly number: number;
  readonly of: number;
}

/** Shards that one audit may be cut into: a merge holds all their parts open. */
export const MOST_SHARDS = 1000;

/** The fleet that the options name, or null. Throws UsageError for options of a fleet without one. */
const fleetOf = ({ fleet, redis, vantage, fleetKeyFile, shard }: RawOptions): FleetChoice | null => {
  if (fleet !== true) {
    const given = Object.entries({ redis, vantage, 'fleet-key-file': fleetKeyFile });
    const stray = given.find(([, value]) => value !== undefined);
    if (stray) throw new UsageError(`--${stray[0]}: is for --fleet`);
    return null;
  }
  if (shard !== undefined) throw new UsageError('--fleet: cuts the targets by itself; leave --shard out');
  if (redis === undefined)
    throw new UsageError('--fleet: needs a store, --redis URL or RA_PREFLIGHT_REDIS in the environment');
  const vantages = vantage === undefined ? null : readVantages(vantage);
  return { redis, vantages, keyFile: fleetKeyFile ?? null };
};

/** Reads `2/5`; throws UsageError that says how shards are numbered. */
const parseShard = (text: string): ShardChoice => {
  const [, number = 0, of = 0] = (/^(\d{1,4})\/(\d{1,4})$/.exec(text.trim()) ?? []).map(Number);
  if (number >= 1 && number <= of && of <= MOST_SHARDS) return { number, of };
  throw new UsageError(
    `--shard ${shown(text)}: expected NUMBER/COUNT with numbers from 1 on, e.g. 1/5 to 5/5, at most ${MOST_SHARDS} shards`,
  );
};

/** What differs between a check of a few hosts and an audit of many. */
interface Manner {
  readonly bulk: boolean;
  /** Probes in flight, unless --concurrency says: `least`, or as many as --rate, up to `most`. */
  readonly concurrency: { readonly least: number; readonly most: number };
  readonly hostsAtOnce: number;
  /** Share of the whole rate that the hosts of one subnet may get together. */
  readonly subnetShare: number;
}

export const CHECK: Manner = {
  bulk: false,
  concurrency: { least: 512, most: 512 },
  hostsAtOnce: 64,
  subnetShare: 1,
};
/**
 * Nine packets to a dead host keep seven probes in flight for a second: with fewer in flight than the rate, silence would decide how
 * long an audit takes. Of the hosts there are as many at once as the rate is enough for.
 */
export const AUDIT: Manner = {
  bulk: true,
  concurrency: { least: 2048, most: 16_384 },
  hostsAtOnce: 16_384,
  subnetShare: 0.5,
};

/** Probes in flight at the same time where --concurrency does not say. */
export const usualConcurrency = ({ concurrency: { least, most } }: Manner, rate: number): number =>
  Math.min(most, Math.max(least, rate));

/**
 * Share of the whole rate that one host may get. At the default rate that is 150 packets a second after a burst of 40, below the
 * 200 resets a second to which BSD, macOS and many appliances limit themselves (net.inet.icmp.icmplim).
 */
const PER_HOST_SHARE = 0.15;

/** Least and most of each number, as typed and as a stored plan may have it. Times in milliseconds, rates per second. */
export const BOUNDS = {
  rate: [1, 1_000_000],
  concurrency: [1, 65_535],
  sample: [1, portCount(DYNAMIC_PORTS)],
  seed: [0, 2 ** 32 - 1],
  timeoutMs: [50, 60_000],
  retries: [0, 10],
} as const satisfies Readonly<Record<string, readonly [number, number]>>;

/** A whole number within bounds; throws UsageError that names the option and the bounds. */
export const wholeNumber = (option: string, text: string, least: number, most: number): number => {
  const value = /^\d{1,16}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most)) {
    throw new UsageError(`${option} ${shown(text)}: expected a whole number from ${least} to ${most}`);
  }
  return value;
};

/** A time as a whole number of milliseconds, `500ms` or `3s`, from `least` on; throws UsageError that names the bounds. */
const milliseconds = (option: string, text: string, least: number): number => {
  const [, digits, unit] = /^(\d{1,16}(?:\.\d{1,3})?)\s*(ms|s|)$/.exec(text.trim()) ?? [];
  const value = Number(digits) * (unit === 's' ? 1000 : 1);
  const most = BOUNDS.timeoutMs[1];
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UsageError(
    `${option} ${shown(text)}: expected a time from ${least}ms to ${most / 1000}s, e.g. 500ms or 3s (a bare number is milliseconds)`,
  );
};

/** One of a few words; throws UsageError that lists them. */
export const oneOf = <T extends string>(option: string, text: string, words: readonly T[]): T => {
  const word = words.find((candidate) => candidate === text);
  if (word === undefined)
    throw new UsageError(`${option} ${shown(text)}: expected one of ${words.join(', ')}`);
  return word;
};

/**
 * Windows needs about two seconds to report a refusal, so a wait below 3.5 s would call closed ports filtered there.
 * Elsewhere 3 s covers the second SYN of the kernel and the 3 s after which an absent neighbour is reported.
 */
const timeouts = (platform: NodeJS.Platform): { least: number; standard: number } =>
  platform === 'win32' ? { least: 3500, standard: 5000 } : { least: 50, standard: 3000 };

/** The format that was asked for: by name, else by the ending of the file that is to be written. */
const formatOf = (flags: RawOptions, config: RawOptions): FormatName | null => {
  const ending = ({ output }: RawOptions): FormatName | null =>
    output === undefined ? null : formatOfFile(output);
  const named = ({ format }: RawOptions): FormatName | null =>
    format === undefined ? null : oneOf('--format', format, formatNames);
  return named(flags) ?? ending(flags) ?? named(config) ?? ending(config);
};

/**
 * Validates and completes options: the command line first, then the config file, then the defaults of the platform.
 * Throws UsageError for the first value that cannot be used.
 */
export const resolveOptions = (
  flags: RawOptions,
  { options: config, scope }: { readonly options: RawOptions; readonly scope: Scope },
  manner: Manner,
  platform: NodeJS.Platform,
): ScanOptions => {
  const raw = { ...config, ...flags };
  const count = (
    option: string,
    text: string | undefined,
    [least, most]: readonly [number, number],
    standard: number,
  ): number => (text === undefined ? standard : wholeNumber(option, text, least, most));
  const rpcRange = raw.rpcPorts === undefined ? null : parsePortRange(raw.rpcPorts);
  const wait = timeouts(platform);
  const rate = count('--rate', raw.rate, BOUNDS.rate, 1000);
  const concurrency = count(
    '--concurrency',
    raw.concurrency,
    BOUNDS.concurrency,
    usualConcurrency(manner, rate),
  );
  const subnetRate = count(
    '--subnet-rate',
    raw.subnetRate,
    BOUNDS.rate,
    Math.ceil(rate * manner.subnetShare),
  );
  const bothOrNeither = raw.ipv4 === raw.ipv6;
  return {
    novice: raw.novice === undefined ? 'auto' : oneOf('--novice', raw.novice, NOVICES),
    rpcRange,
    sample: count('--sample', raw.sample, BOUNDS.sample, 32),
    seed: raw.seed === undefined ? null : wholeNumber('--seed', raw.seed, ...BOUNDS.seed),
    timeoutMs: raw.timeout === undefined ? wait.standard : milliseconds('--timeout', raw.timeout, wait.least),
    retries: count('--retries', raw.retries, BOUNDS.retries, 2),
    concurrency,
    perHost: count('--per-host', raw.perHost, BOUNDS.concurrency, 64),
    rate,
    perHostRate: Math.max(1, rate * PER_HOST_SHARE),
    perSubnetRate: subnetRate,
    hostsAtOnce: Math.min(concurrency, manner.hostsAtOnce),
    bulk: manner.bulk,
    engine: raw.engine === undefined ? 'auto' : oneOf('--engine', raw.engine, ENGINES),
    families: { v4: bothOrNeither || raw.ipv4 === true, v6: bothOrNeither || raw.ipv6 === true },
    ping: raw.ping ?? true,
    map: raw.map ?? true,
    locate: raw.locate ?? true,
    format: formatOf(flags, config),
    output: raw.output ?? null,
    quiet: raw.quiet ?? false,
    verbose: raw.verbose ?? false,
    colour: raw.color ?? true,
    undetermined:
      raw.undetermined === undefined ? 'warn' : oneOf('--undetermined', raw.undetermined, UNDETERMINED),
    scope,
    excludes: raw.exclude ?? [],
    excludeFiles: raw.excludeFile ?? [],
    csvColumn: raw.csvColumn ?? null,
    skipBad: raw.skipBad ?? false,
    db: raw.db ?? null,
    yes: raw.yes ?? false,
    shard: raw.shard === undefined ? null : parseShard(raw.shard),
    fleet: fleetOf(raw),
  };
};
