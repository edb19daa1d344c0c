import type { Command } from 'commander';
import { formatNames } from '../output/formats.ts';
import { enginesOn, NOVICES, type RawOptions } from './options.ts';

/** Collects an option that may be repeated. */
export const more = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

/** What `check` and `audit` have in common; `standard` holds the defaults that differ. */
export const addScanOptions = (
  command: Command,
  standard: { readonly concurrency: string; readonly rate: string },
): Command =>
  command
    .option('--novice <generation>', `Windows of the novice: ${NOVICES.join(', ')} (default auto)`)
    .option('--rpc-ports <range>', 'dynamic range of the novice when it was narrowed, e.g. 50000-50100')
    .option('--sample <n>', 'dynamic ports to probe (default 32)')
    .option('--seed <n>', 'draw the same sample again (default random, printed in the report)')
    .option('--timeout <time>', 'longest wait for one answer, e.g. 500ms or 3s (default 3s)')
    .option('--retries <n>', 'how often an unanswered probe is repeated (default 2)')
    .option('--concurrency <n>', `probes in flight over all hosts (default ${standard.concurrency})`)
    .option('--per-host <n>', 'probes in flight to one host (default 64)')
    .option('--rate <n>', `probes a second over all hosts, ${standard.rate} (default 1000)`)
    .option('--engine <name>', `how to probe: ${enginesOn(process.platform).join(', ')} (default auto)`)
    .option('--exclude <spec>', 'leave out this host, block or range; may be repeated', more)
    .option('--exclude-file <file>', 'leave out what this file lists; may be repeated', more)
    .option('--no-map', 'do not search the exact edges of filtered ranges')
    .option('--no-locate', 'do not trace where a filter sits')
    .option('--no-ping', 'send no ICMP echo')
    .option('-4, --ipv4', 'probe only IPv4 addresses')
    .option('-6, --ipv6', 'probe only IPv6 addresses')
    .option('--yes', 'probe more than 4,096 hosts')
    .option(
      '--format <name>',
      `print the result as ${formatNames.join(', ')}, and nothing interactive (default: by the ending of -o FILE)`,
    )
    .option('-o, --output <file>', 'write the result there instead of to standard output')
    .option(
      '--undetermined <as>',
      'how hosts that are clear so far count for the exit code and nagios: ok or warn (default warn)',
    )
    .option('--config <file>', 'read options and scope from this TOML file')
    .option('--no-color', 'no colours (NO_COLOR is honoured too)')
    .option('-q, --quiet', 'no progress and no notices')
    .option('-v, --verbose', 'every port and every host in full');

/** The options that were really typed: commander's `--no-` options have a default that must not hide the config file's. */
export const typedOptions = (command: Command): RawOptions & { readonly config?: string } =>
  Object.fromEntries(
    Object.entries(command.opts()).filter(([key]) => command.getOptionValueSource(key) === 'cli'),
  );
