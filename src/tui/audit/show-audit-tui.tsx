import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { render } from 'ink';
import type { JudgedEvent } from '../../model/event.ts';
import type { Group, HostReport } from '../../model/report.ts';
import type { RunControl } from '../../model/run-control.ts';
import { messageOf } from '../../text/error-message.ts';
import { cleaned, oneLine } from '../../text/fit-text.ts';
import { copying, hasKeys, type TuiOptions } from '../check/show-check-tui.tsx';
import { sizeOf } from '../kit/alternate-screen.ts';
import { FRAME_MS, restAfter } from '../kit/frame-rate.ts';
import { createStore, type Store } from '../kit/store.ts';
import { AuditApp } from './audit-app.tsx';
import type { AuditKey, AuditKeyName } from './audit-keys.ts';
import { type AuditAction, reduceAudit } from './audit-reduce.ts';
import { speakAudit } from './audit-speech.ts';
import { type AuditView, initialAuditView } from './audit-state.ts';
import { createGatherer, type Gatherer } from './batch.ts';
import { commandsOf, copyOf } from './copy-page.ts';
import { createFetcher, type Fetcher } from './fetch.ts';
import { createFrames, openAuditScreen } from './frames.ts';

/** What the audit screen is given: streams, the run's control, and where to read from. */
export interface AuditTuiOptions extends Omit<TuiOptions, 'offerer'> {
  /** Hosts in the run, by number 0 to `size - 1`. */
  readonly size: number;
  /** Target text of a host; need not be safe to show. */
  readonly textOf: (index: number) => string;
  /** The report of a host that has been judged; null while it is not to be had. Synchronous, about a millisecond. */
  readonly reportOf: (index: number) => HostReport | null;
  /** The findings by now. Called at most once a second. */
  readonly groups: () => readonly Group[];
  readonly steering: RunControl;
  /** Writes what is known by now; resolves to a sentence that says where. */
  readonly onExport: () => Promise<string>;
}

/** Hosts read with a frame for the map and the search: some milliseconds, as they share the loop that takes times. */
const READ_MOST = 16_384;
/** A resumed run tells of thousands of hosts without a pause: keys and frames get a turn so often, milliseconds. */
const BURST_MS = 10;
const SPEED_STEP = 1.5;

type AuditStore = Store<AuditView, AuditAction>;
interface Parts {
  readonly store: AuditStore;
  readonly gatherer: Gatherer;
  readonly fetcher: Fetcher;
}

const flush = ({ store, gatherer }: Parts, clean: AuditTuiOptions['clean']): void => {
  const batch = gatherer.take();
  if (batch === null) return;
  const { run, notices } = batch;
  store.dispatch({
    type: 'batch',
    batch: { ...batch, run: cleaned(run, clean), notices: cleaned(notices, clean) },
  });
};

const follow = async (
  events: AsyncIterable<JudgedEvent>,
  parts: Parts,
  options: AuditTuiOptions,
): Promise<void> => {
  let turnedAt = performance.now();
  for await (const event of events) {
    parts.gatherer.add(event);
    if (performance.now() - turnedAt < BURST_MS) continue;
    await nextTurn();
    turnedAt = performance.now();
  }
  flush(parts, options.clean);
  parts.store.dispatch({ type: 'ended', now: performance.now(), stays: hasKeys(options) });
};

const keepUp = async (parts: Parts, clean: AuditTuiOptions['clean'], stopped: AbortSignal): Promise<void> => {
  const { store, fetcher } = parts;
  let restMs = FRAME_MS;
  while (!stopped.aborted) {
    await wait(restMs, undefined, { signal: stopped }).catch(() => {});
    const began = performance.now();
    flush(parts, clean);
    store.dispatch({ type: 'read', most: READ_MOST });
    store.dispatch({ type: 'tick', now: began });
    fetcher.pace();
    fetcher.groups();
    fetcher.report();
    // React draws in a microtask that was queued before this one.
    await Promise.resolve();
    restMs = restAfter(performance.now() - began);
  }
};

