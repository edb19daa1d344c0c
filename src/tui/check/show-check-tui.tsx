import { setImmediate as nextTurn, setTimeout as wait } from 'node:timers/promises';
import { render } from 'ink';

import type { JudgedEvent } from '../../model/event.ts';
import type { Offerer } from '../../model/offer.ts';
import { messageOf } from '../../text/error-message.ts';
import { cleaned } from '../../text/fit-text.ts';
import { openScreen, sizeOf } from '../kit/alternate-screen.ts';
import {
  type Copied,
  copiedCommands,
  copiedHosts,
  copiedLines,
  copiedVerdict,
  hostRow,
} from '../kit/clipboard-text.ts';
import type { CommandLine } from '../kit/command-line.ts';
import { FRAME_MS, restAfter } from '../kit/frame-rate.ts';
import type { Press } from '../kit/press.ts';
import { CheckApp } from './check-app.tsx';
import { speakCheck } from './check-speech.ts';
import { type CheckView, chosenHost, initialCheckView, listedHosts } from './check-state.ts';
import { type CheckStore, createCheckStore } from './check-store.ts';
import { createOffering, readyNotice } from './offer.ts';

/** What a live screen is given: streams, whether to colour, and how text is cleaned and copied. */
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
  /** Hands a text to the clipboard, or to a file; resolves to a sentence that says where it is. The text is safe to show. */
  readonly copy: (copied: Copied) => Promise<string>;
  /** Command lines that ask again what is shown: of the one host whose target text this is, or of all. */
  readonly commandsFor: (target: string | null) => readonly CommandLine[];
  /** What makes an offer of Remote Assistance from here. */
  readonly offerer: Offerer;
}

/** Whether somebody can press keys: a screen stays for them when its run has ended. */
export const hasKeys = ({ stdin }: Pick<TuiOptions, 'stdin'>): boolean => stdin.isTTY === true;

/** Copies what there is to copy, and says where it is. */
export const copying =
  ({ copy, clean }: Pick<TuiOptions, 'copy' | 'clean'>, say: (text: string) => void) =>
  (what: Copied | Promise<Copied> | null, otherwise: string): void => {
    if (what === null) say(otherwise);
    else
      Promise.resolve(what)
        .then(copy)
        .then(
          (said) => say(cleaned(said, clean)),
          (error: unknown) => say(cleaned(`nothing was copied: ${messageOf(error)}`, clean)),
        );
  };

const follow = async (
  events: AsyncIterable<JudgedEvent>,
  store: CheckStore,
  options: TuiOptions,
): Promise<void> => {
  for await (const event of events) store.collect(cleaned(event, options.clean));
  store.flush();
  const next = hasKeys(options) ? readyNotice(store.view().hosts, options.offerer) : null;
  if (next !== null) store.dispatch({ type: 'notice', text: cleaned(next, options.clean) });
  store.dispatch({ type: 'ended', now: performance.now(), stays: hasKeys(options) });
};

/** Does what keys ask for outside of the screen; `before` is the view before the key changed it. */
const keyActions = (store: CheckStore, options: TuiOptions) => {
  const { commandsFor, onStop, clean } = options;
  const say = (text: string): void => store.dispatch({ type: 'notice', text: cleaned(text, clean) });
  const copy = copying(options, say);
  const offering = createOffering(options.offerer, say);
  return ({ name }: Press, before: CheckView): void => {
    if (name === 'interrupt' || (name === 'quit' && before.typing === null)) {
      if (!before.finished) onStop(name);
      return;
    }
    if (before.typing !== null) return;
    const host = chosenHost(before);
    if (name === 'offer') offering.press(host);
    else offering.forget();
    if (name === 'command' && before.page !== 'command') {
      const isOne = before.page === 'host' || before.expected === 1;
      const lines = [...(isOne ? [] : commandsFor(null)), ...(host ? commandsFor(host.target) : [])];
      store.dispatch({ type: 'commands', lines: cleaned(lines, clean) });
    }
    if (name === 'copy-verdict' && before.page === 'command') copy(copiedLines(before.commands), '');
    else if (name === 'copy-verdict')
      copy(host?.report ? copiedVerdict(host.report) : null, 'no verdict yet');
    if (name === 'copy-commands')
      copy(host?.report ? copiedCommands(host.report) : null, 'this host has no commands to copy');
    if (name === 'copy-list') copy(copiedHosts(listedHosts(before).map(hostRow)), '');
  };
};

const keepUp = async (store: CheckStore, stopped: AbortSignal): Promise<void> => {
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
  const { stdin, stdout, colour } = options;
  const store = createCheckStore(initialCheckView(sizeOf(stdout), performance.now()));
  const closed = new Promise<void>((resolve) => {
    store.subscribe(() => {
      if (store.view().closed) resolve();
    });
  });
  const act = keyActions(store, options);
  const onKey = (key: Press): void => {
    const before = store.view();
    store.dispatch({ type: 'key', key });
    act(key, before);
    screen.listenToMouse(store.view().mouse);
  };

  const screen = openScreen(stdout);
  const resized = (): void => {
    screen.forget();
    store.dispatch({ type: 'resize', size: sizeOf(stdout) });
  };
  const stop = new AbortController();
  if (hasKeys(options)) screen.listenToMouse(store.view().mouse);
  stdout.on('resize', resized);
  try {
    // In Ink's debug mode every frame arrives whole and unasked-for cursor movements stay away; see openScreen.
    const ink = render(<CheckApp store={store} colour={colour} onKey={onKey} onGone={screen.close} />, {
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
  for await (const line of speakCheck(cleanEvents())) options.stdout.write(`${line}\n`);
};
