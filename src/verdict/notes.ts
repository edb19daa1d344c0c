import type { EndpointMapperFinding } from '../model/evidence.ts';
import { isReachable } from '../model/reply.ts';
import type { Because } from '../model/report.ts';
import { portCount } from '../model/target.ts';
import type { Facts } from './facts.ts';

/** KB154596: open at least 100 ports, above 5000. */
const FEWEST_PORTS = 100;
const LOWEST_PORT = 5000;

type Note = (facts: Facts) => Because | null;

const mapperOf = ({ evidence }: Facts): EndpointMapperFinding | undefined =>
  evidence.ports.map(({ finding }) => finding).find((found) => found?.kind === 'endpoint-mapper');

/** IPv4-mapped and zone forms of one address are the same machine's. */
const plain = (address: string): string =>
  address
    .toLowerCase()
    .replace(/%.*$/, '')
    .replace(/^::ffff:(?=\d+\.)/, '');

const isAddress = (text: string): boolean => /^\d+\.\d+\.\d+\.\d+$/.test(text) || text.includes(':');

const addressTranslation: Note = (facts) => {
  const resolver = mapperOf(facts)?.resolver;
  const { address } = facts.evidence;
  if (resolver?.kind !== 'answered' || address === null) return null;
  if (address === '::1' || address.startsWith('127.')) return null;
  const own = resolver.addresses.map(plain).filter(isAddress);
  // Only a list of the same family can miss the address: some servers list IPv4 alone.
  const comparable = own.filter((one) => one.includes(':') === address.includes(':'));
  if (comparable.length === 0 || comparable.includes(plain(address))) return null;
  return {
    rule: 'address-translation',
    text: `The host believes that its addresses are ${comparable.slice(0, 4).join(', ')}, not ${address}: there seems to be address translation in between. DCOM hands out the host's own addresses and does not work through it.`,
    ports: [135],
  };
};

const resolverRefused: Note = (facts) => {
  const found = mapperOf(facts);
  if (found?.speech !== 'spoke' || found.resolver.kind !== 'refused') return null;
  return {
    rule: 'resolver-refused',
    text: 'The endpoint mapper answers, but the DCOM resolver on the same port refuses. If this is a Windows host, check that EnableDCOM is Y on it.',
    ports: [135],
  };
};

const narrowRange: Note = ({ plan }) => {
  if (!plan.narrowed) return null;
  const few = portCount(plan.rpcRange) < FEWEST_PORTS;
  const low = plan.rpcRange.from <= LOWEST_PORT;
  if (!few && !low) return null;
  const why = [
    few ? `holds fewer than ${FEWEST_PORTS} ports` : '',
    low ? `begins below ${LOWEST_PORT + 1}` : '',
  ]
    .filter(Boolean)
    .join(' and ');
  return {
    rule: 'narrow-range',
    text: `The range ${plan.rpcRange.from}-${plan.rpcRange.to} ${why}; Microsoft asks for at least ${FEWEST_PORTS} ports above ${LOWEST_PORT} (KB154596), or RPC servers may find none free.`,
    ports: [],
  };
};

const otherAddresses: Note = ({ evidence }) => {
  const worse = evidence.otherAddresses.filter(({ reply }) => !isReachable(reply));
  const mine = evidence.ports.find(({ port }) => port === 135);
  if (worse.length === 0 || !mine || !isReachable(mine.reply)) return null;
  return {
    rule: 'other-addresses',
    text: `The name also has ${worse.map(({ address }) => address).join(', ')}, where TCP 135 does not answer. An expert's machine may try that first and wait.`,
    ports: [135],
  };
};

const lossyPath: Note = ({ lossy, evidence }) =>
  lossy
    ? {
        rule: 'lossy-path',
        text: `About ${Math.round(evidence.lossEstimate * 100)} % of the questions needed a repetition: this path loses packets, and silence on it is weak evidence.`,
        ports: [],
      }
    : null;

const NOTES: readonly Note[] = [addressTranslation, resolverRefused, narrowRange, otherAddresses, lossyPath];

/** Remarks that do not decide the verdict. */
export const notesOn = (facts: Facts): Because[] => NOTES.flatMap((note) => note(facts) ?? []);
