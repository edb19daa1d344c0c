import type { RequirementName } from '../../src/model/evidence.ts';
import type { Generation } from '../../src/model/plan.ts';
import type { PortReason, PortState } from '../../src/model/reply.ts';
import type { Confidence, RequirementState, Verdict } from '../../src/model/report.ts';
import type { PortRange } from '../../src/model/target.ts';
import type { Absence, Family, HostName, Way } from './layout.ts';
import type { Part } from './tools.ts';

/**
 * A firewall rule for one row, where it stands and in which hook. `$to` becomes a match on packets to the row's address,
 * `$from` one on packets from it, `$address` the address itself; `$hex` its 32 bits for matches inside of ICMP errors.
 */
export type Rule =
  | { readonly at: 'r1' | 'r2' | 'host'; readonly hook: Hook; readonly nft: string }
  | { readonly at: 'r1' | 'r2' | 'host'; readonly iptables: 'nft' | 'legacy'; readonly rule: string };
export type Hook = 'prerouting' | 'forward' | 'input' | 'output';

export const r1 = (nft: string): Rule => ({ at: 'r1', hook: 'forward', nft });
export const r2 = (nft: string): Rule => ({ at: 'r2', hook: 'forward', nft });
export const input = (nft: string): Rule => ({ at: 'host', hook: 'input', nft });
export const output = (nft: string): Rule => ({ at: 'host', hook: 'output', nft });

/** Somebody who can send an answer. */
export type Place = 'r1' | 'r2' | 'target';

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

/** What the report must say. What is left out is not looked at. */
export interface Expectation {
  readonly verdict: Verdict;
  readonly confidence?: Confidence;
  readonly generation?: Generation | 'unknown';
  readonly byGeneration?: Readonly<Partial<Record<Generation, Verdict>>>;
  readonly requirements: Readonly<Record<RequirementName, RequirementState>>;
  /**
   * By port, `A-B`, `listed` (what the endpoint mapper named) or `rest`. The most specific key counts for a port, in this
   * order. Every key must meet a port, every port a key.
   */
  readonly ports: Readonly<Record<string, Saying>>;
  /** Stretches of the dynamic range in order: `50000-54999 filtered`, exact unless it says `about`. */
  readonly ranges?: readonly string[];
  /** Filters that must be among those reported; an empty list forbids any. Without traces their place is not known. */
  readonly filters?: readonly FilterSaying[];
}

/** What one wire cannot know here, in a sentence, and what it says instead. */
export interface Limit extends Partial<Expectation> {
  readonly knownLimit: string;
}

export type Manner = 'mute' | 'banner' | 'web' | 'hang-up';

/** One row of the matrix: a network, and what the report about it must say. */
export interface Row {
  readonly name: string;
  readonly about: string;
  readonly host: HostName | Absence;
  readonly way?: Way;
  readonly family?: Family;
  readonly rules?: readonly Rule[];
  /** Listeners of the `plain` host at this row's address. */
  readonly listen?: Readonly<Record<number, Manner>>;
  /** Ask for an ICMP echo too; else rows say `--no-ping`, so that they stand on TCP alone. */
  readonly ping?: boolean;
  /** The range that the administrator narrowed dynamic RPC to. */
  readonly rpcPorts?: PortRange;
  readonly options?: readonly string[];
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

/** What a wire cannot know about a network. */
export const limitOf = (row: Row, wire: WireName): Limit | undefined =>
  row[wire] ?? (wire === 'syn' ? row.linux : undefined);

/** What a wire is expected to say: the truth, but for what it cannot know. */
export const expectationFor = (row: Row, wire: WireName): Expectation => {
  const { knownLimit: _, ports, ...limit } = limitOf(row, wire) ?? { knownLimit: '' };
  return { ...row.expect, ...limit, ports: { ...row.expect.ports, ...ports } };
};

const HOST_PARTS: Readonly<Record<HostName, readonly Part[]>> = {
  server: ['samba', 'xrdp'],
  credssp: ['samba', 'credssp'],
  stopped: ['samba'],
  plain: [],
};

/** The parts of the lab that a row stands on. */
export const partsOf = (row: Row): Part[] => [
  ...(row.host in HOST_PARTS ? HOST_PARTS[row.host as HostName] : []),
  ...((row.way ?? 'direct') === 'direct' ? [] : (['delay'] as const)),
  ...(row.rules ?? []).flatMap((rule) => ('iptables' in rule ? [`iptables-${rule.iptables}` as const] : [])),
];
