import { Command } from 'commander';
import { deliver } from './deliver.ts';
import { respond } from './respond.ts';
import { type RawRespond, respondOptions } from './respond-options.ts';
import { powershellScript } from './respond-powershell.ts';

const HELP = `
Run it on the novice's machine, or on any machine behind the same filter, and
give the expert the line that it prints. Its ports answer nobody without the
code; it ends by itself. See docs/responder.md.

Examples:
  ra-preflight respond                                   ten minutes
  ra-preflight respond --duration 1h --ports 50000-50100 the range was narrowed
  ra-preflight respond --to expert7                      and report to check --listen
  ra-preflight respond --print-powershell > respond.ps1  for a PC without Node

Exit code: 0 its time was over, 2 usage, 130 interrupted.`;

/** The `respond` command: text of its options, meaning in respond-options.ts, work in respond.ts. */
export const respondCommand = (): Command =>
  new Command('respond')
    .summary('answer on the ports that an offer needs, for a check from outside')
    .description(
      'Opens a few dozen TCP ports where Remote Assistance needs them, for a bounded time, and answers only who has its code. A check with that code proves the network path end to end, even to a PC that is silent otherwise.',
    )
    .option('--duration <time>', 'how long, e.g. 90s, 10m or 1h', '10m')
    .option('--ports <range>', 'open ports of this range only, e.g. 49152-65535 (default 1025-65535)')
    .option('--to <host:port>', 'dial the expert, whose check --listen then knows what arrived here')
    .option('--print-powershell', 'print a script that does the same on a PC without Node, and end')
    .option('-q, --quiet', 'print the line and nothing else')
    .addHelpText('after', HELP)
    .action(async (raw: RawRespond) => {
      const options = respondOptions(raw);
      if (raw.printPowershell) await deliver([powershellScript(options)], null);
      else process.exitCode = await respond(options);
    });
