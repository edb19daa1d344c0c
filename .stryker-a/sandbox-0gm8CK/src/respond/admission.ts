/** Connections that are open at the same time: in all, and of one address. A check holds 64. */
export const MOST_OPEN = 1024;
export const MOST_OPEN_OF_ONE = 768;
/** New connections a second, in all and of one address, and how many may come at once before that counts. A check opens 150 a second. */
const PER_SECOND = 1000;
const PER_SECOND_OF_ONE = 800;
/** New connections that may come at once. */
export const BURST = 1600;
/** Addresses that are remembered; when there are more, only the limits for all count. */
const MOST_CALLERS = 4096;

class Bucket {
  #tokens = BURST;
  #at: number;
  open = 0;

  constructor(now: number) {
    this.#at = now;
  }

  has(now: number, perSecond: number): boolean {
    this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#at) / 1000) * perSecond);
    this.#at = now;
    return this.#tokens >= 1;
  }

  take(): void {
    this.#tokens--;
    this.open++;
  }

  isRested(now: number): boolean {
    return this.open === 0 && now - this.#at > (BURST / PER_SECOND_OF_ONE) * 1000;
  }
}

/** Who may connect: bounds on connections at a time and a second. Times in milliseconds of one clock. */
export class Admission {
  readonly #all: Bucket;
  readonly #callers = new Map<string, Bucket>();

  constructor(now: number) {
    this.#all = new Bucket(now);
  }

  /** Lets a connection of `address` in and gives what is to be called when it has ended; null when there are too many. */
  admit(address: string, now: number): (() => void) | null {
    const caller = this.#callerOf(address, now);
    if (this.#all.open >= MOST_OPEN || !this.#all.has(now, PER_SECOND)) return null;
    if (caller && (caller.open >= MOST_OPEN_OF_ONE || !caller.has(now, PER_SECOND_OF_ONE))) return null;
    this.#all.take();
    caller?.take();
    return () => {
      this.#all.open--;
      if (caller) caller.open--;
    };
  }

  #callerOf(address: string, now: number): Bucket | null {
    const known = this.#callers.get(address);
    if (known) return known;
    if (this.#callers.size >= MOST_CALLERS) {
      for (const [one, bucket] of this.#callers) if (bucket.isRested(now)) this.#callers.delete(one);
      if (this.#callers.size >= MOST_CALLERS) return null;
    }
    const made = new Bucket(now);
    this.#callers.set(address, made);
    return made;
  }
}
