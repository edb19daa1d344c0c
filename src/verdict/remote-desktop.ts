import type { PortObservation } from '../model/evidence.ts';
import { refusalConfidence, silenceConfidence } from './facts.ts';
import { fail, pass, type Ruling, undetermined } from './ruling.ts';
import { lastHopWords, type SolePort, type SoleRule, stoppedRules } from './sole-port.ts';

const DESKTOP: SolePort = { port: 3389, prefix: 'desktop' };
const PORTS = [DESKTOP.port];

const OTHER_SPEECH = {
  foreign: 'does not speak Remote Desktop',
  mute: 'says nothing to a Remote Desktop request',
  'hung-up': 'closes without a word',
} as const;

const spoken = ({ finding }: PortObservation): Ruling => {
  if (finding?.kind !== 'remote-desktop') {
    const text = 'TCP 3389 accepts connections; what listens there was not asked.';
    return pass('likely', 'desktop-accepts', text, PORTS);
  }
  if (finding.speech === 'spoke' || finding.speech === 'refused')
    return pass('proven', 'desktop-answers', 'TCP 3389 accepts and speaks Remote Desktop.', PORTS);
  return pass(
    'likely',
    'desktop-foreign',
    `TCP 3389 accepts but ${OTHER_SPEECH[finding.speech]}. The way seems clear; make sure that nothing else occupies the port when the session starts.`,
    PORTS,
  );
};

const accepted: SoleRule = (_, seen) => {
  return seen?.reply.kind === 'accepted' ? spoken(seen) : null;
};

const refused: SoleRule = (facts, seen) => {
  const reply = seen?.reply;
  if (reply?.kind !== 'refused') return null;
  return pass(
    refusalConfidence(facts, reply),
    'desktop-refused',
    'TCP 3389 is refused: the way is clear and nothing listens now. XP SP2 opens it when the session starts; Server 2003 needs the Remote Desktop exception, and then it would listen already.',
    PORTS,
  );
};

const silent: SoleRule = (facts, seen) => {
  if (seen?.reply.kind !== 'silent' || !facts.refuses) return null;
  return fail(
    silenceConfidence(facts, [seen], 'likely'),
    'desktop-silent',
    `TCP 3389 gets no answer although this host refuses other unused ports at once: a firewall drops it.${lastHopWords(facts, 3389)}`,
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
  silent,
  stealth,
  noAnswer,
];
