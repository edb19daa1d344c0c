import type { RunStart } from '../model/report.ts';
import { shellWord } from '../model/shell-word.ts';
import type { CommandLine } from '../tui/state.ts';
import { MOST_UNCONFIRMED } from './estimate.ts';
import { AUDIT, CHECK, resolveOptions, type ScanOptions, usualConcurrency } from './options.ts';
import { typedValues } from './typed-values.ts';

/** What a screen shows, as far as a command line says it again. */
export interface ShownRun {
  readonly command: 'check' | 'audit';
  /** As typed. */
  readonly targets: readonly string[];
  /** Hosts that they are. */
  readonly hosts: number;
  readonly options: ScanOptions;
  readonly run: RunStart;
}

const numbers = (options: ScanOptions, standard: ScanOptions, concurrency: number): string[] =>
  (
    [
      ['--sample', options.sample, standard.sample],
      ['--retries', options.retries, standard.retries],
      ['--concurrency', options.concurrency, concurrency],
      ['--per-host', options.perHost, standard.perHost],
      ['--rate', options.rate, standard.rate],
    ] as const
  ).flatMap(([flag, value, usual]) => (value === usual ? [] : [flag, String(value)]));

/** What decides how a single host is asked, in options that are not as usual; seed and engine in any case. */
const asking = (command: 'check' | 'audit', { options, run }: ShownRun): string[] => {
  const manner = command === 'check' ? CHECK : AUDIT;
  const standard = resolveOptions({}, { options: {}, scope: options.scope }, manner, process.platform);
  const concurrency = usualConcurrency(manner, options.rate);
  const { novice, rpcRange, timeoutMs, families } = options;
  return [
    ...['--seed', String(run.seed), '--engine', run.engine],
    ...(novice === 'auto' ? [] : ['--novice', novice]),
    ...(rpcRange === null ? [] : ['--rpc-ports', `${rpcRange.from}-${rpcRange.to}`]),
    ...(timeoutMs === standard.timeoutMs ? [] : ['--timeout', `${timeoutMs}ms`]),
    ...numbers(
      command === 'check' && options.bulk ? { ...options, concurrency } : options,
      standard,
      concurrency,
    ),
    ...(options.map ? [] : ['--no-map']),
    ...(options.locate ? [] : ['--no-locate']),
    ...(options.ping ? [] : ['--no-ping']),
    ...(families.v4 && families.v6 ? [] : [families.v4 ? '-4' : '-6']),
    ...typedValues(process.argv.slice(2), '--config')
      .slice(-1)
      .flatMap((file) => ['--config', file]),
  ];
};

/** What decides which hosts are asked, and where it is kept. */
const choosing = ({ command, hosts, options }: ShownRun): string[] => {
  const { excludes, excludeFiles, csvColumn, skipBad, db, bulk, rate, perSubnetRate } = options;
  const subnetRate = Math.ceil(rate * AUDIT.subnetShare);
  return [
    ...excludes.flatMap((text) => ['--exclude', text]),
    ...excludeFiles.flatMap((file) => ['--exclude-file', file]),
    ...(csvColumn === null ? [] : ['--csv-column', csvColumn]),
    ...(skipBad ? ['--skip-bad'] : []),
    ...(options.shard ? ['--shard', `${options.shard.number}/${options.shard.of}`] : []),
    ...(bulk && perSubnetRate !== subnetRate ? ['--subnet-rate', String(perSubnetRate)] : []),
    ...(db === null || command === 'check' ? [] : ['--db', db]),
    ...(hosts > MOST_UNCONFIRMED ? ['--yes'] : []),
  ];
};

const line = (words: readonly string[]): string => ['ra-preflight', ...words].map(shellWord).join(' ');

/** Command lines that ask again what a screen shows: one host, or all of the run and what the history has of it. */
export const commandsFor =
  (shown: ShownRun) =>
  (target: string | null): readonly CommandLine[] => {
    if (target !== null) {
      const words = ['check', target, ...asking('check', shown)];
      return [{ says: 'This host again, with the same ports:', command: line(words) }];
    }
    const { command, targets, options, run } = shown;
    const words = [command, ...targets, ...asking(command, shown), ...choosing(shown)];
    const again = { says: 'All of it again, with the same ports:', command: line(words) };
    if (command === 'check' || options.db === ':memory:') return [again];
    const kept = ['report', run.id, ...(options.db === null ? [] : ['--db', options.db])];
    return [again, { says: 'What was found, out of the history:', command: line(kept) }];
  };
