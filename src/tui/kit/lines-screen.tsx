import { Box, type Key as InkKey, useInput, useStdin } from 'ink';
import { useLayoutEffect, useSyncExternalStore } from 'react';
import type { StyledLine } from './layout/line.ts';
import type { Press } from './press.ts';
import { Row } from './row.tsx';
import type { ViewStore } from './view-store.ts';

/** What a page is given. */
export interface PageProps<S, P> {
  readonly store: S;
  readonly colour: boolean;
  readonly onKey: (key: P) => void;
  /** Called when the screen goes away, for whatever reason: Ink also unmounts when the process is about to exit. */
  readonly onGone: () => void;
}

/** A page of coloured lines. */
interface LinesScreenProps<V> extends PageProps<Pick<ViewStore<V, never>, 'subscribe' | 'view'>, Press> {
  /** The lines of a view. */
  readonly layout: (view: V) => readonly StyledLine[];
  /** The presses that a key stands for. */
  readonly keysOf: (input: string, key: InkKey) => readonly Press[];
}

/** The screen: the view's lines, and keys on their way back. */
export const LinesScreen = <V,>({ store, layout, keysOf, colour, onKey, onGone }: LinesScreenProps<V>) => {
  const view = useSyncExternalStore(store.subscribe, store.view);
  const { isRawModeSupported } = useStdin();
  // Undefined for a stdin that is no terminal, which Ink would take for the default: active.
  useInput((input, key) => keysOf(input, key).forEach(onKey), { isActive: isRawModeSupported === true });
  useLayoutEffect(() => onGone, [onGone]);
  return (
    <Box flexDirection="column">
      {layout(view).map((line, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place on the screen
        <Row key={row} line={line} colour={colour} />
      ))}
    </Box>
  );
};
