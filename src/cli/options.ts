import type { FormatName } from '../output/formats.ts';
import type { Scope } from '../targets/scope.ts';
import { formatOfFile } from './format-of-file.ts';
import { SCAN } from './options/scan.ts';
import { standardOf } from './options/scan-declaration.ts';
import type { ScanMode } from './options/scan-mode.ts';
import type { EachTimeOption, GivenOptions, ScanValues } from './options/scan-values.ts';

/** What follows from options, and is part of how a run probes. Rates per second. */
interface DerivedOptions {
  readonly perHostRate: number;
  readonly hostsAtOnce: number;
  readonly bulk: boolean;
  readonly families: { readonly v4: boolean; readonly v6: boolean };
}

/** Everything that `check` and `audit` need to know, validated. Times in milliseconds, rates per second. */
export interface ScanOptions extends ScanValues, DerivedOptions {
  readonly scope: Scope;
}

/** Options of a config file, and its scope. */
export interface Configured {
  readonly options: GivenOptions;
  readonly scope: Scope;
}

/**
 * Share of the whole rate that one host may get. At the default rate that is 150 packets a second after a burst of 40, below the
 * 200 resets a second to which BSD, macOS and many appliances limit themselves (net.inet.icmp.icmplim).
 */
const PER_HOST_SHARE = 0.15;

/**
 * The format that was asked for: by name, else by the ending of the one file that is to be written. Of several files each has its own
 * (`outputsOf`).
 */
const formatOf = (typed: GivenOptions, config: GivenOptions): FormatName | null => {
  const ending = ({ outputs = [] }: GivenOptions): FormatName | null =>
    outputs.length === 1 ? formatOfFile(outputs[0] ?? '') : null;
  return typed.format ?? ending(typed) ?? config.format ?? ending(config);
};

/** Where a result goes: a file, or standard output (null), and in which format. */
export interface Output {
  readonly path: string | null;
  readonly format: FormatName;
}

/** Where the result goes: one place in the format that was asked for, or several files, each in that of its ending. */
export const outputsOf = ({ outputs, format }: Pick<ScanOptions, 'outputs' | 'format'>): Output[] => {
  const [only = null] = outputs;
  if (outputs.length < 2) return [{ path: only, format: format ?? 'table' }];
  return outputs.map((path) => ({ path, format: formatOfFile(path) ?? format ?? 'table' }));
};

/** Completes options: the command line first, then the config file, then the defaults. */
export const resolveOptions = (
  typed: GivenOptions,
  { options: config, scope }: Configured,
  mode: ScanMode,
): ScanOptions => {
  const given = { ...config, ...typed };
  const situation = { mode, rate: given.rate ?? SCAN.rate.standard };
  const values = Object.fromEntries(
    Object.entries(SCAN)
      .filter(([, { raw }]) => !raw)
      .map(([name, declaration]) => [
        name,
        given[name as keyof GivenOptions] ?? standardOf<unknown>(declaration, situation),
      ]),
  ) as unknown as ScanValues;
  const { ipv4 = false, ipv6 = false } = given;
  const isEither = ipv4 === ipv6;
  return {
    ...values,
    format: formatOf(typed, config),
    scope,
    bulk: mode.bulk,
    families: { v4: ipv4 || isEither, v6: ipv6 || isEither },
    hostsAtOnce: Math.min(values.concurrency, mode.hostsAtOnce),
    perHostRate: Math.max(1, values.rate * PER_HOST_SHARE),
  };
};

/** What a resumed run is given anew. */
export type EachTimeOptions = Pick<ScanOptions, EachTimeOption | 'scope'>;

/** Of the options, those that a resumed run is given anew. */
export const eachTimeOf = (options: ScanOptions): EachTimeOptions => {
  const names = Object.entries(SCAN).flatMap(([name, { settled, raw }]) =>
    settled === 'each time' && !raw ? [name as EachTimeOption] : [],
  );
  const values = Object.fromEntries(names.map((name) => [name, options[name]]));
  return { ...(values as Pick<ScanOptions, EachTimeOption>), scope: options.scope };
};
