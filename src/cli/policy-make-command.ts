import { Command } from 'commander';
import type { MakeFlags } from './policy-make.ts';

/** What writes policies is loaded for those who write one. */
const work = () => import('./policy-make-work.ts');

const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

/** `ra-preflight policy make`: writes the settings that offers need. */
export const makeCommand = (): Command =>
  new Command('make')
    .summary('write the policy that lets offers through')
    .description(
      'Writes the settings that Microsoft asks for so that experts can offer Remote Assistance to a kind of novice, and nothing else: the offer policy with its helpers, the firewall exceptions of the Domain profile, DCOM, and for XP and Server 2003 remote connections. Nothing is changed on this machine.',
    )
    .option('--novice <kind>', 'xp-sp2, xp-x64-sp1, server-2003-sp1 or vista-or-later')
    .option(
      '--helpers <name>',
      "who may offer, as DOMAIN\\user or DOMAIN\\group ('CONTOSO\\Helpdesk'); may be repeated",
      collect,
    )
    .option('--view-only', 'helpers may only view, not control')
    .option('--from <cidr>', "the experts' network, instead of everywhere; may be repeated", collect)
    .option('--rpc-ports <range>', 'restrict RPC servers to these ports, e.g. 5000-5199 (KB300083)')
    .option('--format <name>', 'pol, reg, powershell or lgpo (default by the ending of -o: .pol, .reg, .ps1)')
    .option('-o, --output <file>', 'write there instead of standard output')
    .addHelpText('after', '\nExit codes: 0 written, 2 usage.')
    .action(async (flags: MakeFlags) => (await work()).makePolicy(flags));
