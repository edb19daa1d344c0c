import type { PortObservation } from '../model/evidence.ts';
import { type HostFacts, passesByRefusal, refusalConfidence, refusalDoubt } from './host-facts.ts';
import { mayHaveEnded } from './responder.ts';
import { fail, pass, type Ruling, undetermined } from './ruling.ts';
import { silenceConfidence, silenceTells } from './silence.ts';
import { lastHopWords, type SoleRule, soleTable } from './sole-port.ts';

const PORT = 3389;
const PORTS = [PORT];

const OTHER_SPEECH = {
  foreign:
    "does not speak Remote Desktop: something else listens there, or a proxy answers on the host's behalf",
  mute: "never answers a Remote Desktop request: the data may not get through, or a proxy accepts on the host's behalf",
  'hung-up': 'closes the connection immediately: a proxy or an inspection device',
} as const;

const spoken = ({ acceptsAll, responder }: HostFacts, { finding }: PortObservation): Ruling => {
  if (finding?.kind === 'responder')
    return pass(
      'proven',
      'desktop-path-proven',
      'Network path to TCP 3389 proven: the responder listens there and answers with its key.',
      PORTS,
    );
  if (responder?.listening?.has(PORT) && finding?.speech !== 'spoke')
    return fail(
      'proven',
      'desktop-intercepted',
      "TCP 3389 is accepted, but not answered with the responder's key, although the responder listens there: a proxy stands in between.",
      PORTS,
      'network',
    );
  if (finding?.kind !== 'remote-desktop') {
    const text = 'TCP 3389 accepts connections; what listens there was not tested.';
    return acceptsAll
      ? undetermined('desktop-accepts', `${text} Every other port of this address accepts as well.`, PORTS)
      : pass('likely', 'desktop-accepts', text, PORTS);
  }
  if (finding.speech === 'spoke' || finding.speech === 'refused')
    return pass('proven', 'desktop-answers', 'TCP 3389 accepts and speaks Remote Desktop.', PORTS);
  return undetermined(
    'desktop-foreign',
    `TCP 3389 accepts but ${OTHER_SPEECH[finding.speech]}. An accept alone does not show that a session gets through.`,
    PORTS,
  );
};

const accepted: SoleRule = (facts, seen) => (seen.reply.kind === 'accepted' ? spoken(facts, seen) : null);

const refused: SoleRule = (facts, seen) => {
  const reply = seen.reply;
  if (reply.kind !== 'refused' || !passesByRefusal(facts, reply)) return null;
  const confidence = refusalConfidence(facts, reply);
  return pass(
    confidence,
    'desktop-refused',
    `TCP 3389 is closed: the path is clear and nothing listens now. XP SP2 opens it when the session starts; Server 2003 needs the Remote Desktop exception and would already listen.${refusalDoubt(confidence)}`,
    PORTS,
  );
};

const unverified: SoleRule = (_, seen) => {
  if (seen.reply.kind !== 'refused') return null;
  return undetermined(
    'desktop-refused-unverified',
    'TCP 3389 is refused, but the reset is not known to come from the host. A device in between that sends resets on its behalf looks the same.',
    PORTS,
    'either',
  );
};

const silent: SoleRule = (facts, seen) => {
  if (seen.reply.kind !== 'silent' || !facts.refuses) return null;
  return fail(
    silenceConfidence(facts.evidence, [seen], 'likely'),
    'desktop-silent',
    `TCP 3389 gets no answer although this host resets other unused ports: a firewall on the path (there or back) or on the host silently drops it.${lastHopWords(facts, 3389)}`,
    PORTS,
    'either',
  );
};

const listened: SoleRule = (facts, seen) => {
  const { responder } = facts;
  if (!responder) return null;
  const { kind } = seen.reply;
  if (kind !== 'silent' && kind !== 'refused') return null;
  // A limit explains silence but no reset; the machine itself resets what the responder has closed.
  if (kind === 'silent' ? !silenceTells(facts.evidence, seen) : mayHaveEnded(facts, responder)) return null;
  const isOurs = responder.listening?.has(PORT) === true;
  if (!isOurs && !responder.taken.has(PORT)) return null;
  const { noviceReport: told } = responder.evidence;
  const arrived = responder.arrived.has(PORT)
    ? ' Its packets arrive there, and the replies are lost on the way back.'
    : told === null || !isOurs
      ? ''
      : ' Nothing arrives there.';
  return fail(
    kind === 'refused' ? 'likely' : silenceConfidence(facts.evidence, [seen], 'likely'),
    'desktop-path-filtered',
    `TCP 3389 ${kind === 'refused' ? 'is reset' : 'gets no answer'} although ${isOurs ? 'the responder' : 'a program'} listens there: a filter on the path${isOurs ? '' : ", or that machine's own firewall"}.${arrived}${lastHopWords(facts, 3389)}`,
    PORTS,
    isOurs ? 'network' : 'either',
  );
};

const stealth: SoleRule = (facts, seen) => {
  if (seen.reply.kind !== 'silent' || !facts.alive) return null;
  return undetermined(
    'desktop-stealth',
    'TCP 3389 gets no answer, but this host does not reset closed ports, so silence proves nothing. XP SP2 opens the port when the session starts; Server 2003 needs the Remote Desktop exception and would already answer.',
    PORTS,
    'either',
  );
};

const noAnswer: SoleRule = () =>
  undetermined('desktop-no-answer', 'Nothing on this host answers, on TCP 3389 or elsewhere.', PORTS);

/** TCP 3389 where it is needed (XP, Server 2003, or an unknown Windows), in order; the first that matches decides. */
export const REMOTE_DESKTOP = soleTable({ port: PORT, prefix: 'desktop' }, [
  accepted,
  listened,
  refused,
  unverified,
  silent,
  stealth,
  noAnswer,
]);
