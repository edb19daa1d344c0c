import {
  INITIAL_RTO_MS,
  isRetransmissionLater,
  ROUND_TRIPS_BESIDE_CONTROLS,
  RTO_MARGIN_BESIDE_CONTROLS_MS,
  RTO_MARGIN_MS,
} from './policy.ts';

/** Smoothed round trip and its variance for one host (RFC 6298), and how long silence lasts because of them. Milliseconds. */
export class RttEstimator {
  #srtt: number | null = null;
  #rttvar = 0;
  #longestMs = 0;
  #shortestMs = 0;
  /** The last round trips, the latest last. */
  #lately: number[] = [];
  /** All that is known is an upper bound. */
  #isBound = false;
  readonly #ceilingMs: number;
  readonly #floorMs: number;
  readonly #minTimeoutMs: number;

  /** `timeoutMs`: the longest wait; `minTimeoutMs`: the shortest that means silence on this platform. */
  constructor(timeoutMs: number, minTimeoutMs: number) {
    this.#ceilingMs = Math.max(timeoutMs, minTimeoutMs);
    this.#minTimeoutMs = minTimeoutMs;
    this.#floorMs = Math.min(Math.max(RTO_MARGIN_MS, minTimeoutMs), this.#ceilingMs);
  }

  /** The smoothed round trip; null before the first was measured. */
  get srttMs(): number | null {
    return this.#srtt;
  }

  /** The longest round trip of all; 0 before the first. */
  get longestMs(): number {
    return this.#longestMs;
  }

  /** Whether all that is known is an upper bound. */
  get isBound(): boolean {
    return this.#isBound;
  }

  get ceilingMs(): number {
    return this.#ceilingMs;
  }

  /**
   * Takes one measured round trip. One longer than another by what a system waits before it repeats a SYN or a SYN-ACK is none (Karn's
   * algorithm): then a packet was lost, and the answer is to, or is, the next one.
   */
  observe(rttMs: number): void {
    const srtt = this.#isBound ? null : this.#srtt;
    if (srtt !== null && isRetransmissionLater(rttMs - this.#shortestMs)) return;
    if (srtt === null || isRetransmissionLater(this.#shortestMs - rttMs)) {
      this.#isBound = false;
      this.#lately = [rttMs];
      this.#longestMs = rttMs;
      this.#shortestMs = rttMs;
      this.#srtt = rttMs;
      this.#rttvar = rttMs / 2;
      return;
    }
    this.#lately.push(rttMs);
    if (this.#lately.length > ROUND_TRIPS_BESIDE_CONTROLS) this.#lately.shift();
    this.#longestMs = Math.max(this.#longestMs, rttMs);
    this.#shortestMs = Math.min(this.#shortestMs, rttMs);
    this.#rttvar = 0.75 * this.#rttvar + 0.25 * Math.abs(srtt - rttMs);
    this.#srtt = 0.875 * srtt + 0.125 * rttMs;
  }

  /** Takes what an answer to a repetition took since the first packet: an upper bound, of use only where nothing is measured. */
  observeBound(elapsedMs: number): void {
    if (this.#srtt !== null) return;
    this.observe(elapsedMs);
    this.#isBound = true;
  }

  /** How long to wait for the answer to attempt number `attempt` (0 is the first): doubled each time (RFC 6298 5.5). */
  waitMs(attempt: number): number {
    const rto = this.#srtt === null ? INITIAL_RTO_MS : this.#srtt + Math.max(4 * this.#rttvar, RTO_MARGIN_MS);
    return this.bounded(rto * 2 ** attempt);
  }

  /**
   * How long a repetition waits that controls and a more patient repetition vouch for: no longer than the last round trips took and varied. One that was
   * slow because the audit began with a burst would be remembered in the variance for a dozen rounds.
   */
  get besideControlsMs(): number {
    if (this.#srtt === null) return this.waitMs(0);
    const [longest, shortest] = [Math.max(...this.#lately), Math.min(...this.#lately)];
    const isKnown = this.#lately.length === ROUND_TRIPS_BESIDE_CONTROLS;
    const lately = isKnown
      ? longest + Math.max(4 * (longest - shortest), RTO_MARGIN_BESIDE_CONTROLS_MS)
      : Number.POSITIVE_INFINITY;
    const rto = this.#srtt + Math.max(4 * this.#rttvar, RTO_MARGIN_BESIDE_CONTROLS_MS);
    return Math.min(Math.max(Math.min(rto, lately), this.#minTimeoutMs), this.#ceilingMs);
  }

  /** A wait between the shortest and the longest that are allowed here. */
  bounded(ms: number): number {
    return Math.min(Math.max(ms, this.#floorMs), this.#ceilingMs);
  }
}
