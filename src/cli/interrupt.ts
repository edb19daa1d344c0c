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

/**
 * Turns Ctrl-C, a termination or a closed terminal into an abort; `onFirst` may say something. With `from` the order to stop comes from
 * there instead: whoever gives it minds the signals.
 */
export const interruptible = (
  onFirst: () => void,
  leave: () => never,
  from: readonly NodeJS.Signals[] | AbortSignal,
): Interrupt => {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) leave();
    controller.abort();
    onFirst();
  };
  const stopOnce = (): void => {
    if (!controller.signal.aborted) stop();
  };
  if (!(from instanceof AbortSignal)) for (const name of from) process.on(name, stop);
  else if (from.aborted) stopOnce();
  else from.addEventListener('abort', stopOnce);
  return {
    signal: controller.signal,
    stop,
    release: () => {
      if (from instanceof AbortSignal) from.removeEventListener('abort', stopOnce);
      else for (const name of from) process.off(name, stop);
    },
  };
};
