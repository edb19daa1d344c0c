/** Round trips are remembered for one to two of these, milliseconds. */
const SPAN_MS = 500;
/** Silence must outlast what answers take by now, with room for a way that fills up: so many times, and milliseconds on top. */
const FACTOR = 1.5;
const MARGIN_MS = 30;
/** Nobody waits longer because of others, milliseconds. */
const MOST_MS = 3000;

/**
 * How long answers take by now, whoever they come from. A way that is full, or a machine that has too much to do, makes all
 * of them late at once, also those of hosts that were near a moment ago.
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

  /** By how much answers are later now than the fastest ever was, milliseconds; null when there was none. */
  get spreadMs(): number | null {
    const longest = Math.max(this.#longest, this.#before);
    return longest === 0 ? null : longest - this.#shortest;
  }

  /** The shortest wait now after which silence is silence, milliseconds. */
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
