import type { Generation } from '../model/plan.ts';
import { isReachable, type Reply } from '../model/reply.ts';
import type { Because, Verdict } from '../model/report.ts';
import { DYNAMIC_PORTS, LEGACY_PORTS, MODERN_PORTS, type PortRange, portCount } from '../model/target.ts';
import { canonical } from './address.ts';
import { isScattered, portsOf, rangeWords, within } from './dynamic-facts.ts';
import type { Facts } from './facts.ts';
import { type Rulings, relevantRange } from './requirements.ts';
import type { RuleName } from './rules.ts';

/** KB154596: open at least 100 ports, above 5000. */
const FEWEST_PORTS = 100;
const LOWEST_PORT = 5000;

/** What remarks may depend on. */
export interface Judged {
  readonly facts: Facts;
  readonly generation: Generation | 'unknown';
  readonly rulings: Rulings;
  readonly verdict: Verdict;
}

type Note = (judged: Judged) => Because | null;

const note = (rule: RuleName, text: string, ports: readonly number[] = []): Because => ({
  rule,
  text,
  ports,
});

const isLoopback = (address: string): boolean => address === '::1' || address.startsWith('127.');

const addressTranslation: Note = ({ facts: { mapper, own: dialled } }) => {
  if (mapper?.resolver.kind !== 'answered' || dialled === null || isLoopback(dialled)) return null;
  // The list mixes names and addresses; only addresses of the same family can miss the dialled one.
  const believed = mapper.resolver.addresses
    .map(canonical)
    .filter((one) => one !== null && one.includes(':') === dialled.includes(':'));
  if (believed.length === 0 || believed.includes(dialled)) return null;
  return note(
    'address-translation',
    `The host believes that its addresses are ${believed.slice(0, 4).join(', ')}, not ${dialled}: there seems to be address translation in between. DCOM hands out the host's own addresses and does not work through it.`,
    [135],
  );
};

const resolverRefused: Note = ({ facts: { mapper } }) => {
  const lists = mapper?.listing === 'complete' || mapper?.listing === 'cut';
  if (!lists || mapper.resolver.kind !== 'refused') return null;
  return note(
    'resolver-refused',
    'The endpoint mapper lists its endpoints, but the DCOM resolver on the same port refuses. If this is Windows, check that EnableDCOM is Y on it; Samba refuses it too, and runs no Remote Assistance.',
    [135],
  );
};

const isDefault = ({ from, to }: PortRange): boolean =>
  [DYNAMIC_PORTS, LEGACY_PORTS, MODERN_PORTS].some((range) => range.from === from && range.to === to);

const narrowRange: Note = ({ facts: { plan } }) => {
  if (!plan.narrowed || isDefault(plan.rpcRange)) return null;
  const faults = [
    portCount(plan.rpcRange) < FEWEST_PORTS ? `holds fewer than ${FEWEST_PORTS} ports` : '',
    plan.rpcRange.from <= LOWEST_PORT ? `begins below ${LOWEST_PORT + 1}` : '',
  ].filter(Boolean);
  if (faults.length === 0) return null;
  return note(
    'narrow-range',
    `The range ${rangeWords(plan.rpcRange)} ${faults.join(' and ')}; Microsoft asks for at least ${FEWEST_PORTS} ports above ${LOWEST_PORT} (KB154596), or RPC servers may find none free.`,
  );
};

const sessionPort: Note = ({ facts: { plan }, generation }) => {
  if (!plan.narrowed || isDefault(plan.rpcRange) || generation === 'xp-2003') return null;
  return note(
    'session-port',
    `Only ${rangeWords(plan.rpcRange)} was judged. Since Vista the session itself uses a port of its own, which probably follows the dynamic range of the system (netsh) and not the range set for RPC (KB300083): both must be ${rangeWords(plan.rpcRange)}.`,
  );
};

/** How well an address serves; our own faults say nothing about it. */
const rank = ({ kind }: Reply): number | null =>
  kind === 'unknown' ? null : { accepted: 0, refused: 1, rejected: 2, silent: 3 }[kind];

const otherAddresses: Note = ({ facts: { evidence, one } }) => {
  const mine = one('endpoint-mapper')?.reply;
  const best = mine && isReachable(mine) ? rank(mine) : null;
  if (best === null) return null;
  const worse = evidence.otherAddresses.filter(({ reply }) => (rank(reply) ?? best) > best);
  if (worse.length === 0) return null;
  return note(
    'other-addresses',
    `The name also has ${worse.map(({ address, reply }) => `${address} (TCP 135 ${reply.kind})`).join(', ')}. The machine of an expert may try such an address first and wait, or end there.`,
    [135],
  );
};

const lossyPath: Note = ({ facts: { lossy, evidence } }) =>
  lossy
    ? note(
        'lossy-path',
        `About ${Math.round(evidence.lossEstimate * 100)} % of the questions needed a repetition: this path loses packets, and silence on it is weak evidence.`,
      )
    : null;

const refusalsLimited: Note = ({ facts, generation, rulings }) => {
  if (rulings.get('dynamic-rpc')?.rule !== 'dynamic-selective') return null;
  const seen = within(facts, relevantRange(generation, facts.plan));
  if (!isScattered(facts, seen)) return null;
  return note(
    'refusals-limited',
    'The silent ports lie scattered between ports that answer. A host or a firewall that limits how many refusals it sends a second looks the same as a filter: check again with a lower --rate.',
    portsOf(seen.silent),
  );
};

/** Passing rules that may stand on refusals. */
const BY_REFUSAL: ReadonlySet<string> = new Set(['desktop-refused', 'dynamic-all-answered']);

const refusalsUnseen: Note = ({ facts, rulings }) => {
  if (facts.seesIcmp) return null;
  const resting = [...rulings.values()].flatMap(({ rule, ports }) => (BY_REFUSAL.has(rule) ? ports : []));
  const isUnseen = facts.evidence.ports.some(
    ({ port, reply }) => reply.kind === 'refused' && reply.by === 'unknown' && resting.includes(port),
  );
  if (!isUnseen) return null;
  return note(
    'refusals-unseen',
    'Some of what passes rests on refusals. This engine cannot tell a refusal of the host from one that a filter sends in its name (an ICMP port unreachable, or a reset); the linux engine sees most of them.',
  );
};

const notVisible: Note = ({ verdict }) =>
  verdict === 'ready' || verdict === 'undetermined'
    ? note(
        'not-visible',
        'An open network is not all that an offer needs: policies, groups and the user of the novice cannot be seen from outside, and are listed to be checked there.',
      )
    : null;

const NOTES: readonly Note[] = [
  addressTranslation,
  resolverRefused,
  narrowRange,
  sessionPort,
  otherAddresses,
  lossyPath,
  refusalsLimited,
  refusalsUnseen,
  notVisible,
];

/** Remarks that do not decide the verdict. */
export const notesOn = (judged: Judged): Because[] => NOTES.flatMap((one) => one(judged) ?? []);
