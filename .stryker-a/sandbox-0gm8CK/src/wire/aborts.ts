interface Waiting {
  readonly stops: Set<() => void>;
  readonly onAbort: () => void;
}

/**
 * What is to be stopped when a signal aborts, with one listener per signal however many wait on it: in Node's EventTarget
 * each removal walks the list, so thousands in flight would cost the square of it, and more than ten are warned of.
 */
export class Aborts {
  readonly #waiting = new Map<AbortSignal, Waiting>();

  /** `stop` is called once when the signal aborts, unless `remove` came before. */
  add(signal: AbortSignal, stop: () => void): void {
    const known = this.#waiting.get(signal);
    if (known) {
      known.stops.add(stop);
      return;
    }
    const stops = new Set([stop]);
    const onAbort = (): void => {
      this.#waiting.delete(signal);
      for (const one of stops) one();
    };
    this.#waiting.set(signal, { stops, onAbort });
    signal.addEventListener('abort', onAbort, { once: true });
  }

  remove(signal: AbortSignal, stop: () => void): void {
    const waiting = this.#waiting.get(signal);
    if (!waiting?.stops.delete(stop) || waiting.stops.size > 0) return;
    signal.removeEventListener('abort', waiting.onAbort);
    this.#waiting.delete(signal);
  }
}
