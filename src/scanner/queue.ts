/** First in, first out, in constant time on average. Holds nothing that was taken. */
export class Queue<T> {
  #last: T[] = [];
  /** Those that come first, in reverse. */
  #first: T[] = [];

  get size(): number {
    return this.#first.length + this.#last.length;
  }

  /** The item that `shift` would give. */
  get first(): T | undefined {
    return this.#first.at(-1) ?? this.#last[0];
  }

  push(item: T): void {
    this.#last.push(item);
  }

  shift(): T | undefined {
    if (this.#first.length === 0) [this.#first, this.#last] = [this.#last.reverse(), this.#first];
    return this.#first.pop();
  }
}
