import type { RequirementName } from '../../src/model/evidence.ts';
import type { Generation } from '../../src/model/plan.ts';
import type { PortReason, PortState } from '../../src/model/reply.ts';
import type { Confidence, Remedy, RequirementState, Verdict } from '../../src/model/report.ts';
import type { PortRange } from '../../src/model/target.ts';
import type { Absence, Family, HostName, Router, Way } from './layout.ts';
import type { Part } from './tools.ts';

/**
 * A firewall rule for one row, where it stands and in which hook. In its text, for the row's address and family:
 *
 * - `$to` and `$from` match packets to and from the address, `$address` is the address itself, `$source` who sent a packet;
 * - `@$NAME` is a set of senders that belongs to the row, empty when the lab starts; `@$flows` one of a sender and two ports each;
 * - `$novice`, `$witness` and `$other` are single addresses of a row that has witnesses;
 * - `$exceeded` matches the ICMP error that says a TTL ran out on the way to the address, `$ttl` the TTL of a packet.
 */
export type Rule =
  | { readonly at: RuleSite; readonly hook: Hook; readonly nft: string }
  | { readonly at: RuleSite; readonly iptables: 'nft' | 'legacy'; readonly rule: string };
export type RuleSite = Router | 'host';
export type Hook = 'prerouting' | 'forward' | 'input' | 'output';

export const r1 = (nft: string): Rule => ({ at: 'r1', hook: 'forward', nft });
export const r2 = (nft: string): Rule => ({ at: 'r2', hook: 'forward', nft });
export const input = (nft: string): Rule => ({ at: 'host', hook: 'input', nft });
export const output = (nft: string): Rule => ({ at: 'host', hook: 'output', nft });

/** Somebody who can send an answer. */
export type Place = Router | 'target';

/** A port in nmap's words and, where it matters, who said it. `a|b`: either will do. */
type Word = `${PortState} ${PortReason}`;
export type Saying = Word | `${Word} from ${Place}` | `${Word}|${PortReason}`;

/** The parts of a saying. */
export const splitSaying = (
  saying: Saying,
): { readonly state: string; readonly reasons: readonly string[]; readonly from?: Place } => {
  const [, state = '', reasons = '', from] = /^(\S+) (\S+)(?: from (\S+))?$/.exec(saying) ?? [];
  return { state, reasons: reasons.split('|'), ...(from ? { from: from as Place } : {}) };
};

/** A filter as the report places it: `3389 drop after r1`, `135 icmp after r1 by r1`; `A-B` is met by ports in between. */
export type FilterSaying =
  `${number}${'' | `-${number}`} ${'drop' | 'icmp' | 'reset'} after ${Place | 'nobody'}${'' | ` by ${Place}`}`;

/** One of these words. */
export type OneOf<T extends string> = T | `${T}|${T}` | `${T}|${T}|${T}`;

/**
 * A rule of docs/verdicts.md that must be among the reasons or have decided a requirement; with `!`, one that must not.
 * `if`: asked for only where the verdict is that one.
 */
export type RuleSaying = `${'' | '!'}${string}` | `${string} if ${Verdict}`;

/** What the report must say. What is left out is not looked at. */
export interface Expectation {
  readonly verdict: OneOf<Verdict>;
  readonly confidence?: OneOf<Confidence>;
  readonly generation?: Generation | 'unknown';
  readonly byGeneration?: Readonly<Partial<Record<Generation, OneOf<Verdict>>>>;
  readonly requirements?: Readonly<Partial<Record<RequirementName, OneOf<RequirementState>>>>;
  /**
   * By port, `A-B`, `listed` (what the endpoint mapper named) or `rest`. The most specific key counts for a port, in this
   * order. Every key must meet a port, every port a key.
   */
  readonly ports?: Readonly<Record<string, Saying>>;
  /** Stretches of the dynamic range in order: `50000-54999 filtered`, exact unless it says `about`. */
  readonly ranges?: readonly string[];
  /**
   * The stretches there are. The report need not find them, but what it calls exact must be true: edges of a filtered one, and
   * all of a reachable one; what it calls so without being sure of the edges must touch one. None: it must name no stretch.
   */
  readonly stretches?: readonly string[];
  /** Filters that must be among those reported; an empty list forbids any. Without traces their place is not known. */
  readonly filters?: readonly FilterSaying[];
  readonly because?: readonly RuleSaying[];
  /** By port: whether `all` of the flows that asked it were answered, or only `some`. */
  readonly flows?: Readonly<Record<number, 'all' | 'some'>>;
  /** Routers that must stand side by side in the path, at one TTL. */
  readonly multipath?: readonly Place[];
  /**
   * What must stand in the reasons, the titles and texts of the remedies or their commands. `$r1`, `$r2` and `$target` are addresses.
   * Not asked of the node wire, which knows no places.
   */
  readonly says?: readonly string[];
  /** Nothing may be advised to be changed there. */
  readonly noRemedyAt?: Remedy['where'];
}

/** What an audit of neighbours must say besides what it says of each. */
export interface AuditExpectation {
  /** No neighbour may be ready beside one that is blocked: one filter stands before all of them. */
  readonly agree?: true;
  /** Findings that must be there: a part of their signature, and how many hosts they hold. Empty: there must be none. */
  readonly groups?: readonly (readonly [signature: string, hosts: number])[];
}

/** What one wire cannot know here, in a sentence, and what it says instead. */
export interface Limit extends Partial<Expectation> {
  readonly knownLimit: string;
}

/** What a listener does with who comes. `rpc` binds to any interface, `old-desktop` is Remote Desktop as XP speaks it. */
export type Manner = 'mute' | 'banner' | 'web' | 'hang-up' | 'reset' | 'rpc' | 'old-desktop' | Mapper;

