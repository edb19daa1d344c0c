import { Command } from 'commander';
import { addOptions, valuesOf } from './options/declare.ts';
import { MAKE } from './options/policy-make.ts';

/** What writes policies is loaded for those who write one. */
const work = () => import('./policy-make-work.ts');

/** `ra-preflight policy make`: writes the settings that offers need. */
export const makeCommand = (): Command =>
  addOptions(new Command('make'), MAKE)
    .summary('write the policy settings that offers need')
    .description(
      'Writes the settings that Microsoft asks for so that experts can offer Remote Assistance to a kind of novice, and nothing else: the offer policy with its helpers, the firewall exceptions of the Domain profile, DCOM, and for XP and Server 2003 remote connections. Nothing is changed on this machine.',
    )
    .addHelpText('after', '\nExit codes: 0 written, 2 usage.')
    .action(async (_: unknown, command: Command) => (await work()).makePolicy(valuesOf(command, MAKE)));
