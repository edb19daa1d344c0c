/** What a first and a second request to stop do. */
export interface Interrupt {
  readonly signal: AbortSignal;
  /** A request to stop: the first ends the probes and keeps the results, the second exits at once. */
  readonly stop: () => void;
  /** Takes the signal handlers off again. */
  readonly release: () => void;
}

/** What asks a process to end. */
export const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Exit code of a run that a signal stopped: 128 and the number of SIGINT, as shells have it. */
export const EXIT_INTERRUPTED = 130;

/** Turns Ctrl-C, a termination or a closed terminal into an abort; `onFirst` may say something. */
export const interruptible = (
  onFirst: () => void,
  leave: () => never,
  signals: readonly NodeJS.Signals[],
): Interrupt => {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) leave();
    controller.abort();
    onFirst();
  };
  for (const name of signals) process.on(name, stop);
  return {
    signal: controller.signal,
    stop,
    release: () => {
      for (const name of signals) process.off(name, stop);
    },
  };
};
