import { Command } from 'commander';
import { addOptions, valuesOf } from './options/declare.ts';
import { POLICY_CHECK } from './options/policy-check.ts';

const HELP = `
Files: Registry.pol, .reg exports, LGPO text, gpresult /x and Get-GPOReport XML
(English), GptTmpl.inf, GPO backup folders, firewall rules as JSON, and what the
script of policy collector writes. Several are taken in the order in which
Windows applies them: the last one wins.

Examples:
  ra-preflight policy check Registry.pol
  ra-preflight policy check baseline.pol helpdesk.pol --novice vista-or-later
  ra-preflight policy check '{6AC1786C-016F-11D2-945F-00C04FB984F9}' --format json

Exit code: 0 the policy lets offers through, 1 it stops them, 2 usage or a file
that cannot be read, 3 not all of it could be judged.`;

/** `ra-preflight policy check FILE...`: whether a policy lets offers through. Sends nothing. */
export const policyCheckCommand = (): Command =>
  addOptions(
    new Command('check')
      .summary('say whether policy files let offers through')
      .description(
        'Reads policy files of the novice and says which settings let offers of Remote Assistance through, which stop them, and what could not be judged. Nothing is sent or changed.',
      )
      .argument('<file...>', 'policy files and GPO backup folders, the one that wins last'),
    POLICY_CHECK,
  )
    .addHelpText('after', HELP)
    .action(async (files: string[], _options: unknown, command: Command) => {
      const { checkPolicy } = await import('./policy-check.ts');
      process.exitCode = await checkPolicy(files, valuesOf(command, POLICY_CHECK));
    });
