/** Failures of one shortage come in a bunch; within this time they count once. Milliseconds. */
const SAME_SHORTAGE_MS = 100;

/**
 * How many probes may be in flight over all hosts. When this machine runs out of descriptors, ports or buffers the window is
 * halved and the probe that met the shortage is sent again; it grows back one by one, but stays below the size that failed.
 */
export class InFlightWindow {
  #size: number;
  #ceiling: number;
  #inFlight = 0;
  #answeredSinceGrowth = 0;
  #shrunkAt = Number.NEGATIVE_INFINITY;
  readonly #onShrink: (size: number, code: string) => void;

  constructor(size: number, onShrink: (size: number, code: string) => void) {
    this.#size = size;
    this.#ceiling = size;
    this.#onShrink = onShrink;
  }

  get size(): number {
    return this.#size;
  }

  get isFull(): boolean {
    return this.#inFlight >= this.#size;
  }

  enter(): void {
    this.#inFlight++;
  }

  leave(): void {
    this.#inFlight--;
  }

  /** A probe met a shortage on this machine; `code` is the system's word for it (`EMFILE`). */
  shrink(code: string, now = performance.now()): void {
    if (now - this.#shrunkAt < SAME_SHORTAGE_MS) return;
    this.#shrunkAt = now;
    this.#ceiling = Math.max(1, Math.floor(this.#size * 0.875));
    this.#size = Math.max(1, Math.floor(this.#size / 2));
    this.#answeredSinceGrowth = 0;
    this.#onShrink(this.#size, code);
  }

  /** A probe was sent without shortage. */
  grow(): void {
    if (this.#size >= this.#ceiling || ++this.#answeredSinceGrowth < this.#size) return;
    this.#answeredSinceGrowth = 0;
    this.#size++;
  }
}
