import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { render } from 'ink';
import type { JudgedEvent } from '../model/event.ts';
import { App } from './app.tsx';
import { FRAME_MS, restAfter } from './rhythm.ts';
import { openScreen, sizeOf } from './screen.ts';
import { speak } from './speak.ts';
import { initialView, type Key } from './state.ts';
import { createStore, type Store } from './store.ts';
import { cleaned } from './text.ts';

export interface TuiOptions {
  /** Keys come from here; without raw mode the screen only shows. */
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly colour: boolean;
  /** Lines that are only ever added, for screen readers, instead of a screen. */
  readonly screenReader: boolean;
  /** Makes one line of text safe for a terminal. */
  readonly clean: (text: string) => string;
  /** The user wants out while the run goes on, perhaps repeatedly. The stream is expected to end soon. */
  readonly onStop: (how: 'quit' | 'interrupt') => void;
  /** How long the finished screen stays when nobody presses a key, milliseconds. */
  readonly closeAfterMs: number;
}

const follow = async (
  events: AsyncIterable<JudgedEvent>,
  store: Store,
  { clean, closeAfterMs }: TuiOptions,
): Promise<void> => {
  for await (const event of events) store.collect(cleaned(event, clean));
  store.flush();
  store.dispatch({ type: 'ended', now: performance.now(), closeAfterMs });
};

const keepUp = async (store: Store, stopped: AbortSignal): Promise<void> => {
  let restMs = FRAME_MS;
  while (!stopped.aborted) {
    await wait(restMs, undefined, { signal: stopped }).catch(() => {});
    const began = performance.now();
    store.flush();
    store.dispatch({ type: 'tick', now: began });
    // React draws in a microtask that was queued before this one.
    await Promise.resolve();
    restMs = restAfter(performance.now() - began);
  }
};

const showScreen = async (events: AsyncIterable<JudgedEvent>, options: TuiOptions): Promise<void> => {
  const { stdin, stdout, colour, onStop } = options;
  const store = createStore(initialView(sizeOf(stdout), performance.now()));
  const closed = new Promise<void>((resolve) => {
    store.subscribe(() => {
      if (store.view().closed) resolve();
    });
  });
  const onKey = (key: Key): void => {
    const isRunning = !store.view().finished;
    store.dispatch({ type: 'key', key });
    if (isRunning && (key === 'quit' || key === 'interrupt')) onStop(key);
  };

  const screen = openScreen(stdout);
  const resized = (): void => {
    screen.forget();
    store.dispatch({ type: 'resize', size: sizeOf(stdout) });
  };
  const stop = new AbortController();
  stdout.on('resize', resized);
  try {
    // In Ink's debug mode every frame arrives whole and unasked-for cursor movements stay away; see openScreen.
    const ink = render(<App store={store} colour={colour} onKey={onKey} onGone={screen.close} />, {
      stdin,
      stdout: screen.sink,
      debug: true,
      exitOnCtrlC: false,
      patchConsole: false,
      isScreenReaderEnabled: false,
    });
    try {
      // The first frame stands and Ink listens to keys before the first question is asked.
      await nextTurn();
      const beat = keepUp(store, stop.signal);
      // Ink's promise only ever settles first when drawing threw.
      await Promise.race([Promise.all([follow(events, store, options), closed]), beat, ink.waitUntilExit()]);
    } finally {
      ink.unmount();
    }
  } finally {
    stop.abort();
    stdout.off('resize', resized);
    screen.close();
  }
};

/**
 * Shows a run until its stream has ended and the user has seen it, then gives the terminal back as it was. Consumes
 * `events` to the end; throws what the stream throws. Does no work of its own and writes nothing else to `stdout`.
 */
export const showTui = async (events: AsyncIterable<JudgedEvent>, options: TuiOptions): Promise<void> => {
  if (!options.screenReader) return showScreen(events, options);
  const cleanEvents = async function* (): AsyncGenerator<JudgedEvent> {
    for await (const event of events) yield cleaned(event, options.clean);
  };
  for await (const line of speak(cleanEvents())) options.stdout.write(`${line}\n`);
};
