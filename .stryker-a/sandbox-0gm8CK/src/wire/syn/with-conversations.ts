import type { WireEnd, WireOptions, WireProbe } from '../../model/wire.ts';

type RunOf<P extends WireProbe> = (probes: Iterable<P | null>, options: WireOptions<P>) => Promise<WireEnd>;

/** Probes with a talk that wait for the other run, at most; memory is bounded. */
const MOST_WAITING = 256;

/**
 * Two runs side by side as one: probes with a talk go to `talks`, which begins with the first of them, all others to `syns`.
 * What ends one of them ends both.
 */
export const runWithConversations = async <P extends WireProbe>(
  syns: RunOf<P>,
  talks: RunOf<P>,
  probes: Iterable<P | null>,
  options: WireOptions<P>,
): Promise<WireEnd> => {
  const { signal } = options;
  const stop = new AbortController();
  const onAbort = (): void => stop.abort();
  const waiting: P[] = [];
  let isEnd = false;
  let failure: { readonly error: unknown } | null = null;
  let talking: Promise<WireEnd> | null = null;
  let wakeSyns = (): void => {};
  let wakeTalks = (): void => {};

  const optionsFor = (subscribe: WireOptions['subscribe']): WireOptions<P> => ({
    signal: stop.signal,
    get perSecond() {
      return options.perSecond;
    },
    onReplies: (replies) => {
      if (!failure) options.onReplies(replies);
    },
    ...(subscribe ? { subscribe } : {}),
  });
  const fail = (error: unknown): null => {
    failure ??= { error };
    stop.abort();
    return null;
  };

  function* talkProbes(): Generator<P | null> {
    for (;;) {
      const probe = waiting.shift();
      if (waiting.length === MOST_WAITING - 1) wakeSyns();
      if (probe) yield probe;
      else if (isEnd) return;
      else yield null;
    }
  }

  function* synProbes(): Generator<P | null> {
    try {
      for (const probe of probes) {
        if (!probe?.talk) {
          yield probe;
          continue;
        }
        while (waiting.length === MOST_WAITING) yield null;
        waiting.push(probe);
        talking ??= talks(
          talkProbes(),
          optionsFor((wake) => {
            wakeTalks = wake;
          }),
        ).catch(fail) as Promise<WireEnd>;
        wakeTalks();
      }
    } finally {
      isEnd = true;
      wakeTalks();
    }
  }

  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  try {
    const subscribe = options.subscribe?.bind(options);
    const first = await syns(
      synProbes(),
      optionsFor(
        subscribe &&
          ((wake) => {
            wakeSyns = wake;
            subscribe(wake);
          }),
      ),
    ).catch(fail);
    const second = await (talking as Promise<WireEnd> | null);
    if (failure) throw (failure as { error: unknown }).error;
    const ends = [first, second].filter((end) => end !== null);
    const sum = (key: 'probes' | 'packets' | 'ignored' | 'overruns'): number =>
      ends.reduce((total, end) => total + end[key], 0);
    return {
      isStopped: ends.some((end) => end.isStopped),
      probes: sum('probes'),
      packets: sum('packets'),
      ignored: sum('ignored'),
      overruns: sum('overruns'),
    };
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
};
