import { Command } from 'commander';
import { deliver } from './deliver.ts';
import { addOptions, valuesOf } from './options/declare.ts';
import { RESPOND } from './options/respond.ts';

const HELP = `
Run it on the novice's machine, or on any machine behind the same filter, and
give the expert the line that it prints. Its ports answer nobody without the
code; it ends by itself. See docs/responder.md.

Examples:
  ra-preflight respond                                   ten minutes
  ra-preflight respond --duration 1h --ports 50000-50100 the range was narrowed
  ra-preflight respond --to expert7                      and report to check --listen
  ra-preflight respond --print-powershell > respond.ps1  for a PC without Node

Exit code: 0 its time was up, 2 usage, 130 interrupted.`;

/** The `respond` command: options in options/respond.ts, work in respond.ts. */
export const respondCommand = (): Command =>
  addOptions(new Command('respond'), RESPOND)
    .summary('answer on the ports that an offer needs, for a check from outside')
    .description(
      'Opens a few dozen TCP ports where Remote Assistance needs them, for a bounded time, and answers only those who have its code. A check with that code proves the network path end to end, even to a PC that is silent otherwise.',
    )
    .addHelpText('after', HELP)
    .action(async (_: unknown, command: Command) => {
      const options = valuesOf(command, RESPOND);
      // Only now: neither the listener nor its script is for anybody who probes.
      if (options.printPowershell) {
        const { powershellScript } = await import('./respond-powershell.ts');
        await deliver([powershellScript(options)], null);
        return;
      }
      const { respond } = await import('./respond.ts');
      process.exitCode = await respond(options);
    });
