import type { Family } from '../model/target.ts';
import { Rate } from './pace.ts';
import type { Throttle } from './throttle.ts';

/** Questions one subnet may get at once after a rest. */
const SUBNET_BURST = 100;
/** Subnets remembered before those at rest are forgotten: a subnet at rest has nothing to remember. */
const MOST_SUBNETS = 4096;

/** The first four groups of a valid IPv6 address. An IPv4 tail counts for two groups. */
const network6 = (address: string): string => {
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  if (tail === undefined || before.length >= 4) return before.slice(0, 4).join(':');
  const after = tail === '' ? [] : tail.replace(/%.*/, '').split(':');
  const groups = after.length + (tail.includes('.') ? 1 : 0);
  const zeros = Array.from({ length: 8 - before.length - groups }, () => '0');
  return [...before, ...zeros, ...after].slice(0, 4).join(':');
};

/** The network that an address most likely shares with its neighbours: its /24, for IPv6 its /64. */
export const subnetOf = (address: string, family: Family): string =>
  family === 4 ? address.slice(0, address.lastIndexOf('.')) : network6(address);

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