/** An endpoint mapper that stands in for that of Windows; what is listed is the `rpc` ports of the same row. */
export interface Mapper {
  /** Version of DCOM and the addresses that the object resolver gives; it refuses when absent. */
  readonly dcom?: { readonly version: readonly [number, number]; readonly addresses: readonly string[] };
  /** How often each endpoint is listed, 1 by default: real listings run to hundreds of entries. */
  readonly times?: number;
  /** Binds, and never answers a request. */
  readonly muteAfterBind?: true;
}

/** One row of the matrix: a network, and what the report about it must say. */
export interface Row {
  readonly name: string;
  readonly about: string;
  readonly host: HostName | Absence;
  readonly way?: Way;
  readonly family?: Family;
  readonly rules?: readonly Rule[];
  /** Listeners of the `plain` or the `responder` host at this row's address. */
  readonly listen?: Readonly<Record<number, Manner>>;
  /** Ask for an ICMP echo too; else rows say `--no-ping`, so that they stand on TCP alone. */
  readonly ping?: boolean;
  /** The range that the administrator narrowed dynamic RPC to. */
  readonly rpcPorts?: PortRange;
  readonly options?: readonly string[];
  /**
   * The program is given the code of the responder on the `responder` host. `ports`: one of its own, that listens in this range;
   * `dials` the expert at that port, too, where the program then listens.
   */
  readonly responder?: { readonly ports?: string; readonly dials?: number };
  /** Seeds of the samples, each a run of its own; `[1]` by default. */
  readonly seeds?: readonly number[];
  /** Who runs the program: root, or nobody without any privilege, whom the system lets ask for echoes or not. */
  readonly user?: 'nobody' | 'nobody-without-echo';
  /** The engines it is for, all by default. */
  readonly wires?: readonly WireName[];
  /** The network minds who came before, so each engine gets one of its own. */
  readonly remembers?: true;
  /** Sixteen neighbours at once, by `audit`, instead of one host; `expect` is said of each. */
  readonly audit?: AuditExpectation;
  /**
   * The row has sixteen neighbours, of which `check` is asked about the second (`$novice` in rules), with the third as a witness
   * (`$witness`), or with the third and the fourth (`$other`). `$to` and `$from` match all of them.
   */
  readonly witnesses?: 1 | 2;
  /** Packets are lost by chance: ground truth cannot be read with one packet a port. */
  readonly lossy?: boolean;
  readonly expect: Expectation;
  readonly node?: Limit;
  readonly linux?: Limit;
  /** That of the linux wire when absent: both see the same packets. */
  readonly syn?: Limit;
}

export type WireName = 'node' | 'linux' | 'syn';
export const WIRES: readonly WireName[] = ['node', 'linux', 'syn'];

/** The engines that a row is for. */
export const wiresOf = (row: Row): readonly WireName[] => row.wires ?? WIRES;

/** What a wire cannot know about a network. */
export const limitOf = (row: Row, wire: WireName): Limit | undefined =>
  row[wire] ?? (wire === 'syn' ? row.linux : undefined);

const unverified = ({ confidence, requirements = {} }: Expectation): Partial<Expectation> => {
  const isPassing = requirements['dynamic-rpc'] === 'pass' && requirements['endpoint-mapper'] === 'fail';
  return {
    ...(confidence === undefined ? {} : { confidence: `${confidence}|likely|weak` as OneOf<Confidence> }),
    requirements: { ...requirements, ...(isPassing ? { 'dynamic-rpc': 'pass|undetermined' } : {}) },
  };
};

/** What a wire is expected to say: the truth, but for what it cannot know. */
export const expectationFor = (row: Row, wire: WireName): Expectation => {
  const { knownLimit: _, ports, ...limit } = limitOf(row, wire) ?? { knownLimit: '' };
  const merged = row.expect.ports || ports ? { ports: { ...row.expect.ports, ...ports } } : {};
  const expected = { ...row.expect, ...limit, ...merged };
  // What rests on refusals is weak where nothing tells whose they are; where 135 is refused, too, they pass nothing.
  return wire === 'node' ? { ...expected, ...unverified(expected) } : expected;
};

const HOST_PARTS: Readonly<Record<HostName, readonly Part[]>> = {
  server: ['samba', 'xrdp'],
  credssp: ['samba', 'credssp'],
  stopped: ['samba'],
  plain: [],
  responder: ['samba'],
};

/** The parts of the lab that a row stands on. */
export const partsOf = (row: Row): Part[] => [
  ...(row.host in HOST_PARTS ? HOST_PARTS[row.host as HostName] : []),
  ...(['direct', 'twin'].includes(row.way ?? 'direct') ? [] : (['delay'] as const)),
  ...(row.rules ?? []).flatMap((rule) => ('iptables' in rule ? [`iptables-${rule.iptables}` as const] : [])),
];

/** Dynamic ports on which a stand-in serves RPC. */
export const rpcPortsOf = ({ listen = {} }: Row): number[] =>
  Object.entries(listen).flatMap(([port, manner]) => (manner === 'rpc' ? [Number(port)] : []));

/** What a stand-in listens on, for listeners.ts; what its mapper lists is there too. */
export interface Listener {
  readonly address: string;
  readonly port: number;
  readonly manner: Manner;
  readonly listed: readonly number[];
}

/** The listeners of a row at an address; in what a mapper says, `$address` becomes that. */
export const listenersOf = (row: Row, address: string): Listener[] =>
  Object.entries(row.listen ?? {}).map(([port, manner]) => ({
    address,
    port: Number(port),
    manner: JSON.parse(JSON.stringify(manner).replaceAll('$address', address)) as Manner,
    listed: rpcPortsOf(row),
  }));
