/**
 * Hosts under way that answer, or may yet, `most` at a time: those get the full check and may list thousands of endpoints. Where
 * a first look met silence a host only waits, so there may be many more of them.
 */
export class LiveHosts {
  readonly #most: number;
  readonly #signal: AbortSignal;
  #count = 0;
  #wake: () => void = () => {};

  constructor(most: number, signal: AbortSignal) {
    this.#most = most;
    this.#signal = signal;
  }

  /** Resolves when another host may be begun. One caller at a time. */
  async slot(): Promise<void> {
    while (this.#count >= this.#most && !this.#signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Does the work on one host, which calls its argument when the host is silent. One that answers after that counts again. */
  async during<T>(firstAnswer: Promise<void>, work: (onSilence: () => void) => Promise<T>): Promise<T> {
    let isCounted = true;
    let isOver = false;
    this.#count++;
    const leave = (): void => {
      if (!isCounted) return;
      isCounted = false;
      this.#count--;
      this.#wake();
    };
    void firstAnswer.then(() => {
      if (isCounted || isOver) return;
      isCounted = true;
      this.#count++;
    });
    try {
      return await work(leave);
    } finally {
      isOver = true;
      leave();
    }
  }
}
