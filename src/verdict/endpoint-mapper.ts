import type { EndpointMapperFinding } from '../model/evidence.ts';
import { type HostFacts, isOwnRefusal, passesByRefusal, refusalConfidence, unpinged } from './host-facts.ts';
import { fail, pass, type Ruling, undetermined } from './ruling.ts';
import { silenceConfidence } from './silence.ts';
import { lastHopWords, type SoleRule, soleTable } from './sole-port.ts';

const PORT = 135;
const PORTS = [PORT];

const listing = (found: EndpointMapperFinding): Ruling => {
  if (found.stalled && found.listing === 'none') {
    // Short replies still came: without them, everything else that ends answers looks the same.
    const isShortAnswered = found.resolver.kind === 'answered' || found.resolver.kind === 'refused';
    return isShortAnswered
      ? undetermined(
          'mapper-stalled',
          'TCP 135 answers an RPC bind and short questions, but its endpoint list, a much longer reply, never arrives. This is what lost large packets look like: a tunnel or VPN with a smaller MTU and no ICMP or MSS clamping, or an inspection device. DCOM and Remote Desktop send large packets as well, so an offer would hang.',
          PORTS,
          null,
        )
      : undetermined(
          'mapper-went-silent',
          'TCP 135 answers an RPC bind and then nothing more: neither its endpoint list, a much longer reply, nor a short question over a new connection. Answers stopped (a limit, scan detection, a host that went away), or large packets are lost on the way. Check again in a few minutes: if short questions are answered then and the list is not, it is large packets.',
          PORTS,
          null,
        );
  }
  return found.listing === 'refused'
    ? pass(
        'proven',
        'mapper-listing-refused',
        "TCP 135 answers RPC but does not list its endpoints anonymously, which is normal since Server 2008 R2. It is not filtered, and the expert's PC authenticates.",
        PORTS,
      )
    : pass('proven', 'mapper-answers', 'TCP 135 accepts and the RPC endpoint mapper answers.', PORTS);
};

const spoken = (found: EndpointMapperFinding): Ruling => {
  switch (found.speech) {
    case 'spoke':
      return listing(found);
    case 'refused':
      return pass(
        'proven',
        'mapper-refuses-anonymous',
        "TCP 135 answers RPC but refuses anonymous callers. That is a setting on the host, not a filter, and the expert's PC authenticates.",
        PORTS,
      );
    case 'foreign':
      return fail(
        'proven',
        'mapper-foreign',
        'Something answers on TCP 135, but it does not speak RPC: a proxy, a port forward or another program. The offer would fail there.',
        PORTS,
        null,
      );
    case 'mute':
      return undetermined(
        'mapper-mute',
        'TCP 135 accepts but never answers an RPC bind: a hung service, a tarpit or proxy, or a device in between that passes the handshake and drops the data.',
        PORTS,
      );
    case 'hung-up':
      return undetermined(
        'mapper-hung-up',
        'TCP 135 accepts and closes the connection immediately: a proxy that cannot reach its target, an inspection device, or an overloaded service.',
        PORTS,
      );
  }
};

const accepted: SoleRule = (facts, seen) => {
  if (seen.reply.kind !== 'accepted') return null;
  if (seen.finding?.kind === 'endpoint-mapper') return spoken(seen.finding);
  if (seen.finding?.kind === 'responder')
    return pass(
      'proven',
      'mapper-path-proven',
      'Network path to TCP 135 proven: the responder listens there, since no RPC service does, and answers with its key.',
      PORTS,
    );
  if (facts.acceptsAll) {
    return undetermined(
      'mapper-accepts',
      'TCP 135 accepts connections, as every other port of this address does; what listens there was not tested.',
      PORTS,
    );
  }
  return pass(
    'likely',
    'mapper-accepts',
    'TCP 135 accepts connections; what listens there was not tested.',
    PORTS,
  );
};

/** A responder that is no Windows stands in for the novice behind the same filter; without root it cannot open TCP 135. */
const standIn: SoleRule = (facts, seen) => {
  const { responder } = facts;
  if (!responder?.isProven || responder.evidence.firewall !== 'none') return null;
  if (responder.listening?.has(PORT) || responder.taken.has(PORT)) return null;
  if (passesByRefusal(facts, seen.reply))
    return pass(
      refusalConfidence(facts, seen.reply),
      'mapper-stand-in',
      "TCP 135 is closed on the responder's machine, which does not run Windows and has no RPC service: the path to that port is clear.",
      PORTS,
    );
  return seen.reply.kind === 'silent'
    ? undetermined(
        'mapper-stand-in-silent',
        "TCP 135 gets no answer, but the responder's machine does not run Windows, and nothing listens there: start the responder as root, so that it can open TCP 135.",
        PORTS,
      )
    : null;
};

const refused: SoleRule = (facts, seen) => {
  const reply = seen.reply;
  if (reply.kind !== 'refused') return null;
  const confidence = refusalConfidence(facts, reply);
  const cause =
    confidence === 'proven'
      ? 'The network path is fine, but nothing is listening: this is not a Windows PC, or its RPC service is down.'
      : "Either nothing is listening (this is not a Windows PC, or its RPC service is down), or a firewall is sending the reset on the host's behalf. Either way the offer fails.";
  return fail(
    // Whoever refuses, nothing of an offer gets in there.
    confidence === 'weak' ? 'likely' : confidence,
    'mapper-refused',
    `TCP 135 is ${confidence === 'proven' ? 'closed' : 'refused'}. ${cause}`,
    PORTS,
    isOwnRefusal(facts, reply) ? null : 'either',
  );
};

/** What is said where a ping is the only sign of life. */
const echoDoubt = ({ evidence: { echo, ports } }: HostFacts): string =>
  echo.kind === 'reply' && ports.every(({ reply }) => reply.kind === 'silent' || reply.kind === 'unknown')
    ? ' Only a ping was answered, and a router may answer pings for a host that is off.'
    : '';

const silent: SoleRule = (facts, seen) => {
  if (seen.reply.kind !== 'silent' || !facts.alive) return null;
  return fail(
    silenceConfidence(facts.evidence, [seen], 'likely'),
    'mapper-silent',
    `TCP 135 gets no answer although the host is alive: a firewall on the path (there or back) or on the host silently drops it.${lastHopWords(facts, 135)}${echoDoubt(facts)}`,
    PORTS,
    'either',
  );
};

const noAnswer: SoleRule = (facts) =>
  undetermined(
    'mapper-no-answer',
    'Nothing on this host answers, on TCP 135 or elsewhere.',
    PORTS,
    // A Windows on a public network is silent on TCP and answers pings; where none could be sent, it may be one.
    unpinged(facts) === null ? null : 'either',
  );

/** TCP 135, in order; the first that matches decides. Named and explained in docs/verdicts.md. */
export const ENDPOINT_MAPPER = soleTable({ port: PORT, prefix: 'mapper' }, [
  accepted,
  standIn,
  refused,
  silent,
  noAnswer,
]);
