import type { PortObservation, RemoteDesktopFinding } from '../model/evidence.ts';
import { isProhibited, rejecterOf, silenceConfidence } from './facts.ts';
import { diesOnTheWay, lastHopOf } from './path.ts';
import { type Rule, type Ruling, ruling } from './ruling.ts';

const PORTS = [3389];

const desktop = (seen: PortObservation): RemoteDesktopFinding | undefined =>
  seen.finding?.kind === 'remote-desktop' ? seen.finding : undefined;

const accepted = (seen: PortObservation): Ruling => {
  const found = desktop(seen);
  if (!found)
    return ruling(
      'pass',
      'likely',
      'desktop-accepts',
      'TCP 3389 accepts connections; what listens there was not asked.',
      PORTS,
    );
  if (found.speech === 'spoke' || found.speech === 'refused') {
    return ruling('pass', 'proven', 'desktop-answers', 'TCP 3389 accepts and speaks Remote Desktop.', PORTS);
  }
  const what = {
    foreign: 'does not speak Remote Desktop',
    mute: 'says nothing to a Remote Desktop request',
    'hung-up': 'closes without a word',
  }[found.speech];
  return ruling(
    'pass',
    'likely',
    'desktop-foreign',
    `TCP 3389 accepts but ${what}. The way is clear; make sure that nothing else occupies the port when the session starts.`,
    PORTS,
  );
};

/** TCP 3389 where it is needed (XP, Server 2003, or an unknown Windows), in order; the first that matches decides. */
export const REMOTE_DESKTOP: readonly Rule[] = [
  (facts) => {
    const seen = facts.one('remote-desktop');
    if (seen && seen.reply.kind !== 'unknown') return null;
    const why = seen?.reply.kind === 'unknown' ? `: ${seen.reply.fault.text}` : '';
    return ruling(
      'undetermined',
      'weak',
      'desktop-not-asked',
      `TCP 3389 could not be asked from here${why}.`,
      PORTS,
    );
  },
  (facts) => {
    const seen = facts.one('remote-desktop');
    return seen?.reply.kind === 'accepted' ? accepted(seen) : null;
  },
  (facts) => {
    const seen = facts.one('remote-desktop');
    if (seen?.reply.kind !== 'refused') return null;
    if (seen.reply.by === 'middlebox') {
      const place = lastHopOf(facts.way, 3389)?.address;
      return ruling(
        'fail',
        'proven',
        'desktop-reset-on-way',
        `TCP 3389 is reset on the way${place ? ` after ${place}` : ''}, before it can reach the host.`,
        PORTS,
      );
    }
    return ruling(
      'pass',
      facts.refusal,
      'desktop-refused',
      'TCP 3389 is refused: the way is clear and nothing listens now. XP SP2 opens it when the session starts; Server 2003 needs the Remote Desktop exception.',
      PORTS,
    );
  },
  (facts) => {
    const seen = facts.one('remote-desktop');
    if (!seen || !isProhibited(facts, seen)) return null;
    return ruling(
      'fail',
      'proven',
      'desktop-rejected',
      `TCP 3389 is rejected by ${rejecterOf(facts, seen)}.`,
      PORTS,
    );
  },
  (facts) => {
    const seen = facts.one('remote-desktop');
    if (!seen || !diesOnTheWay(facts.way, seen)) return null;
    return ruling(
      'fail',
      'proven',
      'desktop-dropped-on-way',
      `TCP 3389 is dropped after ${lastHopOf(facts.way, 3389)?.address ?? 'this machine'}; other ports get farther.`,
      PORTS,
    );
  },
  (facts) => {
    const seen = facts.one('remote-desktop');
    if (seen?.reply.kind !== 'silent' || !facts.refuses) return null;
    const hop = lastHopOf(facts.way, 3389)?.address;
    const place = hop
      ? ` The last hop that passed it is ${hop}; from there on it is the last router or the host's own firewall.`
      : '';
    return ruling(
      'fail',
      silenceConfidence(facts, [seen], 'likely'),
      'desktop-silent',
      `TCP 3389 gets no answer although this host refuses other unused ports at once: a firewall drops it.${place}`,
      PORTS,
    );
  },
  (facts) => {
    const seen = facts.one('remote-desktop');
    if (seen?.reply.kind !== 'silent' || !facts.alive) return null;
    return ruling(
      'undetermined',
      'weak',
      'desktop-stealth',
      'TCP 3389 gets no answer, like every unused port of this host, so silence tells nothing. XP SP2 opens the port when the session starts; Server 2003 needs the Remote Desktop exception, which would answer now.',
      PORTS,
    );
  },
  () =>
    ruling(
      'undetermined',
      'weak',
      'desktop-no-answer',
      'TCP 3389 gets no answer, and neither does anything else of this host.',
      PORTS,
    ),
];
