import { subnetText } from '../../ip/ip.ts';
import type { HostReport } from '../../model/report.ts';
import type { Doubt } from '../groups/block.ts';
import { settleByFound } from './raise.ts';
import { type SilentHost, silentHostOf } from './silent-host.ts';
import { SubnetWitnesses, type WitnessAnswer } from './subnet-witnesses.ts';
import { witnessEvidenceOf } from './witness-evidence.ts';

/** Silent hosts of a subnet that are same in all that decides about them. */
interface SameSilence extends Omit<SilentHost, 'address'> {
  /** The block in which a filter that neighbours prove comes first, and what it may stop. */
  readonly block: bigint;
  readonly doubt: Doubt | null;
  hosts: number;
}

interface Known {
  readonly subnet: SubnetWitnesses;
  readonly silent: Map<string, SameSilence>;
}

/** Silent hosts that others of their subnet make ready, and those of which they say that they disagree. */
export interface SettledCounts {
  readonly clear: number;
  readonly disagree: number;
}

/** Whether the hosts of a block prove a filter that a host in this doubt meets: that comes first. */
export type IsRaised = (block: bigint, doubt: Doubt) => boolean;

/**
 * The hosts of one run as witnesses of each other, by subnet. Hosts are added one at a time and forgotten; the order in which they come
 * does not matter.
 */
export class Witnesses {
  readonly #subnets = new Map<string, Known>();
  readonly #settled = new Map<string, SettledCounts>();
  readonly #changed = new Set<string>();
  readonly #isRaised: IsRaised;

  constructor(isRaised: IsRaised) {
    this.#isRaised = isRaised;
  }

  /** Takes the report on a host in this block, not settled yet, with what its neighbours may settle by a filter. */
  add(report: HostReport, block: bigint, doubt: Doubt | null): void {
    const testimony = witnessEvidenceOf(report);
    const key = testimony && subnetText(testimony.address);
    if (!testimony || key === null) return;
    const known = this.#subnets.get(key) ?? { subnet: new SubnetWitnesses(), silent: new Map() };
    this.#subnets.set(key, known);
    known.subnet.addTestimony(testimony);
    const novice = silentHostOf(report);
    if (novice) {
      const { needs, route, passes } = novice;
      known.subnet.addNovice(novice);
      const word = JSON.stringify([String(block), doubt, needs, route, passes]);
      const same = known.silent.get(word) ?? { needs, route, passes, block, doubt, hosts: 0 };
      same.hosts += 1;
      known.silent.set(word, same);
    }
    if (known.silent.size > 0) this.#changed.add(key);
  }

  /** How many of the hosts added by now the others settle. */
  get settled(): SettledCounts {
    for (const key of this.#changed) {
      const known = this.#subnets.get(key);
      if (known) this.#settled.set(key, this.#count(known));
    }
    this.#changed.clear();
    const sum = { clear: 0, disagree: 0 };
    for (const { clear, disagree } of this.#settled.values()) {
      sum.clear += clear;
      sum.disagree += disagree;
    }
    return sum;
  }

  #count({ subnet, silent }: Known): SettledCounts {
    const count = { clear: 0, disagree: 0 };
    for (const { block, doubt, hosts, ...novice } of silent.values()) {
      const found = doubt && this.#isRaised(block, doubt) ? null : subnet.ask(novice);
      if (found) count[found.says] += hosts;
    }
    return count;
  }

  /** The report of a host in the light of all that were added. */
  settle(report: HostReport): HostReport {
    const novice = silentHostOf(report);
    const key = novice && subnetText(novice.address);
    const found: WitnessAnswer | null =
      novice && key !== null ? (this.#subnets.get(key)?.subnet.ask(novice) ?? null) : null;
    return novice && found ? settleByFound(report, novice, found) : report;
  }
}
