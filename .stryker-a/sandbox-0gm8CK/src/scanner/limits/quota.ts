/** Keys whose quota is remembered; past this the oldest are forgotten, and their hosts count anew. */
const MOST_KEYS = 65_536;

/**
 * The first `most` hosts that share a key, such as a subnet and what is filtered there, are looked at closely for the others:
 * what a router does to one subnet need not be measured at each of its hosts, and routers send only so many ICMP errors a second.
 */
export class Quota {
  readonly #taken = new Map<string, number>();
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** Whether this host is one of the first; counts it. */
  take(key: string): boolean {
    const taken = this.#taken.get(key) ?? 0;
    if (taken >= this.#most) return false;
    if (taken === 0 && this.#taken.size >= MOST_KEYS) {
      for (const oldest of this.#taken.keys()) {
        this.#taken.delete(oldest);
        break;
      }
    }
    this.#taken.set(key, taken + 1);
    return true;
  }
}
