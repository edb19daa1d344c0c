import { Address6 } from 'ip-address';
import type { Family } from '../model/target.ts';
import { Rate } from './pace.ts';
import type { Throttle } from './throttle.ts';

/** Questions one subnet may get at once after a rest. */
const SUBNET_BURST = 100;
/** Subnets remembered before those at rest are forgotten: a subnet at rest has nothing to remember. */
const MOST_SUBNETS = 4096;

/** The network that an address most likely shares with its neighbours: its /24, for IPv6 its /64. */
export const subnetOf = (address: string, family: Family): string =>
  family === 4
    ? address.slice(0, address.lastIndexOf('.'))
    : new Address6(address).parsedAddress.slice(0, 4).join(':');

/** One rate a subnet, made when its first host is asked; memory stays bounded however many subnets a run has. */
export class SubnetRates {
  readonly #rates = new Map<string, Rate>();
  readonly #perSecond: number;
  readonly #throttle: Throttle;

  /** `perSecond`: questions a second to the hosts of one subnet together. */
  constructor(perSecond: number, throttle: Throttle) {
    this.#perSecond = perSecond;
    this.#throttle = throttle;
  }

  of(subnet: string): Rate {
    const known = this.#rates.get(subnet);
    if (known) return known;
    if (this.#rates.size >= MOST_SUBNETS) this.#forgetResting();
    const rate = new Rate(this.#perSecond, SUBNET_BURST, this.#throttle);
    this.#rates.set(subnet, rate);
    return rate;
  }

  #forgetResting(): void {
    for (const [subnet, rate] of this.#rates) {
      if (rate.isResting()) this.#rates.delete(subnet);
    }
  }
}
