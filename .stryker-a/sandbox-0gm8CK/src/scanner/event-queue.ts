/**
 * Items waiting above which those who can should wait before they begin something new. In an audit half of them hold all that
 * is known of a host, up to 100 KB of a hostile one.
 */
const MOST_WAITING = 2048;

/** Joins the events of many hosts into one stream, in the order in which they came. */
export class EventQueue<T> implements AsyncIterable<T> {
  #waiting: T[] = [];
  #ended = false;
  /** The reader is gone: a writer must not wait for room that will never come. */
  #isLeft = false;
  #failure: unknown;
  #wake: () => void = () => {};
  readonly #roomy: (() => void)[] = [];

  /** Resolves when the reader has kept up; a slow reader must not fill the memory. */
  async room(): Promise<void> {
    while (this.#waiting.length >= MOST_WAITING && !this.#isLeft) {
      await new Promise<void>((resolve) => {
        this.#roomy.push(resolve);
      });
    }
  }

  push(item: T): void {
    this.#waiting.push(item);
    this.#wake();
  }

  /** No more will come. With a `failure` the reader gets it thrown after the last item. */
  end(failure?: unknown): void {
    this.#ended = true;
    this.#failure = failure;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    try {
      for (;;) {
        const batch = this.#waiting;
        this.#waiting = [];
        this.#makeRoom();
        yield* batch;
        if (this.#waiting.length > 0) continue;
        if (this.#ended) {
          if (this.#failure !== undefined) throw this.#failure;
          return;
        }
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      this.#isLeft = true;
      this.#makeRoom();
    }
  }

  #makeRoom(): void {
    for (const go of this.#roomy.splice(0)) go();
  }
}