/** Exports what is known, once at a time. */
const exporter = (store: AuditStore, { onExport, clean }: AuditTuiOptions): (() => Promise<void>) => {
  let isExporting = false;
  const say = (text: string): void => store.dispatch({ type: 'notice', text: cleaned(text, clean) });
  return async () => {
    if (isExporting) return;
    isExporting = true;
    try {
      say(await onExport());
    } catch (error) {
      say(`nothing was exported: ${messageOf(error)}`);
    } finally {
      isExporting = false;
    }
  };
};

const steer = ({ steering }: AuditTuiOptions, name: AuditKeyName): void => {
  const faster = (by: number): void => steering.setRate(Math.max(1, Math.round(steering.rate * by)));
  if (name === 'pause') {
    if (steering.paused) steering.resume();
    else steering.pause();
  }
  if (name === 'faster') faster(SPEED_STEP);
  if (name === 'slower') faster(1 / SPEED_STEP);
};

/** Does what keys ask for outside of the screen; the view has changed by the key already. */
const createHand = (store: AuditStore, options: AuditTuiOptions) => {
  const exportNow = exporter(store, options);
  const copy = copying(options, (text) => store.dispatch({ type: 'notice', text }));
  return ({ name }: AuditKey, before: AuditView): void => {
    if (name === 'interrupt' || (name === 'quit' && before.typing === null)) {
      if (!before.finished) options.onStop(name);
      return;
    }
    if (before.typing !== null) return;
    if (name === 'export') void exportNow();
    if (name === 'command' && before.overlay !== 'command')
      store.dispatch({ type: 'commands', lines: cleaned(commandsOf(before, options), options.clean) });
    copyOf(before, name, copy, options);
    if (!before.finished) steer(options, name);
  };
};

const showScreen = async (events: AsyncIterable<JudgedEvent>, options: AuditTuiOptions): Promise<void> => {
  const { stdin, stdout, colour, clean, size, textOf, steering } = options;
  const titleOf = (index: number): string => oneLine(cleaned(textOf(index), clean));
  const targets = { size, textOf, titleOf };
  const store = createStore(
    initialAuditView(targets, sizeOf(stdout), performance.now(), steering.rate),
    reduceAudit,
  );
  store.dispatch({ type: 'read', most: READ_MOST });
  const parts = { store, gatherer: createGatherer(), fetcher: createFetcher(store, options) };
  const closed = new Promise<void>((resolve) => {
    store.subscribe(() => {
      if (store.view().closed) resolve();
    });
  });
  const act = createHand(store, options);
  const onKey = (key: AuditKey): void => {
    // A key may mean the host that has just been judged, and the next beat is some time away.
    parts.fetcher.report();
    const before = store.view();
    store.dispatch({ type: 'key', key });
    act(key, before);
    screen.listenToMouse(store.view().mouse);
    parts.fetcher.pace();
    parts.fetcher.report();
    if (store.view().page === 'findings') parts.fetcher.groups();
  };

  const frames = createFrames(store);
  const screen = openAuditScreen(stdout, frames, colour);
  const resized = (): void => {
    screen.forget();
    store.dispatch({ type: 'resize', size: sizeOf(stdout) });
  };
  const stop = new AbortController();
  if (hasKeys(options)) screen.listenToMouse(store.view().mouse);
  stdout.on('resize', resized);
  try {
    // In Ink's debug mode every frame arrives whole and unasked-for cursor movements stay away; see openScreen.
    const ink = render(<AuditApp frames={frames} onKey={onKey} onGone={screen.close} />, {
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
      const beat = keepUp(parts, clean, stop.signal);
      // Ink's promise only ever settles first when drawing threw.
      await Promise.race([Promise.all([follow(events, parts, options), closed]), beat, ink.waitUntilExit()]);
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
 * Shows an audit until its stream has ended and the user has seen it, then gives the terminal back as it was. Consumes
 * `events` to the end and keeps a byte for each host; throws what the stream throws. Keys act on `steering`, and call
 * `onExport` and `onStop`. Writes nothing else to `stdout`.
 */
export const showAuditTui = async (
  events: AsyncIterable<JudgedEvent>,
  options: AuditTuiOptions,
): Promise<void> => {
  const { screenReader, stdout, clean, size, groups } = options;
  if (!screenReader) return showScreen(events, options);
  const now = (): number => performance.now();
  for await (const line of speakAudit(events, { size, groups, now }))
    stdout.write(`${cleaned(line, clean)}\n`);
};
