/** How long a worker may send after it has read a lease, milliseconds. */
export const LEASE_MS = 5000;
/** How much later than it was written a worker may read a lease at most: it reads once a second, and the store takes its time. */
const READ_WITHIN_MS = 3000;

interface Grant {
  readonly rate: number;
  /** Of the coordinator's clock: until then the worker may send so much. */
  readonly until: number;
}

/**
 * Shares the rate of a vantage among its workers, so that what all of them may send at any moment never exceeds it: a worker
 * gets more only when what the others hold has run out. Packets a second; times in milliseconds of one clock that does not jump.
 */
export class RateShares {
  /** Packets a second of all workers together; 0 holds all packets back. */
  cap: number;
  /** Every grant of a worker that has not run out. */
  readonly #grants = new Map<string, Grant[]>();

  constructor(cap: number) {
    this.cap = cap;
  }

  #held(worker: string): number {
    return Math.max(0, ...(this.#grants.get(worker) ?? []).map(({ rate }) => rate));
  }

  /** A worker may hold so much from a coordinator before this one. */
  assumeLease(worker: string, rate: number, now: number): void {
    this.#grants.set(worker, [{ rate, until: now + LEASE_MS + READ_WITHIN_MS }]);
  }

  /** The share of each live worker from now on; a worker that is missing gets nothing new, and keeps what it holds until that runs out. */
  grant(
    workers: readonly { readonly id: string; readonly most: number }[],
    now: number,
  ): Map<string, number> {
    for (const [id, grants] of this.#grants) {
      const left = grants.filter(({ until }) => until > now);
      if (left.length > 0) this.#grants.set(id, left);
      else this.#grants.delete(id);
    }
    const equal = Math.floor(this.cap / Math.max(1, workers.length));
    let free = this.cap;
    for (const id of this.#grants.keys()) free -= this.#held(id);
    const shares = new Map<string, number>();
    for (const { id, most } of workers) {
      const held = this.#held(id);
      const rate = Math.min(equal, most, held + Math.max(0, free));
      free -= Math.max(0, rate - held);
      if (this.cap === 0) shares.set(id, 0);
      if (rate < 1) continue;
      shares.set(id, rate);
      const grants = this.#grants.get(id) ?? [];
      // Of equal rates only the last one matters.
      this.#grants.set(id, [
        ...grants.filter((grant) => grant.rate > rate),
        { rate, until: now + LEASE_MS + READ_WITHIN_MS },
      ]);
    }
    return shares;
  }
}
