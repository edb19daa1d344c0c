import type { PortRange } from './target.ts';

/** Windows generations that differ in what Remote Assistance needs (MS-RAI appendix C). */
export type Generation = 'xp-2003' | 'vista-or-later';

/** The generations of Windows that a verdict is given for. */
export const GENERATIONS: readonly Generation[] = ['xp-2003', 'vista-or-later'];

/** What may be asked for with `--novice`: a generation, or `auto`, which judges for both and guesses the one there is. */
export const NOVICE_CHOICES: readonly (Generation | 'auto')[] = ['auto', ...GENERATIONS];

/** A network that this machine is part of: no router stands between it and the addresses from `first` to `last`. */
export interface Link {
  /** `10.1.2.0/24` */
  readonly text: string;
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** How every host is probed. Times in milliseconds. */
export interface Plan {
  readonly novice: Generation | 'auto';
  /** Where dynamic RPC ports are sampled. `narrowed` when the admin gave the range (KB300083). */
  readonly rpcRange: PortRange;
  readonly narrowed: boolean;
  /** Sampled ports, ascending. */
  readonly sample: readonly number[];
  readonly seed: number;
  readonly families: { readonly v4: boolean; readonly v6: boolean };
  /** Longest wait for one answer. */
  readonly timeoutMs: number;
  /** How often an unanswered probe is repeated. */
  readonly retries: number;
  /** Probes in flight: on one host, and in all. */
  readonly perHost: number;
  readonly concurrency: number;
  /** Packets sent per second, in all and to one host; a host never gets more than its share. */
  readonly rate: number;
  readonly perHostRate: number;
  /** Packets sent per second to the hosts of one /24 (IPv6: /64) together. */
  readonly perSubnetRate: number;
  /** Hosts probed at the same time. */
  readonly hostsAtOnce: number;
  readonly ping: boolean;
  readonly map: boolean;
  readonly locate: boolean;
  /**
   * Many hosts: the whole sample goes only to hosts that show life, and places and exact ranges of filters are searched
   * at the first hosts of a subnet that share them.
   */
  readonly bulk: boolean;
  /** Of one host: earlier processes of the run began it, and none lived to judge it. Only short probes are sent. */
  readonly inHurry?: boolean;
  /** Of one host: it was named as a witness of another, so what its replies look like is found out in any case. */
  readonly asWitness?: boolean;
  /** Networks of this machine; absent where they were not read. */
  readonly links?: readonly Link[];
  /** This machine runs Windows, so that it can rehearse an offer. */
  readonly onWindows?: boolean;
}
