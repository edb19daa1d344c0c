import { commandsFor } from '../../model/commands.ts';
import { canonicalAddress } from '../canonical-address.ts';
import { rangeWords } from '../dynamic-facts.ts';
import { type RuleName, traitsOf } from '../rules.ts';
import type { Make, Situation } from './situation.ts';

/** Whether the verdict is undetermined for lack of a responder. */
const lacksResponder = ({ verdict, reason, rulings, facts }: Situation): boolean =>
  verdict === 'undetermined' &&
  !traitsOf(reason ?? '').saysNothing &&
  facts.responder === null &&
  [...rulings.values()].some(({ state, rule }) => state === 'undetermined' && traitsOf(rule).provable);

/** The way out of most doubt: a program on the other side. */
export const respondOnNovice: Make = (situation) => {
  if (!lacksResponder(situation)) return null;
  const { plan } = situation.facts;
  const ports = plan.narrowed ? ` --ports ${rangeWords(plan.rpcRange)}` : '';
  return {
    id: 'run-responder',
    title: "Prove the path with a responder on the novice's PC",
    where: 'novice',
    text: 'Run it there, or on any machine behind the same filter; it prints the line to run here, check --responder CODE. Each port that it opens then proves open or filtered. For a PC without Node: respond --print-powershell.',
    ...commandsFor(['cmd', [`ra-preflight respond --duration 10m${ports}`]]),
  };
};

/** The name of the rule that `respond` prints commands for. */
const RULE = 'ra-preflight responder';

/** The novice's own firewall may be what keeps the responder from being reached. */
export const allowResponder: Make = ({ rulings, facts: { responder } }) =>
  rulings.get('dynamic-rpc')?.rule === 'responder-own-firewall' && responder !== null
    ? {
        id: 'allow-responder',
        title: 'Allow the responder in the Windows Firewall for the test',
        where: 'novice',
        text: 'In PowerShell as administrator; ra-preflight respond prints these lines with the right program. Start the responder again and use its new code. The last line removes the rule.',
        ...commandsFor([
          'powershell',
          [
            `New-NetFirewallRule -DisplayName '${RULE}' -Direction Inbound -Action Allow -Protocol TCP -Program (Get-Command node).Source`,
            `Remove-NetFirewallRule -DisplayName '${RULE}'`,
          ],
        ]),
      }
    : null;

const ONE_SIDED: ReadonlySet<string> = new Set<RuleName>(['responder-filtered', 'responder-own-firewall']);

/** What one side cannot know, a control connection tells. */
export const connectResponder: Make = ({ rulings, facts: { responder } }) =>
  responder !== null &&
  responder.evidence.noviceReport === null &&
  ONE_SIDED.has(rulings.get('dynamic-rpc')?.rule ?? '')
    ? (address) => ({
        id: 'connect-responder',
        title: 'Have the responder report what arrives there',
        where: 'expert',
        text: `Start it with ra-preflight respond --to EXPERT, where EXPERT is this machine, and run the line that it prints here, which is like the one below. It connects to this machine (outgoing connections are allowed by default), and the report says whether packets are lost on the way there or on the way back.`,
        ...commandsFor([
          'shell',
          [
            `ra-preflight check --responder CODE --listen :47135 ${canonicalAddress(address ?? '') ?? 'HOST'}`,
          ],
        ]),
      })
    : null;
