import type { Asked, Candidate } from './candidate.ts';
import { Queue } from './queue.ts';

/** Hosts whose turn has come but whose rates have not, that are passed over before there is a rest. */
const PASSED_OVER = 64;

/**
 * Hosts with pending questions. Each is asked all that its rates allow before the next has its turn, so that the first are
 * known, and can be judged, while the last are asked.
 */
export class Turns {
  readonly #waiting = new Queue<Candidate>();
  readonly #keeps: (host: Candidate) => boolean;
  #current: Candidate | undefined;

  /** `keeps` is asked before each question; a host that it does not keep is forgotten here. */
  constructor(keeps: (host: Candidate) => boolean = () => true) {
    this.#keeps = keeps;
  }

  push(host: Candidate): void {
    this.#waiting.push(host);
  }

  /** The next question, which is under way from now on; undefined when there is none, or none that may be asked yet. */
  next(): Asked | undefined {
    for (let passed = 0; passed < PASSED_OVER; passed++) {
      const host = this.#current ?? this.#waiting.shift();
      if (!host) return undefined;
      if (!this.#keeps(host)) {
        this.#current = undefined;
        continue;
      }
      const isAllowed = host.rate.isFree && host.area.rate.isFree;
      const asked = isAllowed ? host.ask() : undefined;
      this.#current = asked && host.pending.length > 0 ? host : undefined;
      if (asked) return asked;
      if (host.pending.length > 0) this.#waiting.push(host);
    }
    return undefined;
  }
}
