import { Command } from 'commander';
import { formatNames } from '../output/formats.ts';
import { check } from './check.ts';
import { loadConfig } from './config.ts';
import { ENGINES, NOVICES, type RawOptions, resolveOptions } from './options.ts';

const EXAMPLES = `
Examples:
  ra-preflight check pc0417                          one novice, live on the terminal
  ra-preflight check pc0417 10.1.2.3 fd00::17        several
  ra-preflight check pc0417 --novice vista-or-later  you know that it runs Windows 10
  ra-preflight check pc0417 --rpc-ports 50000-50100  the administrator narrowed the RPC range
  ra-preflight check pc0417 --format json | jq .hosts[0].verdict

Exit code: 0 every host ready, 1 some host blocked, 2 usage or configuration,
3 none blocked but some undetermined or unreachable, 130 interrupted.`;

/** The `check` command: text of the options here, meaning in options.ts, work in check.ts. */
export const checkCommand = (): Command =>
  new Command('check')
    .summary('test the way to a few hosts before an offer')
    .description(
      'Tests TCP 135, TCP 3389 and a sample of the dynamic RPC ports of each host, and says whether a Remote Assistance offer would get through.',
    )
    .argument('<target...>', 'host names, IPv4 or IPv6 addresses')
    .option('--novice <generation>', `Windows of the novice: ${NOVICES.join(', ')} (default auto)`)
    .option('--rpc-ports <range>', 'dynamic range of the novice when it was narrowed, e.g. 50000-50100')
    .option('--sample <n>', 'dynamic ports to ask (default 32)')
    .option('--seed <n>', 'draw the same sample again (default random, printed in the report)')
    .option('--timeout <ms>', 'longest wait for one answer (default 3000, on Windows 5000)')
    .option('--retries <n>', 'how often silence is asked again (default 2)')
    .option('--concurrency <n>', 'questions in flight over all hosts (default 512)')
    .option('--per-host <n>', 'questions in flight to one host (default 64)')
    .option('--rate <n>', 'questions a second over all hosts, a quarter of it to one host (default 1000)')
    .option('--engine <name>', `how to ask: ${ENGINES.join(', ')} (default auto)`)
    .option('--no-map', 'do not search the exact edges of filtered ranges')
    .option('--no-locate', 'do not trace where a filter sits')
    .option('--no-ping', 'do not ask for an ICMP echo')
    .option('-4, --ipv4', 'ask only IPv4 addresses of a name')
    .option('-6, --ipv6', 'ask only IPv6 addresses of a name')
    .option('--format <name>', `print the result as ${formatNames.join(' or ')} and nothing interactive`)
    .option('-o, --output <file>', 'write the result there instead of to standard output')
    .option('--config <file>', 'read options and scope from this TOML file')
    .option('--no-color', 'no colours (NO_COLOR is honoured too)')
    .option('-q, --quiet', 'no progress and no notices')
    .option('-v, --verbose', 'every port and every host in full')
    .addHelpText('after', EXAMPLES)
    .action(async (targets: string[], _options: unknown, command: Command) => {
      const { config: named, ...flags } = typed(command);
      const config = await loadConfig(named);
      const options = resolveOptions(flags, config.options, config.scope, process.platform);
      process.exitCode = await check(targets, options);
    });

/** The options that were really typed: commander's `--no-` options have a default that must not hide the config file's. */
const typed = (command: Command): RawOptions & { readonly config?: string } =>
  Object.fromEntries(
    Object.entries(command.opts()).filter(([key]) => command.getOptionValueSource(key) === 'cli'),
  );
