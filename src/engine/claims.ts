/** Subnets whose claims are remembered; past this the oldest are forgotten, and their hosts are looked at again. */
const MOST_KEYS = 65_536;

/**
 * Who of many alike is looked at closely: the first `most` that share a key. What a router does to one subnet need not
 * be measured at each of its hosts, and routers send only so many ICMP errors a second.
 */
export class Claims {
  readonly #given = new Map<string, number>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** Takes one of the places, or says no. */
  take(key: string): boolean {
    const given = this.#given.get(key) ?? 0;
    if (given >= this.#most) return false;
    if (given === 0 && this.#given.size >= MOST_KEYS) this.#forgetOldest();
    this.#given.set(key, given + 1);
    return true;
  }

  #forgetOldest(): void {
    for (const key of this.#given.keys()) {
      this.#given.delete(key);
      return;
    }
  }
}
