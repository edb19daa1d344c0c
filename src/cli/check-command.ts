import { Command } from 'commander';
import { UsageError } from '../model/fault.ts';
import { check } from './check.ts';
import { loadConfig } from './config.ts';
import { addOptions, typedValues, valuesOf } from './options/declare.ts';
import { RESPONDER_OPTIONS } from './options/respond.ts';
import { CHECK } from './options/scan-mode.ts';
import { optionsOf } from './options/scan-values.ts';
import { resolveOptions } from './options.ts';

const EXAMPLES = `
Examples:
  ra-preflight check pc0417                          one novice, live on the terminal
  ra-preflight check pc0417 10.1.2.3 fd00::17        several
  ra-preflight check pc0417 --novice vista-or-later  the novice runs Windows 10
  ra-preflight check pc0417 --rpc-ports 50000-50100  the administrator narrowed the RPC range
  ra-preflight check --responder CODE pc0417         the line that ra-preflight respond printed there
  ra-preflight check pc0417 --witness printer-3f     does the network pass what it is silent on?
  ra-preflight check pc0417 --rehearse               on Windows: activate Remote Assistance there
  ra-preflight check pc0417 --format json | jq .hosts[0].verdict

Exit code: 0 every host ready, 1 some host blocked, 2 usage or configuration,
3 none blocked but some undetermined or unreachable, 130 interrupted
(--format nagios: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN). With --undetermined ok
a host that is clear so far (TCP 135 answers, nothing was found that would
block an offer, its dynamic ports cannot be tested from outside) counts as
ready.`;

/** The `check` command: options in options/scan.ts, work in check.ts. */
export const checkCommand = (): Command =>
  addOptions(
    new Command('check')
      .summary('test the path to a few hosts before an offer')
      .description(
        'Tests TCP 135, TCP 3389 and a sample of the dynamic RPC ports of each host, and says whether the network would stop a Remote Assistance offer.',
      )
      // A target may stand behind `--listen`, which can be given without a value.
      .usage('[options] <target...>')
      .argument('[target...]', 'host names, IPv4 or IPv6 addresses'),
    { ...optionsOf('check'), ...RESPONDER_OPTIONS },
  )
    .addHelpText('after', EXAMPLES)
    .action(async (targets: string[], _options: unknown, command: Command) => {
      const asked = valuesOf(command, RESPONDER_OPTIONS);
      if (targets.length === 0 && !asked.listen) throw new UsageError("missing required argument 'target'");
      const typed = typedValues(command, optionsOf('check'));
      const options = resolveOptions(typed, await loadConfig(typed.config), CHECK);
      process.exitCode = await check(targets, options, asked);
    });
