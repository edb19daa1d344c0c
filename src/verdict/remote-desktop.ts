import type { PortObservation } from '../model/evidence.ts';
import { type Facts, passesByRefusal, refusalConfidence, refusalDoubt } from './facts.ts';
import { fail, pass, type Ruling, undetermined } from './ruling.ts';
import { silenceConfidence } from './silence.ts';
import { lastHopWords, type SolePort, type SoleRule, stoppedRules } from './sole-port.ts';

const DESKTOP: SolePort = { port: 3389, prefix: 'desktop' };
const PORTS = [DESKTOP.port];

const OTHER_SPEECH = {
  foreign:
    'does not speak Remote Desktop: something else listens there, or a proxy answers in the name of the host',
  mute: 'says nothing to a Remote Desktop request: the data may not get through, or a proxy accepts in the name of the host',
  'hung-up': 'closes without a word: a proxy, or a device in between that ends what it does not like',
} as const;

const spoken = ({ acceptsAll }: Facts, { finding }: PortObservation): Ruling => {
  if (finding?.kind !== 'remote-desktop') {
    const text = 'TCP 3389 accepts connections; what listens there was not asked.';
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

const accepted: SoleRule = (facts, seen) => (seen?.reply.kind === 'accepted' ? spoken(facts, seen) : null);

const refused: SoleRule = (facts, seen) => {
  const reply = seen?.reply;
  if (reply?.kind !== 'refused' || !passesByRefusal(facts, reply)) return null;
  const confidence = refusalConfidence(facts, reply);
  return pass(
    confidence,
    'desktop-refused',
    `TCP 3389 is refused: the way is clear and nothing listens now. XP SP2 opens it when the session starts; Server 2003 needs the Remote Desktop exception, and then it would listen already.${refusalDoubt(confidence)}`,
    PORTS,
  );
};

const unverified: SoleRule = (_, seen) => {
  if (seen?.reply.kind !== 'refused') return null;
  return undetermined(
    'desktop-refused-unverified',
    "TCP 3389 is refused, but no refusal is known to be the host's. A device that resets what it likes in its name looks the same.",
    PORTS,
    'either',
  );
};

const silent: SoleRule = (facts, seen) => {
  if (seen?.reply.kind !== 'silent' || !facts.refuses) return null;
  return fail(
    silenceConfidence(facts.evidence, [seen], 'likely'),
    'desktop-silent',
    `TCP 3389 gets no answer although other unused ports of this host are refused at once: a firewall drops it, or its answer on the way back.${lastHopWords(facts, 3389)}`,
    PORTS,
    'either',
  );
};

const stealth: SoleRule = (facts, seen) => {
  if (seen?.reply.kind !== 'silent' || !facts.alive) return null;
  return undetermined(
    'desktop-stealth',
    'TCP 3389 gets no answer, and this host was not seen to refuse unused ports either, so silence tells nothing. XP SP2 opens the port when the session starts; Server 2003 needs the Remote Desktop exception, and then it would answer now.',
    PORTS,
    'either',
  );
};

const noAnswer: SoleRule = () =>
  undetermined('desktop-no-answer', 'Nothing of this host answers, on TCP 3389 or elsewhere.', PORTS);

/** TCP 3389 where it is needed (XP, Server 2003, or an unknown Windows), in order; the first that matches decides. */
export const REMOTE_DESKTOP: readonly SoleRule[] = [
  ...stoppedRules(DESKTOP),
  accepted,
  refused,
  unverified,
  silent,
  stealth,
  noAnswer,
];
