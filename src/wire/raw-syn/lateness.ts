/** Round trips are remembered for one to two of these, milliseconds. */
const SPAN_MS = 500;
/** Silence must outlast what answers take by now, with room for a way that fills up: so many times, and milliseconds on top. */
const FACTOR = 1.5;
const MARGIN_MS = 100;
/** Less for who is asked again, since a later answer still counts; but while a queue grows, repetitions would make it grow faster. */
const AGAIN_FACTOR = 1.3;
const AGAIN_MARGIN_MS = 20;
/** Nobody waits longer because of others, milliseconds. */
const MOST_MS = 3000;

/**
 * How long answers take by now, whoever they come from. A way that is full, or a machine that has too much to do, makes all
 * of them late at once, also those of hosts that were near a moment ago.
 */
export class Lateness {
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

  /** The shortest waits now before who was asked is asked again, and before who was asked the last time is silent. */
  leastWaitsMs(now: number): { readonly again: number; readonly silence: number } {
    if (now - this.#since > SPAN_MS) {
      this.#before = this.#longest;
      this.#longest = 0;
      this.#since = now;
    }
    const longest = Math.max(this.#longest, this.#before);
    if (longest === 0) return { again: 0, silence: 0 };
    return {
      again: Math.min(MOST_MS, AGAIN_FACTOR * longest + AGAIN_MARGIN_MS),
      silence: Math.min(MOST_MS, FACTOR * longest + MARGIN_MS),
    };
  }
}
