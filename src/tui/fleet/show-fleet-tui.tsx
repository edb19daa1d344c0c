import { setTimeout as wait } from 'node:timers/promises';
import type { FleetStatus } from '../../model/fleet.ts';
import { messageOf } from '../../text/error-message.ts';
import { cleaned } from '../../text/fit-text.ts';
import { openScreen, sizeOf } from '../kit/alternate-screen.ts';
import { drawDuring } from '../kit/live-screen.ts';
import type { Press } from '../kit/press.ts';
import { createViewStore } from '../kit/view-store.ts';
import { FleetApp } from './fleet-app.tsx';
import { reduceFleet } from './fleet-reduce.ts';
import { initialFleetView } from './fleet-state.ts';

/** What the screen of a fleet is given. */
export interface FleetTuiOptions {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly colour: boolean;
  /** Makes one line of text safe for a terminal. */
  readonly clean: (text: string) => string;
  /** Looks at the fleet; rejects while its store is away. Takes some seconds by itself. */
  readonly look: () => Promise<FleetStatus>;
  /** Ends the screen from elsewhere. */
  readonly stop: AbortSignal;
}

/** Rest between two looks, milliseconds. */
const REST_MS = 500;

/** Shows what a fleet does until the user leaves, then gives the terminal back as it was. Writes nothing else to `stdout`. */
export const showFleetTui = async (options: FleetTuiOptions): Promise<void> => {
  const { stdout, colour, clean, look, stop } = options;
  const store = createViewStore(initialFleetView(sizeOf(stdout)), reduceFleet);
  const left = new AbortController();
  const leave = (): void => left.abort();
  stop.addEventListener('abort', leave);
  store.subscribe(() => {
    if (store.view().closed) leave();
  });
  const screen = openScreen(stdout);
  const follow = async (): Promise<void> => {
    while (!left.signal.aborted) {
      await look().then(
        (status) => store.dispatch({ type: 'status', status: cleaned(status, clean) }),
        (error: unknown) => store.dispatch({ type: 'failed', why: clean(messageOf(error)) }),
      );
      await wait(REST_MS, undefined, { signal: left.signal }).catch(() => {});
    }
  };
  const over = new Promise<void>((resolve) => {
    if (left.signal.aborted || stop.aborted) resolve();
    left.signal.addEventListener('abort', () => resolve());
  });
  screen.listenToMouse(true);
  const onKey = (key: Press): void => store.dispatch({ type: 'key', key });
  const page = <FleetApp store={store} colour={colour} onKey={onKey} onGone={screen.close} />;
  try {
    // Whoever leaves need not wait for a look that is on its way.
    await drawDuring({ store, screen, page }, options, () => Promise.race([over, follow().then(() => over)]));
  } finally {
    leave();
    stop.removeEventListener('abort', leave);
  }
};
