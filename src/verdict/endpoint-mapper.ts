import type { EndpointMapperFinding } from '../model/evidence.ts';
import { refusalConfidence, silenceConfidence } from './facts.ts';
import { fail, pass, type Ruling, undetermined } from './ruling.ts';
import { lastHopWords, type SolePort, type SoleRule, stoppedRules } from './sole-port.ts';

const MAPPER: SolePort = { port: 135, prefix: 'mapper' };
const PORTS = [MAPPER.port];

const listing = (found: EndpointMapperFinding): Ruling =>
  found.listing === 'refused'
    ? pass(
        'proven',
        'mapper-listing-refused',
        'TCP 135 answers RPC but does not list its endpoints to strangers. That is a setting of the host, not a filter: an expert signs in.',
        PORTS,
      )
    : pass('proven', 'mapper-answers', 'TCP 135 accepts and the RPC endpoint mapper answers.', PORTS);

const spoken = (found: EndpointMapperFinding): Ruling => {
  switch (found.speech) {
    case 'spoke':
      return listing(found);
    case 'refused':
      return pass(
        'proven',
        'mapper-refuses-anonymous',
        'TCP 135 answers RPC but refuses strangers. That is a setting of the host, not a filter: an expert signs in.',
        PORTS,
      );
    case 'foreign':
      return fail(
        'proven',
        'mapper-foreign',
        'Something answers on TCP 135, but it does not speak RPC: a proxy, a port forward or another program. The offer would end there.',
        PORTS,
        null,
      );
    case 'mute':
      return undetermined(
        'mapper-mute',
        'TCP 135 accepts and then says nothing to an RPC bind: a hung service, a tarpit or a proxy in between.',
        PORTS,
      );
    case 'hung-up':
      return undetermined(
        'mapper-hung-up',
        'TCP 135 accepts and closes without a word: a proxy without its target, or a service that is overloaded.',
        PORTS,
      );
  }
};

const accepted: SoleRule = (_, seen) => {
  if (seen?.reply.kind !== 'accepted') return null;
  if (seen.finding?.kind === 'endpoint-mapper') return spoken(seen.finding);
  return pass(
    'likely',
    'mapper-accepts',
    'TCP 135 accepts connections; what listens there was not asked.',
    PORTS,
  );
};

const refused: SoleRule = (facts, seen) => {
  const reply = seen?.reply;
  if (reply?.kind !== 'refused') return null;
  const confidence = refusalConfidence(facts, reply);
  const cause =
    confidence === 'proven'
      ? 'The way is clear and this is no filter: no RPC endpoint mapper listens there, so it is no Windows machine or its RPC service is down.'
      : 'Either nothing listens there, so it is no Windows machine or its RPC service is down, or a firewall refuses in its name. The offer ends there in both cases.';
  return fail(confidence, 'mapper-refused', `TCP 135 is refused. ${cause}`, PORTS, null);
};

const silent: SoleRule = (facts, seen) => {
  if (seen?.reply.kind !== 'silent' || !facts.alive) return null;
  return fail(
    silenceConfidence(facts, [seen], 'likely'),
    'mapper-silent',
    `TCP 135 gets no answer although the host is alive: a firewall on the way or on the host drops it.${lastHopWords(facts, 135)}`,
    PORTS,
    'either',
  );
};

const noAnswer: SoleRule = () =>
  undetermined('mapper-no-answer', 'Nothing of this host answers, on TCP 135 or elsewhere.', PORTS);

/** TCP 135, in order; the first that matches decides. Named and explained in docs/verdicts.md. */
export const ENDPOINT_MAPPER: readonly SoleRule[] = [
  ...stoppedRules(MAPPER),
  accepted,
  refused,
  silent,
  noAnswer,
];
