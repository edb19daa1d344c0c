import type { Plan } from '../model/plan.ts';
import type { Patience } from '../model/wire.ts';

/** How long the first questions wait, milliseconds: most networks answer in that time, and nobody is given up because of it. */
const FIRST_MS = 300;
/** The same once the neighbours are known: so many times their longest round trip, and milliseconds on top. */
const FIRST_FACTOR = 2;
const FIRST_MARGIN_MS = 75;
/** On top of the longest round trip of a host before its silence counts, milliseconds; see timing.ts. */
const MARGIN_MS = 100;
/**
 * On top of it before a port is asked again, milliseconds: an answer that comes later counts too, but a short outage must not
 * swallow all questions. A port that decides by itself is asked more often, and has the longer last wait.
 */
const AGAIN_MARGIN_MS = { sampled: 75, required: 50 } as const;
/** RFC 6298: the wait before anything is known, milliseconds. */
const PATIENT_MS = 1000;
/** The shortest last wait, by the host's own round trips and by those of its neighbours, milliseconds. */
const LEAST_LAST_MS = { own: 200, neighbours: 400 } as const;
/** The last wait as a multiple of the longest round trip. */
const LAST_FACTOR = 4;
/** Waits, milliseconds; a host has the shortest that its round trips allow. */
const WAITS = [75, 100, 150, 200, 300, 400, 600, PATIENT_MS] as const;
/** Silence of a living host is asked again so often: of a sampled port, and of one that decides by itself (confirm.ts). */
const REPEATS = { sampled: 2, required: 5 } as const;

const waitOver = (ms: number): number => WAITS.find((wait) => wait >= ms) ?? PATIENT_MS;

/** How silence is taken in the sweeps of one run, by what is known of who keeps silent. Few objects, as a sweep asks for. */
export class Patiences {
  readonly #plan: Plan;
  readonly #known = new Map<string, Patience>();

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** For the signs of life of a host; `rttMs` of its neighbours, null when they are not known. */
  first(rttMs: number | null): Patience {
    const wanted = rttMs === null ? FIRST_MS : Math.min(FIRST_MS, FIRST_FACTOR * rttMs + FIRST_MARGIN_MS);
    return this.#of(waitOver(wanted), 0);
  }

  /** For a sampled port of a host whose answers took up to `rttMs`. */
  sampled(rttMs: number): Patience {
    const retries = Math.min(REPEATS.sampled, this.#plan.retries);
    return this.#of(waitOver(rttMs + AGAIN_MARGIN_MS.sampled), retries, waitOver(rttMs + MARGIN_MS));
  }

  /** For a port that decides by itself. */
  required(rttMs: number): Patience {
    const lastMs = waitOver(Math.max(LAST_FACTOR * rttMs, LEAST_LAST_MS.own));
    const retries = this.#plan.retries === 0 ? 0 : REPEATS.required;
    return this.#of(waitOver(rttMs + AGAIN_MARGIN_MS.required), retries, lastMs);
  }

  /** For the last question to a host of which nothing answered; `rttMs` of its neighbours, null when they are not known. */
  lastOfQuiet(rttMs: number | null): Patience {
    const wanted = rttMs === null ? PATIENT_MS : Math.max(LAST_FACTOR * rttMs, LEAST_LAST_MS.neighbours);
    return this.#of(waitOver(wanted), 0);
  }

  #of(wanted: number, retries: number, wantedLast = wanted): Patience {
    const timeoutMs = Math.min(wanted, this.#plan.timeoutMs);
    const lastMs = Math.min(wantedLast, this.#plan.timeoutMs);
    const key = `${timeoutMs} ${retries} ${lastMs}`;
    const known = this.#known.get(key) ?? { timeoutMs, retries, lastMs };
    this.#known.set(key, known);
    return known;
  }
}
