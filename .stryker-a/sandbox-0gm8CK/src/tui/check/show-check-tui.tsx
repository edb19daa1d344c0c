import type { JudgedEvent } from '../../model/event.ts';
import type { Offerer } from '../../model/offer.ts';
import { cleaned } from '../../text/fit-text.ts';
import { openScreen, sizeOf } from '../kit/alternate-screen.ts';
import { copiedCommands, copiedHosts, copiedLines, copiedVerdict, hostRow } from '../kit/clipboard-text.ts';
import { showLive } from '../kit/live-screen.ts';
import type { Press } from '../kit/press.ts';
import { copying, hasKeys, type TuiOptions } from '../kit/tui-options.ts';
import { CheckApp } from './check-app.tsx';
import { speakCheck } from './check-speech.ts';
import { type CheckView, chosenHost, initialCheckView, listedHosts } from './check-state.ts';
import { type CheckStore, createCheckStore } from './check-store.ts';
import { createOffering, readyNotice } from './offer.ts';

/** What the screen of `check` is given. */
export interface CheckTuiOptions extends TuiOptions {
  /** What makes an offer of Remote Assistance from here. */
  readonly offerer: Offerer;
}

const follow = async (
  events: AsyncIterable<JudgedEvent>,
  store: CheckStore,
  options: CheckTuiOptions,
): Promise<void> => {
  for await (const event of events) store.collect(cleaned(event, options.clean));
  store.flush();
  const next = hasKeys(options) ? readyNotice(store.view().hosts, options.offerer) : null;
  if (next !== null) store.dispatch({ type: 'notice', text: cleaned(next, options.clean) });
  store.dispatch({ type: 'ended', now: performance.now(), stays: hasKeys(options) });
};

/** What keys do outside of the screen. */
const keyActions = (store: CheckStore, options: CheckTuiOptions) => {
  const { commandsFor, clean } = options;
  const say = (text: string): void => store.dispatch({ type: 'notice', text: cleaned(text, clean) });
  const copy = copying(options, say);
  const offering = createOffering(options.offerer, say);
  return ({ name }: Press, before: CheckView): void => {
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

const showScreen = (events: AsyncIterable<JudgedEvent>, options: CheckTuiOptions): Promise<void> => {
  const { stdout, colour } = options;
  const store = createCheckStore(initialCheckView(sizeOf(stdout), performance.now()));
  const screen = openScreen(stdout);
  return showLive(
    {
      store,
      screen,
      page: (onKey) => <CheckApp store={store} colour={colour} onKey={onKey} onGone={screen.close} />,
      follow: () => follow(events, store, options),
      onFrame: (now) => {
        store.flush();
        store.dispatch({ type: 'tick', now });
      },
      act: keyActions(store, options),
    },
    options,
  );
};

/**
 * Shows a run until its stream has ended and the user has seen it, then gives the terminal back as it was. Consumes
 * `events` to the end; throws what the stream throws. Does no work of its own and writes nothing else to `stdout`.
 */
export const showCheckTui = async (
  events: AsyncIterable<JudgedEvent>,
  options: CheckTuiOptions,
): Promise<void> => {
  if (!options.screenReader) return showScreen(events, options);
  const cleanEvents = async function* (): AsyncGenerator<JudgedEvent> {
    for await (const event of events) yield cleaned(event, options.clean);
  };
  for await (const line of speakCheck(cleanEvents())) options.stdout.write(`${line}\n`);
};
