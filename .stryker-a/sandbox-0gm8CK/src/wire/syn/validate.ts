import { randomBytes } from 'node:crypto';

/**
 * HalfSipHash-2-4 (Aumasson, Bernstein) of the first `count` 32-bit words: a keyed hash that cannot be guessed without the
 * key, and that costs less than a tenth of a microsecond. The result is a signed 32-bit number.
 */
export const halfSipHash = (k0: number, k1: number, words: Int32Array, count: number): number => {
  let v0 = k0;
  let v1 = k1;
  let v2 = 0x6c796765 ^ k0;
  let v3 = 0x74656462 ^ k1;
  for (let i = 0; i <= count + 1; i++) {
    // The words, then their length in bytes, then the finish, which takes two rounds more.
    const word = i < count ? (words[i] ?? 0) : i === count ? count << 26 : 0;
    if (i <= count) v3 ^= word;
    else v2 ^= 0xff;
    for (let rounds = i <= count ? 2 : 4; rounds > 0; rounds--) {
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
    }
    if (i <= count) v0 ^= word;
  }
  return v1 ^ v3;
};

/**
 * The sequence numbers of one run. Who answers must give the number back, and only who saw the SYN knows it: so an answer
 * proves itself, without any record of what was sent.
 */
export class SequenceKey {
  readonly #k0: number;
  readonly #k1: number;
  readonly #words = new Int32Array(6);

  constructor() {
    const key = randomBytes(8);
    this.#k0 = key.readInt32LE(0);
    this.#k1 = key.readInt32LE(4);
  }

  /** The number for a SYN from a local port to a port of an address, signed; `salt` tells equal ones apart. */
  of(address: Int32Array, port: number, localPort: number, salt = 0): number {
    const words = this.#words;
    words.set(address);
    words[4] = (port << 16) | localPort;
    words[5] = salt;
    return halfSipHash(this.#k0, this.#k1, words, 6);
  }
}
