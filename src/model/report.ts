import type { Commands } from './commands.ts';
import type { Hop, RangeState, RequirementName, RpcEndpoint } from './evidence.ts';
import type { Generation } from './plan.ts';
import type { HostPolicy } from './policy.ts';
import type { PortReason, PortState } from './reply.ts';
import type { Shard } from './shard.ts';
import type { Summary } from './summary.ts';
import type { VantageComparison } from './vantages.ts';
import type { WireName } from './wire.ts';

export type { Summary } from './summary.ts';

/** The JSON contract of DESIGN section 6, `ra-preflight/report@1`. Adding is free; changing or removing needs `@2`. */
export const REPORT_SCHEMA = 'ra-preflight/report@1';

/** Whether an offer would get through. `unreachable`: nothing answered, and nothing shows that a host is there. */
export type Verdict = 'ready' | 'blocked' | 'undetermined' | 'unreachable';

/** All verdicts, in the order in which counts name them. */
export const VERDICTS: readonly Verdict[] = ['ready', 'blocked', 'undetermined', 'unreachable'];

/** How sure a verdict is: that of the weakest evidence that decided it. `proven` and `likely` are derived in docs/verdicts.md. */
export type Confidence = 'proven' | 'likely' | 'weak';
/** The surest first. */
export const CONFIDENCES: readonly Confidence[] = ['proven', 'likely', 'weak'];

/** Whether Remote Assistance gets what it needs; `not-needed` where this Windows does without it. */
export type RequirementState = 'pass' | 'fail' | 'undetermined' | 'not-needed';

/** One reason for a verdict. `rule` is a stable name out of docs/verdicts.md. */
export interface Because {
  readonly rule: string;
  /** A sentence or several, in English. */
  readonly text: string;
  /** The TCP ports that it speaks of, none where it speaks of the host. */
  readonly ports: readonly number[];
}

/** The verdict on one requirement, and the rule that decided it. */
export interface RequirementReport {
  readonly name: RequirementName;
  readonly state: RequirementState;
  readonly confidence: Confidence;
  /** The rule that decided it, by the same names as in `Because`. */
  readonly rule: string;
  /** Why, as a sentence or several. */
  readonly text: string;
}

/** How one TCP port answered, in nmap's words. Times in milliseconds; null is what could not be seen. */
export interface PortReport {
  readonly port: number;
  readonly requirement: RequirementName;
  readonly state: PortState;
  readonly reason: PortReason;
  /** Who sent the answer, where it is known: the ICMP sender, the middlebox, or the target itself. */
  readonly from: string | null;
  /** Time to live, for IPv6 the hop limit, with which the answer arrived. */
  readonly ttl: number | null;
  readonly rttMs: number | null;
  /** Probes sent, the answered one included. */
  readonly attempts: number;
  /** Source ports that were used, and those that were answered; more than one where equal-cost paths were looked for. */
  readonly flows: { readonly asked: number; readonly answered: number };
  /** IANA service name that the conversation proved (`epmap`, `ms-wbt-server`, `msrpc`); null where it proved none. */
  readonly service: string | null;
  /** What the service said, one line of at most 200 characters; null where nothing was said. */
  readonly detail: string | null;
}

/** What a probe of a user's own found at one TCP port, in the words of `PortReport`; it plays no part in the verdict. */
export interface ExtraReport {
  /** `ExtraProbe.name` of the one that asked. */
  readonly probe: string;
  readonly port: number;
  readonly state: PortState;
  readonly reason: PortReason;
  readonly rttMs: number | null;
  readonly attempts: number;
  readonly service: string | null;
  readonly detail: string | null;
}

/** A stretch of TCP ports in one state, `from` and `to` included. `exact`: both edges were confirmed. */
export interface RangeReport {
  readonly from: number;
  readonly to: number;
  readonly state: RangeState;
  readonly exact: boolean;
}

/**
 * What the sample proves. `sampled` counts the ports that said something: silence of a stealthy host does not.
 * `filtered` of `sampled` ports were filtered, in a `population` of ports; any filtered block of
 * `blockGuaranteed` consecutive ports or more would have been hit; `upperBound95` is the exact hypergeometric bound on
 * the filtered share (0..1).
 */
