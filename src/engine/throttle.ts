import type { Steering } from '../model/steering.ts';

/** Slowest and fastest that a run may be set to, questions a second. */
const SLOWEST = 1;
const FASTEST = 1_000_000;

/** The hand on the tap of one run: all its rates follow `scale`, and no question leaves while it is paused. */
export class Throttle implements Steering {
  readonly #planned: number;
  readonly #waiting = new Set<() => void>();
  #rate: number;
  #paused = false;
  #sent = 0;

  /** `perSecond`: the rate over all hosts that the run starts with. */
  constructor(perSecond: number) {
    this.#planned = perSecond;
    this.#rate = perSecond;
  }

  get rate(): number {
    return this.#rate;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /** The rate by now as a multiple of the planned one, for the rates per host and per subnet. */
  get scale(): number {
    return this.#rate / this.#planned;
  }

  get sent(): number {
    return this.#sent;
  }

  /** Counts questions that leave this machine. */
  countSent(questions = 1): void {
    this.#sent += questions;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    for (const go of this.#waiting) go();
  }

  setRate(perSecond: number): void {
    this.#rate = Math.max(SLOWEST, Math.min(FASTEST, perSecond));
  }

  /** Resolves at once unless paused; else when resumed, or when the signal aborts. */
  running(signal: AbortSignal): Promise<void> {
    if (!this.#paused || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const go = (): void => {
        this.#waiting.delete(go);
        signal.removeEventListener('abort', go);
        resolve();
      };
      this.#waiting.add(go);
      signal.addEventListener('abort', go);
    });
  }
}
