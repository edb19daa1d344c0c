import { commandsFor } from '../../model/commands.ts';
import { CLEAR_SO_FAR, type HostReport, isClearSoFar, type Remedy } from '../../model/report.ts';
import { canonicalAddress } from '../canonical-address.ts';
import { rangeWords } from '../dynamic-facts.ts';
import { passingPorts } from '../path.ts';
import { respondOnNovice } from './responder.ts';
import type { Make, Situation } from './situation.ts';

/** The command that checks the host with this address again, as it was checked, with `more` options behind it. */
const checkAgain = ({ facts: { plan } }: Situation, address: string | null, more: string): string =>
  [
    'ra-preflight check',
    canonicalAddress(address ?? '') ?? 'HOST',
    ...(plan.novice === 'auto' ? [] : [`--novice ${plan.novice}`]),
    ...(plan.narrowed ? [`--rpc-ports ${rangeWords(plan.rpcRange)}`] : []),
    more,
  ].join(' ');

/** Whether a witness would settle it: packets of the novice itself were seen at the last router before it, or no router is between. */
const reachesLastRouter = ({ facts: { path } }: Situation): boolean =>
  path.distance === 1 || passingPorts(path).length > 0;

/**
 * A machine beside the novice that answers where the novice does not, for a novice of which nothing else is in doubt. What it shows
 * rests on traces, so the engine must see them.
 */
const askWitness: Make = (situation) =>
  situation.reason === CLEAR_SO_FAR && situation.facts.seesIcmp
    ? (address) => ({
        id: 'ask-witness',
        title: 'Check again with a witness from its subnet',
        where: 'expert',
        text: 'A machine there that answers on unused ports (a printer, a Linux server) shows whether the network passes the range. Replace MACHINE with its name or address.',
        ...commandsFor(['shell', [checkAgain(situation, address, '--witness MACHINE')]]),
      })
    : null;

/** All but the offer itself, as the account that will make it. Only Windows can. */
const rehearseOffer: Make = (situation) =>
  situation.reason === CLEAR_SO_FAR && situation.facts.plan.onWindows === true
    ? (address) => ({
        id: 'rehearse',
        title: 'Rehearse the offer from this PC',
        where: 'expert',
        text: 'Activates Remote Assistance on the novice as the signed-in user, as an offer does, and shows nothing there. If it works, TCP 135, the DCOM permissions, the helper list and a dynamic port are proven together for this account.',
        ...commandsFor(['cmd', [checkAgain(situation, address, '--rehearse')]]),
      })
    : null;

const asLikely: Make = (situation) => (reachesLastRouter(situation) ? askWitness(situation) : null);
const asUnlikely: Make = (situation) => (reachesLastRouter(situation) ? null : askWitness(situation));

/**
 * Ways to decide what only silence leaves open, the one that fits the evidence first: a witness where the path to the novice is known
 * to its end, else a responder.
 */
export const SILENCE_REMEDIES: readonly Make[] = [asLikely, respondOnNovice, rehearseOffer, asUnlikely];

/** What a remedy is called as the next step, with the command that settles the question. */
const STEPS: Readonly<Record<string, (command: string) => string>> = {
  'ask-witness': (command) =>
    `${command}, where MACHINE is another host of its subnet that answers on unused ports (a printer, a Linux server).`,
  'run-responder': (command) =>
    `on the novice's PC, ${command}; then here the check --responder command that it prints.`,
  rehearse: (command) => `${command} (as the account that will make the offer).`,
};

/** ` Next: ...`, to stand behind the reason of a host that is clear so far; empty where no command settles it. */
const nextWords = ([first]: readonly Remedy[]): string => {
  const words = STEPS[first?.id ?? ''];
  const [command] = first?.commands ?? [];
  return words && command !== undefined ? ` Next: ${words(command)}` : '';
};

/** Gives a report its remedies. Where it is clear so far, the reason ends with the command of the first, in place of another. */
export const withRemedies = (report: HostReport, remedies: readonly Remedy[]): HostReport => {
  const [before, after] = [nextWords(report.remedies), nextWords(remedies)];
  if (before === after || !isClearSoFar(report)) return { ...report, remedies };
  const because = report.because.map((one) =>
    one.rule === CLEAR_SO_FAR
      ? { ...one, text: `${before === '' ? one.text : one.text.slice(0, -before.length)}${after}` }
      : one,
  );
  return { ...report, because, remedies };
};
