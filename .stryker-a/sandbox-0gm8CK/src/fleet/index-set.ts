/** Numbers kept in one piece. */
const PIECE = 4096;

/** A set of whole numbers from 0 on that stand close together: a bit for each, and memory only where there are some. */
export class IndexSet {
  readonly #pieces = new Map<number, Uint32Array>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(index: number): boolean {
    const at = index % PIECE;
    const word = this.#pieces.get(Math.floor(index / PIECE))?.[at >>> 5] ?? 0;
    return (word & (1 << (at & 31))) !== 0;
  }

  /** Whether it was not in the set before. */
  add(index: number): boolean {
    if (this.has(index)) return false;
    const number = Math.floor(index / PIECE);
    const piece = this.#pieces.get(number) ?? new Uint32Array(PIECE / 32);
    this.#pieces.set(number, piece);
    const at = index % PIECE;
    piece[at >>> 5] = (piece[at >>> 5] ?? 0) | (1 << (at & 31));
    this.#size += 1;
    return true;
  }
}
