import { type Commands, commandsFor } from '../../model/commands.ts';
import { portOf } from '../../model/requirement.ts';
import { MODERN_PORTS, type PortRange } from '../../model/target.ts';
import { andList, shortAndList } from '../../text/and-list.ts';
import { rangeWords } from '../dynamic-facts.ts';
import { prefixRules } from '../remedies/network-rules.ts';
import { ENOUGH } from './block.ts';
import { type Cause, type How, type Needs, namesIn, type Place, SELF } from './cause.ts';

/** Prefixes beyond which they are counted instead of listed. */
const MOST_PREFIXES = 4;

/** What is said of one group. `behind`: the hop that answers next; `extent`: exact dynamic ports, where all agree. */
export interface GroupFacts {
  readonly cause: Cause;
  readonly prefixes: readonly string[];
  readonly extent: readonly PortRange[] | null;
  readonly behind: string | null;
  /** Hosts that are blocked by their own evidence, those that their neighbours make likely, and all judged in the prefixes. */
  readonly blocked: number;
  readonly raised: number;
  readonly judged: number;
  /** Hosts of which a trace says where. */
  readonly traces: number;
  /** Of those blocked by a filter that rejects, hosts that saw no rejection: as far as they alone tell, it drops. */
  readonly silent: number;
}

/** ` by 10.0.3.2 after 10.0.3.1`: where a filter sits, as it follows what the filter does. Empty where not known. */
export const placeWords = ({ by, afterHop, beforeHop }: Place): string => {
  const who = by === null ? '' : ` by ${by === SELF ? 'the host itself' : by}`;
  if (afterHop !== null) return `${who} after ${afterHop}`;
  return beforeHop === undefined ? who : `${who} before ${beforeHop}`;
};

/** `endpoint-mapper+dynamic-rpc drop after 10.0.3.1` */
export const signatureOf = (cause: Cause): string =>
  `${namesIn(cause.needs).join('+')} ${cause.how}${placeWords(cause) || ' at an unknown place'}`;

/** The same short word for the same text in every run: FNV-1a with 64 bits (draft-eastlake-fnv). */
export const stableId = (text: string): string => {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text))
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash.toString(16).padStart(16, '0');
};

/** What is stopped, as the subject of a sentence. */
const subjectOf = (
  needs: Needs,
  extent: readonly PortRange[] | null,
): { readonly words: string; readonly verb: string } => {
  const dynamic = extent === null ? 'dynamic RPC ports' : `TCP ${extent.map(rangeWords).join(', ')}`;
  const ports = namesIn(needs).map(portOf);
  const all = ports.map((port) => (port === null ? dynamic : `TCP ${port}`));
  const isMany = all.length > 1 || (ports[0] === null && extent?.length !== 1);
  return { words: andList(all), verb: isMany ? 'are' : 'is' };
};

/** What is stopped, for the middle of a sentence. */
export const stoppedWords = (needs: Needs): string => subjectOf(needs, null).words;

const DONE: Readonly<Record<How, string>> = {
  drop: 'silently dropped',
  icmp: 'rejected with ICMP',
  reset: 'reset',
  refused: 'refused',
  'some-flows': 'silently dropped on some flows',
};

const traceWords = (traces: number): string => (traces === 1 ? ' (1 trace)' : ` (${traces} traces)`);

/** Where the filter sits, as the beginning of a sentence. Few traces are counted, so that a reader can weigh them. */
const whereWords = ({ cause: { how, by, afterHop, beforeHop }, behind, traces }: GroupFacts): string => {
  if (how === 'refused') return 'By the hosts, or by a device that sends resets on their behalf';
  if (by === SELF) return 'By the hosts themselves';
  if (by !== null) {
    const last = afterHop === null ? '' : ` after ${afterHop}${traces < ENOUGH ? traceWords(traces) : ''}`;
    return `At ${by}${last}`;
  }
  if (afterHop === null)
    return beforeHop === undefined
      ? 'At an unknown place'
      : `Somewhere before ${beforeHop}, the first router that answers`;
  if (how === 'reset') return `At ${afterHop} or the device behind it`;
  return traces < ENOUGH
    ? `After ${afterHop}${traceWords(traces)}`
    : `Between ${afterHop} and ${behind ?? 'the hosts'}`;
};

const hostWords = ({ blocked, judged, prefixes }: GroupFacts): string =>
  judged === 1
    ? prefixes.map((prefix) => prefix.replace(/\/(32|128)/, '')).join('')
    : `${blocked} of ${judged} hosts in ${shortAndList(prefixes, MOST_PREFIXES)}`;

/** Ports to open so that what is stopped gets through. */
export const portRanges = (needs: Needs, extent: readonly PortRange[] | null): PortRange[] =>
  namesIn(needs).flatMap((name): readonly PortRange[] => {
    const port = portOf(name);
    return port === null ? (extent ?? [MODERN_PORTS]) : [{ from: port, to: port }];
  });

/**
 * Rules that open the filter of a group: what is known to be filtered, else what Windows Vista and later need. None where the
 * hosts filter themselves.
 */
export const openingCommands = ({
  cause,
  prefixes,
  extent,
}: Pick<GroupFacts, 'cause' | 'prefixes' | 'extent'>): Commands =>
  cause.by === SELF || cause.how === 'refused'
    ? commandsFor()
    : prefixRules(prefixes, portRanges(cause.needs, extent));

/** A group in one sentence: where, what, how, and for whom. Nothing but addresses, numbers and words of our own. */
export const groupWords = (facts: GroupFacts): string => {
  const { cause, extent, raised, silent } = facts;
  const { words, verb } = subjectOf(cause.needs, extent);
  const likely = raised === 0 ? '' : `, and likely for ${raised} more whose silence alone proves nothing`;
  const unanswered =
    silent === 0
      ? ''
      : ` No rejection came back for ${silent} of them: either the router limits its ICMP errors, or these are silently dropped.`;
  return `${whereWords(facts)}, ${words} ${verb} ${DONE[cause.how]} for ${hostWords(facts)}${likely}.${unanswered}`;
};
