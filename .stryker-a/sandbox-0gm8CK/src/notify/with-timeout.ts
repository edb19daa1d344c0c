/**
 * Does work that is given up after `ms` milliseconds, with a TimeoutError, or when `stop` aborts, with its reason. The work
 * gets a signal that says so; the promise settles then, whether the signal is heeded or not. The timer is held here because Node 20
 * collects an AbortSignal.timeout() to which only AbortSignal.any() refers, and it never fires.
 */
export const withTimeout = async <T>(
  ms: number,
  stop: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const control = new AbortController();
  const { signal } = control;
  // Listens before the work does, so that the reason is known and not how the work puts it.
  const givenUp = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  const late = (): void =>
    control.abort(new DOMException(`not finished within ${ms / 1000} s`, 'TimeoutError'));
  const stopped = (): void => control.abort(stop.reason);
  const timer = setTimeout(late, ms);
  stop.addEventListener('abort', stopped, { once: true });
  if (stop.aborted) stopped();
  try {
    return await Promise.race([givenUp, work(signal)]);
  } finally {
    clearTimeout(timer);
    stop.removeEventListener('abort', stopped);
  }
};
