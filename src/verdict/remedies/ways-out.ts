import { CLEAR_SO_FAR, commandsFor } from '../../model/report.ts';
import { canonical } from '../address.ts';
import { rangeWords } from '../dynamic-facts.ts';
import { respondOnNovice } from './responder.ts';
import type { Make, Situation } from './situation.ts';

/** The command that checks the host with this address again, as it was checked, with `more` options behind it. */
const checkAgain = ({ facts: { plan } }: Situation, address: string | null, more: string): string =>
  [
    'ra-preflight check',
    canonical(address ?? '') ?? 'HOST',
    ...(plan.novice === 'auto' ? [] : [`--novice ${plan.novice}`]),
    ...(plan.narrowed ? [`--rpc-ports ${rangeWords(plan.rpcRange)}`] : []),
    more,
  ].join(' ');

/**
 * A machine beside the novice that answers where the novice does not, for a novice of which nothing else is in doubt. What it tells
 * rests on traces, so the engine must see them.
 */
const askWitness: Make = (situation) =>
  situation.reason === CLEAR_SO_FAR && situation.facts.seesIcmp
    ? (address) => ({
        id: 'ask-witness',
        title: 'Check again with a witness, another machine of its subnet',
        where: 'expert',
        text: 'A machine of the same subnet that answers on unused ports (a printer, a Linux server, an access point) shows whether the network lets the range through. Put its name or address in place of ANOTHER-MACHINE-OF-ITS-SUBNET; the option may be repeated.',
        ...commandsFor([
          'shell',
          [checkAgain(situation, address, '--witness ANOTHER-MACHINE-OF-ITS-SUBNET')],
        ]),
      })
    : null;

/** All but the offer itself, as the account that will make it. It needs nothing of the network that a probe sees. */
const rehearseOffer: Make = (situation) =>
  situation.reason === CLEAR_SO_FAR
    ? (address) => ({
        id: 'rehearse',
        title: 'Rehearse the offer from a Windows PC',
        where: 'expert',
        text: "Activates Remote Assistance on the novice as the signed-in user, as an offer does, and shows nothing there. If it works, TCP 135, DCOM's permissions, the helper list and a dynamic port are proven together for this account.",
        ...commandsFor(['cmd', [checkAgain(situation, address, '--rehearse')]]),
      })
    : null;

/**
 * Ways from a verdict that only silence leaves open to an answer, the one that needs least first. Each offers itself where it
 * would tell something, with the command to type.
 */
export const WAYS_OUT: readonly Make[] = [askWitness, respondOnNovice, rehearseOffer];
