import { isShownRefusal } from '../model/evidence.ts';
import type { Generation } from '../model/plan.ts';
import { isReachable, type Reply } from '../model/reply.ts';
import type { Because, Verdict } from '../model/report.ts';
import { DYNAMIC_PORTS, LEGACY_PORTS, MODERN_PORTS, type PortRange, portCount } from '../model/target.ts';
import { isScattered, portsOf, rangeWords, within } from './dynamic-facts.ts';
import { type HostFacts, isLeftOut } from './host-facts.ts';
import { passingPorts } from './path.ts';
import { type Rulings, relevantRange } from './requirements.ts';
import { isAbsent } from './responder.ts';
import { responderFinding } from './responder-facts.ts';
import { type RuleName, traitsOf } from './rules.ts';
import { translationOf } from './translation.ts';

/** KB154596: open at least 100 ports, above 5000. */
const FEWEST_PORTS = 100;
const LOWEST_PORT = 5000;

/** Routers of one hop that are named. */
const MOST_ROUTERS = 4;

/** What remarks may depend on. */
export interface Judged {
  readonly facts: HostFacts;
  readonly generation: Generation | 'unknown';
  readonly rulings: Rulings;
  readonly verdict: Verdict;
  /** The rule that decided about the host as a whole; null where its requirements did. */
  readonly reason: string | null;
}

type Note = (judged: Judged) => Because | null;

const note = (rule: RuleName, text: string, ports: readonly number[] = []): Because => ({
  rule,
  text,
  ports,
});

const addressTranslation: Note = ({ facts }) => translationOf(facts);

const resolverRefused: Note = ({ facts: { mapper } }) => {
  const lists = mapper?.listing === 'complete' || mapper?.listing === 'cut';
  if (!lists || mapper.resolver.kind !== 'refused') return null;
  return note(
    'resolver-refused',
    'The endpoint mapper lists its endpoints, but the DCOM resolver on the same port refuses anonymous callers. Samba does this, and it has no Remote Assistance; Windows may do it too, so there is nothing to change.',
    [135],
  );
};

const isDefault = ({ from, to }: PortRange): boolean =>
  [DYNAMIC_PORTS, LEGACY_PORTS, MODERN_PORTS].some((range) => range.from === from && range.to === to);

/** Whether a probe left for the host: remarks on what was tested are false of one that was excluded or has no address. */
const wasProbed = ({ evidence }: HostFacts): boolean =>
  evidence.ports.some(({ reply }) => reply.kind !== 'unknown');

const narrowRange: Note = ({ facts }) => {
  const { plan } = facts;
  if (!plan.narrowed || isDefault(plan.rpcRange) || !wasProbed(facts)) return null;
  const faults = [
    portCount(plan.rpcRange) < FEWEST_PORTS ? `has fewer than ${FEWEST_PORTS} ports` : '',
    plan.rpcRange.from <= LOWEST_PORT ? `starts below ${LOWEST_PORT + 1}` : '',
  ].filter(Boolean);
  if (faults.length === 0) return null;
  return note(
    'narrow-range',
    `The range ${rangeWords(plan.rpcRange)} ${faults.join(' and ')}; Microsoft asks for at least ${FEWEST_PORTS} ports above ${LOWEST_PORT} (KB154596), or RPC servers may run out of ports.`,
  );
};

const sessionPort: Note = ({ facts, generation }) => {
  const { plan } = facts;
  if (!plan.narrowed || isDefault(plan.rpcRange) || generation === 'xp-2003' || !wasProbed(facts))
    return null;
  return note(
    'session-port',
    `Only ${rangeWords(plan.rpcRange)} was tested. On Vista and later the session itself uses another port, which probably follows the system's dynamic port range (netsh) and not the range set for RPC (KB300083): set both to ${rangeWords(plan.rpcRange)}.`,
  );
};

/** What is said of an address that serves worse than an open one, from the better to the worse. */
const WORSE_WORDS: Partial<Readonly<Record<Reply['kind'], string>>> = {
  refused: 'closed',
  rejected: 'rejected',
  silent: 'no answer',
};

/** How badly an address serves; our own faults say nothing about it. */
const rank = ({ kind }: Reply): number => Object.keys(WORSE_WORDS).indexOf(kind);

const otherAddresses: Note = ({ facts: { evidence, observationOf } }) => {
  const mine = observationOf('endpoint-mapper')?.reply;
  if (!mine || !isReachable(mine)) return null;
  const worse = evidence.otherAddresses.filter(({ reply }) => rank(reply) > rank(mine));
  if (worse.length === 0) return null;
  return note(
    'other-addresses',
    `The name also resolves to ${worse.map(({ address, reply }) => `${address} (TCP 135 ${WORSE_WORDS[reply.kind]})`).join(', ')}. The expert's PC may try such an address first and wait, or fail there.`,
    [135],
  );
};