export interface Coverage {
  readonly sampled: number;
  readonly population: number;
  readonly filtered: number;
  readonly blockGuaranteed: number;
  readonly upperBound95: number;
}

/**
 * A filter and where it sits. `afterHop` is the last address that passed the port, null when not located; `beforeHop` the first
 * router that answers, where no packet to these ports gets as far and no router before it answers.
 */
export interface FilterReport {
  readonly ports: readonly number[];
  readonly afterHop: string | null;
  readonly beforeHop?: string;
  /** The address that sent the ICMP errors; null for drops and resets, and where the engine cannot see it. */
  readonly by: string | null;
  /** Silently dropped, rejected by an ICMP error, or reset. */
  readonly how: 'drop' | 'icmp' | 'reset';
}

/** What somebody can do about a verdict: where, in words, and the commands to type. */
export interface Remedy extends Commands {
  /** Stable name of the kind of remedy. */
  readonly id: string;
  readonly title: string;
  /** Who can do it: on the PC that is to get help, in the network, or the one who helps. */
  readonly where: 'novice' | 'network' | 'expert';
  readonly text: string;
}

/** Whether the Remote Assistance class could be activated on the novice and called. `code`: the HRESULT that decided, `0x80070005`. */
export interface RehearsalReport {
  readonly says: 'works' | 'fails' | 'unknown';
  readonly code: string | null;
  readonly text: string;
}

/**
 * What other machines of the subnet show: the network passes the range that the novice is silent in (`clear`), filters it
 * (`filtered`), treats them differently (`disagree`), or nothing (`none`, `text` says why).
 */
export interface WitnessReport {
  readonly says: 'clear' | 'filtered' | 'disagree' | 'none';
  /** Their addresses; as typed where there is none. */
  readonly machines: readonly string[];
  readonly text: string;
}

/** All that a report says of one host. Texts from the network in it are not cleaned yet. */
export interface HostReport {
  /** In a part of an audit: its number in the whole. */
  readonly index?: number;
  /** In a report of several vantages: where it was seen from. */
  readonly vantage?: string;
  /** As it was typed. */
  readonly target: string;
  /** The address that was probed, in canonical form; null where a name has none that may be probed. */
  readonly address: string | null;
  /** DNS names: the one that was typed, and with a look-up of addresses (`--ptr`) those that were found. */
  readonly names: readonly string[];
  /** For the novice's Windows where it is known or was given, else for both generations together. */
  readonly verdict: Verdict;
  readonly confidence: Confidence;
  /** Windows of the host as far as its answers show it, or as it was given, and by what, half a sentence each. */
  readonly novice: { readonly generation: Generation | 'unknown'; readonly evidence: readonly string[] };
  readonly byGeneration: Readonly<Record<Generation, Verdict>>;
  /** Reasons, the one that decided first; then remarks that change nothing. */
  readonly because: readonly Because[];
  /** TCP 135, TCP 3389 and the dynamic range, in this order. */
  readonly requirements: readonly RequirementReport[];
  /** Every port of a requirement that was probed, ascending. */
  readonly ports: readonly PortReport[];
  /** The dynamic range in stretches, ascending and without gaps; empty where nothing is known of it. */
  readonly ranges: readonly RangeReport[];
  /** What the sampled dynamic ports prove. */
  readonly coverage: Coverage;
  /** What the endpoint mapper lists of TCP, each port, interface and annotation once. */
  readonly endpoints: readonly RpcEndpoint[];
  readonly path: {
    /** Hops of the traces, by TTL. */
    readonly hops: readonly Hop[];
    readonly filters: readonly FilterReport[];
    /** TTLs at which several routers answered. */
    readonly multipath: readonly { readonly ttl: number; readonly addresses: readonly string[] }[];
    /** The smallest TTL at which the host itself answers; absent where that was not measured. */
    readonly distance?: number;
    /** Silent ports whose packets reach the last router before the host: nothing before that router filters them. */
    readonly passes?: readonly number[];
  };
  /** What other machines of its subnet say about what the host's own silence leaves open; absent where none was probed, or none could say anything. */
  readonly witness?: WitnessReport;
  /** What came of a rehearsal of the offer; absent where there was none. */
  readonly rehearsal?: RehearsalReport;
  /** What to change, most effective first. */
  readonly remedies: readonly Remedy[];
  /** Absent where no policy files were given. */
  readonly policy?: HostPolicy;
  /** Absent without probes of the user's own. */
  readonly extra?: readonly ExtraReport[];
}

