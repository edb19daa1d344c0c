import type { EndpointMapperFinding, PortObservation } from '../model/evidence.ts';
import { isProhibited, rejecterOf, silenceConfidence } from './facts.ts';
import { diesOnTheWay, lastHopOf } from './path.ts';
import { type Rule, type Ruling, ruling } from './ruling.ts';

const PORTS = [135];

const mapper = (seen: PortObservation | undefined): EndpointMapperFinding | undefined =>
  seen?.finding?.kind === 'endpoint-mapper' ? seen.finding : undefined;

const spoken = (found: EndpointMapperFinding): Ruling => {
  const detailed = {
    spoke:
      found.listing === 'refused'
        ? ruling(
            'pass',
            'proven',
            'mapper-listing-refused',
            'TCP 135 answers RPC but does not list its endpoints to strangers. That is a setting of the host, not a filter: an expert signs in.',
            PORTS,
          )
        : ruling(
            'pass',
            'proven',
            'mapper-answers',
            'TCP 135 accepts and the RPC endpoint mapper answers.',
            PORTS,
          ),
    refused: ruling(
      'pass',
      'proven',
      'mapper-refuses-anonymous',
      'TCP 135 answers RPC but refuses strangers. That is a setting of the host, not a filter: an expert signs in.',
      PORTS,
    ),
    foreign: ruling(
      'fail',
      'proven',
      'mapper-foreign',
      'Something answers on TCP 135, but it does not speak RPC: a proxy, a port forward or another program. The offer would end there.',
      PORTS,
    ),
    mute: ruling(
      'undetermined',
      'weak',
      'mapper-mute',
      'TCP 135 accepts and then says nothing to an RPC bind: a hung service, a tarpit or a proxy in between.',
      PORTS,
    ),
    'hung-up': ruling(
      'undetermined',
      'weak',
      'mapper-hung-up',
      'TCP 135 accepts and closes without a word: a proxy without its target, or a service that is overloaded.',
      PORTS,
    ),
  } as const;
  return detailed[found.speech];
};

/** TCP 135, in order; the first that matches decides. Named and explained in docs/verdicts.md. */
export const ENDPOINT_MAPPER: readonly Rule[] = [
  (facts) => {
    const seen = facts.one('endpoint-mapper');
    if (seen && seen.reply.kind !== 'unknown') return null;
    const why = seen?.reply.kind === 'unknown' ? `: ${seen.reply.fault.text}` : '';
    return ruling(
      'undetermined',
      'weak',
      'mapper-not-asked',
      `TCP 135 could not be asked from here${why}.`,
      PORTS,
    );
  },
  (facts) => {
    const seen = facts.one('endpoint-mapper');
    if (seen?.reply.kind !== 'accepted') return null;
    const found = mapper(seen);
    return found
      ? spoken(found)
      : ruling(
          'pass',
          'likely',
          'mapper-accepts',
          'TCP 135 accepts connections; what listens there was not asked.',
          PORTS,
        );
  },
  (facts) => {
    const seen = facts.one('endpoint-mapper');
    if (seen?.reply.kind !== 'refused') return null;
    if (seen.reply.by === 'middlebox') {
      const place = lastHopOf(facts.way, 135)?.address;
      return ruling(
        'fail',
        'proven',
        'mapper-reset-on-way',
        `TCP 135 is reset on the way${place ? ` after ${place}` : ''}, before it can reach the host.`,
        PORTS,
      );
    }
    return ruling(
      'fail',
      facts.refusal,
      'mapper-refused',
      'TCP 135 is refused: the way is clear, but no RPC endpoint mapper listens there. This is no filter; the host runs no Windows RPC service, or something refuses in its name.',
      PORTS,
    );
  },
  (facts) => {
    const seen = facts.one('endpoint-mapper');
    if (!seen || !isProhibited(facts, seen)) return null;
    return ruling(
      'fail',
      'proven',
      'mapper-rejected',
      `TCP 135 is rejected by ${rejecterOf(facts, seen)}.`,
      PORTS,
    );
  },
  (facts) => {
    const seen = facts.one('endpoint-mapper');
    if (!seen || !diesOnTheWay(facts.way, seen)) return null;
    return ruling(
      'fail',
      'proven',
      'mapper-dropped-on-way',
      `TCP 135 is dropped after ${lastHopOf(facts.way, 135)?.address ?? 'this machine'}; other ports get farther.`,
      PORTS,
    );
  },
  (facts) => {
    const seen = facts.one('endpoint-mapper');
    if (seen?.reply.kind !== 'silent' || !facts.alive) return null;
    const hop = lastHopOf(facts.way, 135)?.address;
    const place = hop
      ? ` The last hop that passed it is ${hop}; from there on it is the last router or the host's own firewall.`
      : '';
    return ruling(
      'fail',
      silenceConfidence(facts, [seen], 'likely'),
      'mapper-silent',
      `TCP 135 gets no answer although the host is alive: a firewall on the way or on the host drops it.${place}`,
      PORTS,
    );
  },
  () =>
    ruling(
      'undetermined',
      'weak',
      'mapper-no-answer',
      'TCP 135 gets no answer, and neither does anything else of this host.',
      PORTS,
    ),
];
