/** Bytes that do not say what they should: what is wrong and at which offset. The only error a decoder throws. */
export class CodecError extends Error {
  override readonly name = 'CodecError';
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(`${message} at offset ${offset}`);
  }
}

/**
 * Reads integers and stretches of bytes in order, in the sender's byte order, and never beyond the end. Offsets and
 * alignment count from the start of the bytes given, as NDR wants it for a stub.
 */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #little: boolean;
  #at = 0;

  constructor(bytes: Uint8Array, little = true) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#little = little;
  }

  get offset(): number {
    return this.#at;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  u8(): number {
    return this.#view.getUint8(this.#step(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#step(2), this.#little);
  }

  u32(): number {
    return this.#view.getUint32(this.#step(4), this.#little);
  }

  /** Network byte order, whatever the sender's is. */
  u16be(): number {
    return this.#view.getUint16(this.#step(2), false);
  }

  bytes(size: number): Uint8Array {
    const from = this.#step(size);
    return this.#bytes.subarray(from, from + size);
  }

  /** Skips to the next multiple of `size`. */
  align(size: number): void {
    const over = this.#at % size;
    if (over !== 0) this.#step(size - over);
  }

  #step(size: number): number {
    if (size > this.left) throw new CodecError(`${size} bytes wanted, ${this.left} left`, this.#at);
    const from = this.#at;
    this.#at += size;
    return from;
  }
}

/** Joins bytes and little-endian integers into one array. */
export const concat = (parts: readonly Uint8Array[]): Uint8Array => {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
};

/** A number of two bytes, little-endian. */
export const u16le = (value: number): Uint8Array => Uint8Array.of(value & 0xff, (value >>> 8) & 0xff);

/** A number of four bytes, little-endian. */
export const u32le = (value: number): Uint8Array => concat([u16le(value & 0xffff), u16le(value >>> 16)]);