const lossyPath: Note = ({ facts: { lossy, evidence } }) =>
  lossy
    ? note(
        'lossy-path',
        `About ${Math.round(evidence.lossEstimate * 100)} % of the probes to ports that answer were lost: this path loses packets, so silence on it is weak evidence.`,
      )
    : null;

const severalPaths: Note = ({ facts: { evidence } }) => {
  const [first] = evidence.multipath;
  return first
    ? note(
        'several-paths',
        `Several routers share the traffic to this host (hop ${first.ttl}: ${first.addresses.slice(0, MOST_ROUTERS).join(', ')}). The path is chosen by addresses and ports, so a single connection tests only one of them.`,
      )
    : null;
};

const reachesLastRouter: Note = ({ facts: { path, evidence }, rulings }) => {
  const open = [...rulings].filter(([, { rule }]) => traitsOf(rule).untestable).map(([name]) => name);
  const passing = passingPorts(path);
  const ports = evidence.ports
    .filter(({ port, requirement }) => open.includes(requirement) && passing.includes(port))
    .map(({ port }) => port);
  if (ports.length === 0) return null;
  return note(
    'reaches-last-router',
    `Packets to TCP ${ports.join(', ')} get no answer, but reach ${path.hops.at(-1)?.address}, the last router: no router before it drops them.`,
    ports,
  );
};

const oldProtocol: Note = ({ generation, verdict }) =>
  generation === 'xp-2003' && verdict === 'ready'
    ? note(
        'old-protocol',
        'Windows 7 to 11 with updates KB5073695 to KB5074109 deprecate version 1 of the Remote Assistance protocol, the only one that XP and Server 2003 speak: an offer from such an expert may fail even on an open network (MS-RA, note 1; not tested here).',
      )
    : null;

const refusalsLimited: Note = ({ facts, generation, rulings }) => {
  if (rulings.get('dynamic-rpc')?.rule !== 'dynamic-selective') return null;
  const seen = within(facts, relevantRange(generation, facts.plan));
  if (!isScattered(facts, seen)) return null;
  return note(
    'refusals-limited',
    'The ports without an answer lie scattered between ports that answer. A host or firewall that limits its resets per second looks the same as a filter: check again with a lower --rate.',
    portsOf(seen.silent),
  );
};

const refusalsUnseen: Note = ({ facts, rulings }) => {
  if (facts.seesIcmp && facts.comparesTtl) return null;
  const resting = [...rulings.values()].flatMap(({ rule, ports }) =>
    traitsOf(rule).passesByRefusal ? ports : [],
  );
  const isUnseen = facts.evidence.ports.some(
    ({ port, reply }) => reply.kind === 'refused' && !isShownRefusal(reply) && resting.includes(port),
  );
  if (!isUnseen) return null;
  return note(
    'refusals-unseen',
    `Some of these results rest on resets. This engine cannot tell a reset of the host from one that a filter sends on its behalf${facts.seesIcmp ? '' : ' (or an ICMP port unreachable)'}; a check from a Linux machine, with the linux or the syn engine, can tell most of them apart.`,
  );
};

const absent: Note = ({ facts }) =>
  isAbsent(facts)
    ? note(
        'responder-absent',
        'No port of the responder answers with its key, and some are refused: it does not run on this host (any more), or the code belongs to another one. The host was judged without it.',
      )
    : null;

/** Ports that were tried with an idle minute. */
const idleLost: Note = ({ facts: { evidence } }) => {
  const tried = evidence.ports.filter((one) => responderFinding(one)?.idle !== undefined);
  const lost = tried.filter((one) => responderFinding(one)?.idle === 'lost');
  return lost.length === 0
    ? null
    : note(
        'responder-idle-lost',
        `Of ${tried.length} connections on which nothing was sent for a minute, ${lost.length} were dead afterwards: a firewall or NAT forgets idle connections, so an inactive session may be cut.`,
        portsOf(lost),
      );
};

const translatedSource: Note = ({ facts: { responder } }) =>
  responder?.translatedSource
    ? note(
        'responder-sees-other-source',
        `The novice's machine sees this machine as ${responder.translatedSource}: the source address is translated on the way. That does not harm an offer, but rules on the path must name that address.`,
      )
    : null;

const notVisible: Note = ({ verdict, facts }) =>
  verdict === 'ready' || (verdict === 'undetermined' && !isLeftOut(facts.evidence))
    ? note(
        'not-visible',
        'The network is only half of it. Policy, group membership and the signed-in user cannot be checked remotely; see the checklist.',
      )
    : null;

const NOTES: readonly Note[] = [
  addressTranslation,
  resolverRefused,
  narrowRange,
  sessionPort,
  otherAddresses,
  lossyPath,
  severalPaths,
  reachesLastRouter,
  oldProtocol,
  refusalsLimited,
  refusalsUnseen,
  absent,
  idleLost,
  translatedSource,
  notVisible,
];

/** Remarks that do not decide the verdict. */
export const notesOn = (judged: Judged): Because[] => NOTES.flatMap((one) => one(judged) ?? []);
