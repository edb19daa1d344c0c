/** Items that were taken are let go in pieces of so many: one at a time would move all others each time. */
const PIECE = 1024;

/** First in, first out. Holds nothing that was taken, but for a piece, however long it never runs empty. */
export class Queue<T> {
  #items: T[] = [];
  #at = 0;

  get size(): number {
    return this.#items.length - this.#at;
  }

  /** The item that `shift` would give. */
  get first(): T | undefined {
    return this.#items[this.#at];
  }

  push(item: T): void {
    this.#items.push(item);
  }

  shift(): T | undefined {
    const item = this.#items[this.#at];
    if (item === undefined) return undefined;
    this.#at++;
    if (this.#at === this.#items.length || (this.#at >= PIECE && this.#at * 2 > this.#items.length)) {
      this.#items = this.#items.slice(this.#at);
      this.#at = 0;
    }
    return item;
  }
}
