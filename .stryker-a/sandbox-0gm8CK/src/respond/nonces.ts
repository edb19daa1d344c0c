/** Challenges that one responder answers in all its time: hundreds of checks, and a bound on what it remembers. */
const MOST = 50_000;

/** The nonces that were used. When it is full it takes no more: whoever floods a responder with its own key ends its service. */
export class Nonces {
  readonly #used = new Set<string>();

  /** Takes a nonce; false when it was used before, as that of a recorded challenge. */
  take(nonce: Uint8Array): boolean {
    const text = Buffer.from(nonce).toString('latin1');
    if (this.#used.has(text) || this.#used.size >= MOST) return false;
    this.#used.add(text);
    return true;
  }
}
