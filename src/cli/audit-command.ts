import { Command } from 'commander';
import { UsageError } from '../model/fault.ts';
import { audit, resumeAudit } from './audit.ts';
import { loadConfig } from './config.ts';
import { AUDIT, type RawOptions, resolveOptions } from './options.ts';
import { addScanOptions, more, typedOptions } from './scan-options.ts';
import { storeUrl } from './store-url.ts';

const EXAMPLES = `
Targets: host names, addresses, blocks (10.1.2.0/24), ranges (10.1.2.10-10.1.2.50), @FILE or --list FILE with such a list, -
for standard input. DOMAIN\\PC and PC$ mean the PC. With --csv-column the lists are CSV with a header line:
  Get-ADComputer -Filter * | Export-Csv pcs.csv
  ra-preflight audit --list pcs.csv --csv-column DNSHostName

Examples:
  ra-preflight audit 10.1.0.0/20                       live on the terminal, saved in the history
  ra-preflight audit 10.1.0.0/16 --exclude 10.1.9.0/24 --yes
  ra-preflight audit --list subnets.txt -o monday.html
  ra-preflight audit 10.1.0.0/20 --format ndjson | jq -r 'select(.verdict=="blocked").target'
  ra-preflight audit 10.1.0.0/16 --shard 2/5 -o part2.ndjson     on the second of five machines, then merge
  ra-preflight audit --resume                          continue the newest unfinished audit
  ra-preflight diff previous latest                    what changed since last time

Exit code: 0 every host ready, 1 some host blocked, 2 usage or configuration,
3 none blocked but some undetermined or unreachable, 130 interrupted
(--format nagios: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN). With --undetermined ok
a host that is clear so far (TCP 135 answers, nothing was found that would
block an offer, its dynamic ports cannot be tested from outside) counts as
ready.`;

/** Options that may change when a run is resumed; all others are the run's own. */
const OF_THE_MOMENT: ReadonlySet<string> = new Set([
  'resume',
  'format',
  'output',
  'quiet',
  'verbose',
  'color',
  'undetermined',
  'db',
  'config',
  'yes',
  'fleet',
  'redis',
  'fleetKeyFile',
]);

const refuseOthers = (targets: readonly string[], flags: object): void => {
  if (targets.length > 0) {
    throw new UsageError('--resume: uses the targets of that run; give no others');
  }
  const [other] = Object.keys(flags).filter((key) => !OF_THE_MOMENT.has(key));
  if (other === undefined) return;
  const flag = other.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new UsageError(`--resume: uses the options of that run; --${flag} cannot change them`);
};

/** The `audit` command: text of the options here and in scan-options.ts, work in audit.ts. */
export const auditCommand = (): Command =>
  addScanOptions(
    new Command('audit')
      .summary('test the path to many hosts, subnets or lists')
      .description(
        'Probes every host of subnets and lists as check does, groups what is filtered by cause, and saves all results in the history.',
      )
      .argument('[target...]', 'hosts, blocks, ranges, @FILE, -'),
    {
      concurrency: `${AUDIT.concurrency.least}, or as many as --rate`,
      rate: 'a quarter of it to one host, half of it to one subnet',
    },
  )
    .option('--subnet-rate <n>', 'probes a second to the hosts of one /24 (IPv6: /64) together')
    .option('--list <file>', 'probe the targets in this list, as @FILE does; may be repeated', more)
    .option('--skip-bad', 'skip entries that cannot be probed, and say which')
    .option('--csv-column <name>', 'lists are CSV, and this column holds the targets')
    .option('--shard <n/of>', 'probe only this share of the targets, e.g. 2/5: a part for merge')
    .option('--fleet', 'let the workers of a fleet probe, and compare what they see')
    .option('--redis <url>', 'store of the fleet, redis:// or rediss:// (TLS)')
    .option('--vantage <names>', 'vantages of the fleet, e.g. hq,branch-7 (default all with a worker)')
    .option('--fleet-key-file <file>', 'file with the key of the fleet (default RA_PREFLIGHT_FLEET_KEY)')
    .option('--resume [run]', 'resume the newest unfinished audit, or this one')
    .option(
      '--db <file>',
      'history file (default in the data folder of the platform; :memory: keeps nothing)',
    )
    .addHelpText('after', EXAMPLES)
    .action(async (typed: string[], _options: unknown, command: Command) => {
      const { config, ...flags } = typedOptions(command) as RawOptions & {
        readonly config?: string;
        readonly resume?: string | true;
        readonly list?: readonly string[];
      };
      const { resume, list = [], ...rest } = flags;
      const targets = [...typed, ...list.map((file) => `@${file}`)];
      if (resume === undefined && targets.length === 0) {
        throw new UsageError(
          'no target given; expected hosts, blocks, ranges, --list FILE, @FILE, - or --resume',
        );
      }
      if (resume !== undefined) refuseOthers(targets, rest);
      const store = rest.fleet === true ? { redis: storeUrl(rest.redis) } : {};
      const options = resolveOptions(
        { ...rest, ...store },
        await loadConfig(config),
        AUDIT,
        process.platform,
      );
      process.exitCode =
        resume === undefined
          ? await audit(targets, options)
          : await resumeAudit(resume === true ? null : resume, {
              format: options.format,
              output: options.output,
              quiet: options.quiet,
              verbose: options.verbose,
              colour: options.colour,
              undetermined: options.undetermined,
              scope: options.scope,
              db: options.db,
              yes: options.yes,
              fleet: options.fleet,
            });
    });
