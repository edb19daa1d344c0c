import type { Family } from '../../model/target.ts';
import { subnetOf } from '../limits/subnet.ts';
import { FIRST_LOOK, LAST_LOOK } from '../retry/policy.ts';
import { HostGroup } from './host-group.ts';

/** Subnets that are remembered; past this the oldest are forgotten. */
const MOST_SUBNETS = 4096;

/** The hosts of one run by subnet, and all of them together. */
export class Neighbours {
  readonly all: HostGroup = new HostGroup(() => this.all.loss);
  readonly #subnets = new Map<string, HostGroup>();

  of(address: string, family: Family): HostGroup {
    const subnet = subnetOf(address, family);
    const known = this.#subnets.get(subnet) ?? new HostGroup(() => this.all.loss);
    this.#subnets.delete(subnet);
    this.#subnets.set(subnet, known);
    if (this.#subnets.size > MOST_SUBNETS) {
      for (const oldest of this.#subnets.keys()) {
        this.#subnets.delete(oldest);
        break;
      }
    }
    return known;
  }

  /** How long the first look at a host of a bulk run waits, milliseconds. */
  firstLookMs(group: HostGroup): number {
    const { longestMs } = group;
    return longestMs === null
      ? FIRST_LOOK.mostMs
      : Math.min(FIRST_LOOK.mostMs, FIRST_LOOK.rttFactor * longestMs + FIRST_LOOK.marginMs);
  }

  /** How long the last look at a host waits of which nothing answered; `ceilingMs` where no host answered yet. */
  lastLookMs(group: HostGroup, ceilingMs: number): number {
    const { longestMs } = group;
    return longestMs === null
      ? ceilingMs
      : Math.min(ceilingMs, Math.max(LAST_LOOK.leastMs, LAST_LOOK.rttFactor * longestMs));
  }
}
