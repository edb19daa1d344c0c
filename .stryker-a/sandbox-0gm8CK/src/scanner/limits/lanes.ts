import type { Plan } from '../../model/plan.ts';
import type { Family } from '../../model/target.ts';
import type { RateControl } from './rate-control.ts';
import { RateLimiter } from './rate-limiter.ts';
import { subnetOf } from './subnet.ts';

/**
 * Packets that one host may get at once after a rest: a whole default sample, and 135 and 3389 over eight flows each. With 150 a
 * second behind it no second holds more than the 200 resets that systems allow themselves.
 */
const HOST_BURST = 48;
/** Packets that one subnet may get at once after a rest. */
const SUBNET_BURST = 100;
/** Limiters remembered before those at rest are forgotten, some at a time: one at rest has nothing to remember. */
const MOST_KEPT = 65_536;
const FORGOTTEN_EVERY = 1024;

/** The rate limits that packets to one address must keep: its own, and that of its subnet. */
export interface Lane {
  readonly host: RateLimiter;
  readonly subnet: RateLimiter;
}

class Limiters {
  readonly #known = new Map<string, RateLimiter>();
  #new = 0;
  readonly #make: () => RateLimiter;

  constructor(make: () => RateLimiter) {
    this.#make = make;
  }

  of(key: string): RateLimiter {
    const known = this.#known.get(key);
    if (known) return known;
    if (this.#known.size >= MOST_KEPT && ++this.#new % FORGOTTEN_EVERY === 0) {
      for (const [old, limiter] of this.#known) if (limiter.isResting) this.#known.delete(old);
    }
    const limiter = this.#make();
    this.#known.set(key, limiter);
    return limiter;
  }
}

/** One limiter an address and one a subnet, however many names an address has. Memory stays bounded for runs of any size. */
export class Lanes {
  readonly #hosts: Limiters;
  readonly #subnets: Limiters;

  constructor({ perHostRate, perSubnetRate }: Plan, control: RateControl) {
    this.#hosts = new Limiters(() => new RateLimiter(perHostRate, HOST_BURST, control));
    this.#subnets = new Limiters(() => new RateLimiter(perSubnetRate, SUBNET_BURST, control));
  }

  of(address: string, family: Family): Lane {
    return { host: this.#hosts.of(address), subnet: this.#subnets.of(subnetOf(address, family)) };
  }
}
