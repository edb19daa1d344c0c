/** RFC 6298 section 2: one second until the first answer is measured. */
const INITIAL_RTO_MS = 1000;
/**
 * RFC 6298 asks for a floor of one second, so that retransmission does not add to congestion. A probe is one packet that
 * is repeated a few times at most, so the floor here is nmap's (--min-rtt-timeout, 100 ms): above every delayed wake-up
 * of a busy machine, and a late answer is still met by the repetitions, each of which waits twice as long. It is added to
 * the round trip, for a steady path of 150 ms would leave no room otherwise.
 */
const FLOOR_MS = 100;
/** Past this the kernel has sent its own second SYN, so the time is ambiguous (RFC 6298 section 3, Karn's algorithm). */
const AMBIGUOUS_MS = 1000;

/** Smoothed round trip and its variance for one host (RFC 6298), and how long silence lasts because of them. */
export class Timing {
  #srtt: number | null = null;
  #rttvar = 0;
  readonly #ceilingMs: number;
  readonly #floorMs: number;

  /** `timeoutMs`: the longest wait; `minTimeoutMs`: the shortest that means silence on this platform. */
  constructor(timeoutMs: number, minTimeoutMs: number) {
    this.#ceilingMs = Math.max(timeoutMs, minTimeoutMs);
    this.#floorMs = Math.min(Math.max(FLOOR_MS, minTimeoutMs), this.#ceilingMs);
  }

  /** Takes one measured round trip, milliseconds. */
  observe(rttMs: number): void {
    if (rttMs >= AMBIGUOUS_MS) return;
    if (this.#srtt === null) {
      this.#srtt = rttMs;
      this.#rttvar = rttMs / 2;
      return;
    }
    this.#rttvar = 0.75 * this.#rttvar + 0.25 * Math.abs(this.#srtt - rttMs);
    this.#srtt = 0.875 * this.#srtt + 0.125 * rttMs;
  }

  /** How long to wait for the answer to the question number `attempt` (0 is the first): doubled each time (RFC 6298 5.5). */
  waitMs(attempt: number): number {
    const rto = this.#srtt === null ? INITIAL_RTO_MS : this.#srtt + Math.max(4 * this.#rttvar, FLOOR_MS);
    return Math.min(Math.max(rto, this.#floorMs) * 2 ** attempt, this.#ceilingMs);
  }
}
