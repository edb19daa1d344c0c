import type { Generation } from '../model/plan.ts';
import type { ExtraProbe } from '../model/probe.ts';
import type { WireName } from '../model/wire.ts';

/** What may be probed, as `scope` in a config file: hosts, CIDR blocks, ranges. Checked before any packet is sent. */
export interface Scope {
  /** Only these, where given. */
  readonly allow?: readonly string[];
  /** None of these. */
  readonly deny?: readonly string[];
}

/** How to probe. What is absent has the default of the command line. */
export interface PreflightOptions {
  /** Windows of the novice's PC; both generations are judged where it is not known. */
  readonly novice?: Generation | 'auto';
  /** Dynamic RPC range of the novice where it was narrowed (KB300083), within 1025-65535, e.g. `50000-50100`. */
  readonly rpcPorts?: string;
  /** Dynamic ports to probe of each host, 1 to 64,511. Default 32. */
  readonly sample?: number;
  /** Draws the same sample again, a whole number from 0 to 2^32 - 1. Default: random, and in `run.seed` of the report. */
  readonly seed?: number;
  /** Longest wait for one reply, milliseconds, 50 to 60,000. Default 3,000, with the node engine on Windows more. */
  readonly timeoutMs?: number;
  /** How often an unanswered probe is repeated, 0 to 10. Default 2. */
  readonly retries?: number;
  /** Probes in flight over all hosts, 1 to 65,535. Default 512; for `audit` 2,048, or as many as `rate` up to 16,384. */
  readonly concurrency?: number;
  /** Probes in flight to one host, 1 to 65,535. Default 64. */
  readonly perHost?: number;
  /** Probes a second over all hosts, 1 to 1,000,000, of which one host gets 15 %. Default 1,000. */
  readonly rate?: number;
  /** Probes a second to the hosts of one /24, of IPv6 one /64. Default: all of `rate`; for `audit` half of it. */
  readonly subnetRate?: number;
  /** How to probe; `auto`, the default, takes what sees most without rights that this process lacks. Another that cannot be had is an error. */
  readonly engine?: 'auto' | WireName;
  /** Hosts, blocks and ranges that get no packet, nor do the addresses that excluded names have now. */
  readonly exclude?: readonly string[];
  /** What may be probed at all; a target outside is an error. */
  readonly scope?: Scope;
  /** Search the exact edges of filtered ranges; trace where a filter sits; send ICMP echoes. Default true. */
  readonly map?: boolean;
  readonly locate?: boolean;
  readonly ping?: boolean;
  /** Probe only addresses of this family. */
  readonly family?: 4 | 6;
  /** Probes of further ports, for hosts that show life; their results are in `extra` and play no part in the verdict. */
  readonly probes?: readonly ExtraProbe[];
  /**
   * Other machines of the subnet of the targets that answer on unused ports, names or addresses; probed like targets, and no hosts of the
   * report. For `preflight`: in an audit hosts of one subnet are witnesses of each other.
   */
  readonly witness?: readonly string[];
  /** Policy files or GPO folders of the novice, the last one wins; what they say is in `policy` of each host. */
  readonly policy?: readonly string[];
  /** The code that `ra-preflight respond` printed on the host; for `preflight`. */
  readonly responder?: string;
  /**
   * Where the control connection of the responder is taken, e.g. `:47135`; 20 seconds are waited for it. With `responder`, and one target:
   * what arrives there is not told apart by address.
   */
  readonly listen?: string;
  /** With `responder`: test whether connections survive a minute in which nothing is sent. */
  readonly idle?: boolean;
  /** Targets that cannot be read are left out instead of refused. */
  readonly skipBad?: boolean;
  /** Ends the run; what is known by then is still reported, with `run.interrupted`. */
  readonly signal?: AbortSignal;
  /** Called with what slows or limits the run, one sentence each. */
  readonly onNotice?: (text: string) => void;
}
