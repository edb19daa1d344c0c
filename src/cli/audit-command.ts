import { Command } from 'commander';
import { UsageError } from '../model/fault.ts';
import { audit, resumeAudit } from './audit.ts';
import { loadConfig } from './config.ts';
import { addOptions, typedValues } from './options/declare.ts';
import { SCAN } from './options/scan.ts';
import { AUDIT } from './options/scan-mode.ts';
import { type GivenOptions, optionsOf } from './options/scan-values.ts';
import { eachTimeOf, resolveOptions } from './options.ts';

const EXAMPLES = `
Targets: host names, addresses, blocks (10.1.2.0/24), ranges
(10.1.2.10-10.1.2.50), @FILE or --list FILE with such a list, - for standard
input. DOMAIN\\PC and PC$ mean the PC. With --csv-column the lists are CSV with
a header line:
  Get-ADComputer -Filter * | Export-Csv pcs.csv
  ra-preflight audit --list pcs.csv --csv-column DNSHostName

Examples:
  ra-preflight audit 10.1.0.0/20                       live on the terminal, saved in the history
  ra-preflight audit 10.1.0.0/16 --exclude 10.1.9.0/24 --yes
  ra-preflight audit --list subnets.txt -o monday.html
  ra-preflight audit 10.1.0.0/20 --format ndjson | jq -r 'select(.verdict=="blocked").target'
  ra-preflight audit 10.1.0.0/16 --shard 2/5 -o part2.ndjson     on the second of five machines, then merge
  ra-preflight audit --resume                          continue the newest unfinished audit
  ra-preflight audit --verify latest                   hosts that were not ready again, after a change
  ra-preflight diff previous latest                    what changed since last time

Exit code: 0 every host ready, 1 some host blocked, 2 usage or configuration,
3 none blocked but some undetermined or unreachable, 130 interrupted
(--format nagios: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN). With --undetermined ok
a host that is clear so far (TCP 135 answers, nothing was found that would
block an offer, its dynamic ports cannot be tested from outside) counts as
ready.`;

/** Options of the targets that say what is left out, which may be less than what a run has. */
const NARROWING: readonly string[] = ['excludes', 'excludeFiles', 'skipBad'];

/** Refuses what a run that is used again has settled. `but`: what may be given anew all the same. */
const refuseOthers = (
  option: '--resume' | '--verify',
  targets: readonly string[],
  typed: GivenOptions,
  but: readonly string[] = [],
): void => {
  if (targets.length > 0) {
    throw new UsageError(`${option}: uses the targets of that run; give no others`);
  }
  for (const [name, { long, settled }] of Object.entries(SCAN)) {
    if (name in typed && settled !== 'each time' && !but.includes(name))
      throw new UsageError(`${option}: uses the options of that run; --${long} cannot change them`);
  }
};

/** The `audit` command: options in options/scan.ts, work in audit.ts. */
export const auditCommand = (): Command =>
  addOptions(
    new Command('audit')
      .summary('test the path to many hosts, subnets or lists')
      .description(
        'Probes every host of subnets and lists as check does, groups what is filtered by cause, and saves all results in the history.',
      )
      .argument('[target...]', 'hosts, blocks, ranges, @FILE, -'),
    optionsOf('audit'),
  )
    .addHelpText('after', EXAMPLES)
    .action(async (typed: string[], _options: unknown, command: Command) => {
      const options = typedValues(command, optionsOf('audit'));
      const { resume, verify, lists = [], config } = options;
      const targets = [...typed, ...lists.map((file) => `@${file}`)];
      if (resume !== undefined && verify)
        throw new UsageError(
          '--resume and --verify exclude each other: one continues a run, the other starts a new one',
        );
      if (resume === undefined && !verify && targets.length === 0) {
        throw new UsageError(
          'no target given; expected hosts, blocks, ranges, --list FILE, @FILE, -, --resume or --verify RUN',
        );
      }
      if (resume !== undefined) refuseOthers('--resume', targets, options);
      if (verify) refuseOthers('--verify', targets, options, NARROWING);
      const resolved = resolveOptions(options, await loadConfig(config), AUDIT);
      if (verify) {
        const { verifyAudit } = await import('./verify.ts');
        process.exitCode = await verifyAudit(verify, resolved);
        return;
      }
      process.exitCode =
        resume === undefined
          ? await audit(targets, resolved)
          : await resumeAudit(resume, eachTimeOf(resolved));
    });
