import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { render } from 'ink';
import type { ReactElement } from 'react';
import { type AlternateScreen, sizeOf } from './alternate-screen.ts';
import { FRAME_MS, restAfter } from './frame-rate.ts';
import type { Press } from './press.ts';
import type { Size } from './screen-size.ts';
import { hasKeys, type TuiOptions } from './tui-options.ts';
import type { ViewStore } from './view-store.ts';

/** What the frame around a page reads of its view. */
interface LiveView {
  readonly closed: boolean;
  readonly finished: boolean;
  readonly mouse: boolean;
  /** What is being typed into a search; null when keys are commands. */
  readonly typing: string | null;
}

type LiveAction<P> =
  | { readonly type: 'key'; readonly key: P }
  | { readonly type: 'resize'; readonly size: Size };

/** A live screen: its state, its page, and what happens beside both. */
export interface LiveScreen<V extends LiveView, P extends Press<string>> {
  readonly store: ViewStore<V, LiveAction<P>>;
  readonly screen: AlternateScreen;
  readonly page: (onKey: (key: P) => void) => ReactElement;
  /** Reads the stream of events to its end; what it throws ends the screen. */
  readonly follow: () => Promise<void>;
  /** Brings the view up to date for the next frame; `now` by the clock of `performance`. */
  readonly onFrame: (now: number) => void;
  /** What a key does outside of the screen; `before` is the view before the key changed it. */
  readonly act: (key: P, before: V) => void;
  /** Before a key is read, and after everything that it did. */
  readonly beforeKey?: () => void;
  readonly afterKey?: () => void;
}

const keepFrames = async (onFrame: (now: number) => void, stopped: AbortSignal): Promise<void> => {
  let restMs = FRAME_MS;
  while (!stopped.aborted) {
    await wait(restMs, undefined, { signal: stopped }).catch(() => {});
    const began = performance.now();
    onFrame(began);
    // React draws in a microtask that was queued before this one.
    await Promise.resolve();
    restMs = restAfter(performance.now() - began);
  }
};

/** What is drawn, and where. */
export interface Drawn {
  readonly store: { readonly dispatch: (action: { readonly type: 'resize'; readonly size: Size }) => void };
  readonly screen: AlternateScreen;
  readonly page: ReactElement;
}

/** Draws a page until `work` has ended, or drawing throws, and gives the terminal back as it was. */
export const drawDuring = async (
  { store, screen, page }: Drawn,
  { stdin, stdout }: Pick<TuiOptions, 'stdin' | 'stdout'>,
  work: () => Promise<unknown>,
): Promise<void> => {
  const resized = (): void => {
    screen.forget();
    store.dispatch({ type: 'resize', size: sizeOf(stdout) });
  };
  stdout.on('resize', resized);
  try {
    // In Ink's debug mode every frame arrives whole and unasked-for cursor movements stay away; see openScreen.
    const ink = render(page, {
      stdin,
      stdout: screen.sink,
      debug: true,
      exitOnCtrlC: false,
      patchConsole: false,
      isScreenReaderEnabled: false,
    });
    try {
      // Ink's promise only ever settles first when drawing threw.
      await Promise.race([work(), ink.waitUntilExit()]);
    } finally {
      ink.unmount();
    }
  } finally {
    stdout.off('resize', resized);
    screen.close();
  }
};

/** Shows a screen until its stream has ended and the user has seen it, then gives the terminal back as it was. */
export const showLive = async <V extends LiveView, P extends Press<string>>(
  { store, screen, page, follow, onFrame, act, beforeKey, afterKey }: LiveScreen<V, P>,
  options: Pick<TuiOptions, 'stdin' | 'stdout' | 'onStop'>,
): Promise<void> => {
  const { onStop } = options;
  const closed = new Promise<void>((resolve) => {
    store.subscribe(() => {
      if (store.view().closed) resolve();
    });
  });
  const leave = (key: P, before: V): void => {
    const { name }: Press<string> = key;
    if (name === 'interrupt' || (name === 'quit' && before.typing === null)) {
      if (!before.finished) onStop(name);
    } else if (before.typing === null) act(key, before);
  };
  const onKey = (key: P): void => {
    beforeKey?.();
    const before = store.view();
    store.dispatch({ type: 'key', key });
    leave(key, before);
    screen.listenToMouse(store.view().mouse);
    afterKey?.();
  };
  const stop = new AbortController();
  if (hasKeys(options)) screen.listenToMouse(store.view().mouse);
  try {
    await drawDuring({ store, screen, page: page(onKey) }, options, async () => {
      // The first frame stands and Ink listens to keys before the first probe is sent.
      await nextTurn();
      await Promise.race([Promise.all([follow(), closed]), keepFrames(onFrame, stop.signal)]);
    });
  } finally {
    stop.abort();
  }
};
