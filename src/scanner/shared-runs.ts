/** A task that runs once at a time: who joins while it runs gets the next run, together with all others who join until then. */
export class SharedRuns {
  readonly #task: () => Promise<void>;
  #running: Promise<void> | null = null;
  #next: Promise<void> | null = null;

  constructor(task: () => Promise<void>) {
    this.#task = task;
  }

  /** Resolves when a run has ended that began after this call. Rejects with what the task throws. */
  join(): Promise<void> {
    if (!this.#running) return this.#start();
    this.#next ??= this.#running
      .catch(() => {})
      .then(() => {
        this.#next = null;
        return this.#start();
      });
    return this.#next;
  }

  #start(): Promise<void> {
    const run = this.#task();
    this.#running = run;
    const ended = (): void => {
      if (!this.#next) this.#running = null;
    };
    run.then(ended, ended);
    return run;
  }
}