/** The rule that names hosts which are undetermined only because the rest cannot be tested from outside. */
export const CLEAR_SO_FAR = 'clear-so-far';

/** Whether TCP 135 and its mapper answer and nothing speaks against an offer, though not all of it could be tested. */
export const isClearSoFar = ({ verdict, because }: Pick<HostReport, 'verdict' | 'because'>): boolean =>
  verdict === 'undetermined' && because[0]?.rule === CLEAR_SO_FAR;

/** Hosts that share a cause: one filter, as far as the evidence shows. */
export interface Group extends Commands {
  /** Stable for the same cause, so that two runs can be compared by it. */
  readonly id: string;
  /** What is filtered, how and where: `endpoint-mapper+dynamic-rpc drop after 10.0.3.1`. */
  readonly signature: string;
  /** How many hosts share it. */
  readonly hosts: number;
  /** Fewest CIDR prefixes that cover these hosts and no host that answered otherwise. */
  readonly prefixes: readonly string[];
  readonly text: string;
  /** In a report of several vantages: where it was seen from. */
  readonly vantage?: string;
  /** Rules for a network team to paste that open this filter for these prefixes; none for a filter of the hosts' own. */
  readonly commands: readonly string[];
}

/** What is known when a run starts. Times are ISO 8601 in UTC. */
export interface RunStart {
  readonly id: string;
  readonly startedAt: string;
  /** The machine that sent the probes, by name. */
  readonly vantage: string;
  /** How probes were sent, and in one sentence why in this way. */
  readonly engine: WireName;
  readonly engineWhy: string;
  /** The Windows that the verdicts are for, as it was asked for. */
  readonly novice: Generation | 'auto';
  /** Draws the same sample again, 0 to 2^32 - 1. */
  readonly seed: number;
  /** The schedule that it belongs to; absent when a person started it. */
  readonly schedule?: string;
  /** There where the run is that of one vantage of a fleet: the run of all of them, and their names. */
  readonly fleet?: FleetOfRun;
  /** There where the run is a share of a larger audit. */
  readonly shard?: Shard;
  /** There where the run was merged: the runs of its shards. */
  readonly shards?: readonly ShardRun[];
}

/** Which run of a fleet the run of one vantage belongs to. */
export interface FleetOfRun {
  readonly run: string;
  readonly vantages: readonly string[];
}

/** The run of one shard, as a merged report has it. */
export interface ShardRun extends Pick<RunStart, 'id' | 'startedAt' | 'vantage' | 'engine'> {
  readonly number: number;
  readonly hosts: number;
  readonly finishedAt: string;
  readonly probesSent: number;
}

/** A run that has ended. `probesSent` counts packets, `durationMs` milliseconds of all its processes. */
export interface Run extends RunStart {
  /** Of a run that has not ended: when it last wrote. */
  readonly finishedAt: string;
  readonly probesSent: number;
  readonly durationMs: number;
  /** It was stopped before all hosts were judged. */
  readonly interrupted: boolean;
  /** There while the process that makes the run lives: the report holds what is known by now. */
  readonly running?: true;
}

/** A report that is written host by host: `hosts` may come from a database, can be walked more than once, and need not fit in memory. */
export interface ReportSource {
  readonly schema: typeof REPORT_SCHEMA;
  readonly tool: { readonly name: 'ra-preflight'; readonly version: string };
  readonly run: Run;
  readonly hosts: Iterable<HostReport>;
  readonly groups: readonly Group[];
  readonly summary: Summary;
  /**
   * There in a report of a fleet: `hosts`, `groups` and `summary` then count each host once for each vantage, unless `run.fleet` says
   * that they are of one.
   */
  readonly comparison?: VantageComparison;
}

/** A whole report in memory: the form of `--format json`. */
export interface Report extends ReportSource {
  readonly hosts: readonly HostReport[];
}
