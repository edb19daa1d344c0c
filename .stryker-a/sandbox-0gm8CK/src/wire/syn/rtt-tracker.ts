/** Round trips are kept for one to two of these, milliseconds. */
const SPAN_MS = 500;
/** Silence must outlast recent round trips: by this factor, and milliseconds on top, for a queue that builds up. */
const FACTOR = 1.5;
const MARGIN_MS = 30;
/** Longest extension of a timeout because of other hosts, milliseconds. */
const MOST_MS = 3000;

/**
 * Recent round trips over all hosts. A congested path, or a machine with too much to do, delays all replies at once, also those
 * of hosts that answered quickly a moment ago.
 */
export class RttTracker {
  #longest = 0;
  #before = 0;
  #since = Number.NEGATIVE_INFINITY;
  #shortest = Number.POSITIVE_INFINITY;

  note(rttMs: number): void {
    if (rttMs > this.#longest) this.#longest = rttMs;
    if (rttMs < this.#shortest) this.#shortest = rttMs;
  }

  /** Longest recent round trip minus the shortest of the run, milliseconds; null before the first reply. */
  get spreadMs(): number | null {
    const longest = Math.max(this.#longest, this.#before);
    return longest === 0 ? null : longest - this.#shortest;
  }

  /** Shortest timeout that now counts as silence, milliseconds. */
  leastWaitMs(now: number): number {
    if (now - this.#since > SPAN_MS) {
      this.#before = this.#longest;
      this.#longest = 0;
      this.#since = now;
    }
    const longest = Math.max(this.#longest, this.#before);
    return longest === 0 ? 0 : Math.min(MOST_MS, FACTOR * longest + MARGIN_MS);
  }
}
