import type { JudgedEvent } from '../../model/event.ts';
import type { Group, HostReport } from '../../model/report.ts';
import type { RunControl } from '../../model/run-control.ts';
import { messageOf } from '../../text/error-message.ts';
import { cleaned, oneLine } from '../../text/fit-text.ts';
import { sizeOf } from '../kit/alternate-screen.ts';
import { showLive } from '../kit/live-screen.ts';
import { copying, hasKeys, type TuiOptions } from '../kit/tui-options.ts';
import { turnEvery } from '../kit/turn-every.ts';
import { createViewStore, type ViewStore } from '../kit/view-store.ts';
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
export interface AuditTuiOptions extends TuiOptions {
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

/** Hosts read with each frame for the map and the search: some milliseconds, since they share the event loop that measures round trips. */
const READ_MOST = 16_384;
/** A resumed run repeats thousands of hosts without a pause: keys and frames get a turn every so many milliseconds. */
const BURST_MS = 10;
const SPEED_STEP = 1.5;

type AuditStore = ViewStore<AuditView, AuditAction>;
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
  const others = turnEvery(BURST_MS);
  for await (const event of events) {
    parts.gatherer.add(event);
    await others();
  }
  flush(parts, options.clean);
  parts.store.dispatch({ type: 'ended', now: performance.now(), stays: hasKeys(options) });
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

/** What keys do outside of the screen. */
const keyActions = (store: AuditStore, options: AuditTuiOptions) => {
  const exportNow = exporter(store, options);
  const copy = copying(options, (text) => store.dispatch({ type: 'notice', text }));
  return ({ name }: AuditKey, before: AuditView): void => {
    if (name === 'export') void exportNow();
    if (name === 'command' && before.overlay !== 'command')
      store.dispatch({ type: 'commands', lines: cleaned(commandsOf(before, options), options.clean) });
    copyOf(before, name, copy, options);
    if (!before.finished) steer(options, name);
  };
};

const showScreen = (events: AsyncIterable<JudgedEvent>, options: AuditTuiOptions): Promise<void> => {
  const { stdout, colour, clean, size, textOf, steering } = options;
  const titleOf = (index: number): string => oneLine(cleaned(textOf(index), clean));
  const targets = { size, textOf, titleOf };
  const store = createViewStore(
    initialAuditView(targets, sizeOf(stdout), performance.now(), steering.rate),
    reduceAudit,
  );
  store.dispatch({ type: 'read', most: READ_MOST });
  const parts = { store, gatherer: createGatherer(), fetcher: createFetcher(store, options) };
  const { fetcher } = parts;
  const frames = createFrames(store);
  const screen = openAuditScreen(stdout, frames, colour);
  return showLive(
    {
      store,
      screen,
      page: (onKey) => <AuditApp frames={frames} onKey={onKey} onGone={screen.close} />,
      follow: () => follow(events, parts, options),
      onFrame: (now) => {
        flush(parts, clean);
        store.dispatch({ type: 'read', most: READ_MOST });
        store.dispatch({ type: 'tick', now });
        fetcher.pace();
        fetcher.groups();
        fetcher.report();
      },
      act: keyActions(store, options),
      // A key may mean the host that has just been judged, and the next frame is some time away.
      beforeKey: () => fetcher.report(),
      afterKey: () => {
        fetcher.pace();
        fetcher.report();
        if (store.view().page === 'findings') fetcher.groups();
      },
    },
    options,
  );
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
