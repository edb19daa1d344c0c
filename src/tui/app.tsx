import { Box, useInput, useStdin } from 'ink';
import { useLayoutEffect, useSyncExternalStore } from 'react';
import { pressesOf } from './keys.ts';
import { layout } from './layout/frame.ts';
import { Row } from './row.tsx';
import type { Press } from './state.ts';
import type { Store } from './store.ts';

export interface AppProps {
  readonly store: Store;
  readonly colour: boolean;
  readonly onKey: (key: Press) => void;
  /** Called when the screen goes away, for whatever reason: Ink also unmounts when the process is about to exit. */
  readonly onGone: () => void;
}

/** The screen: the view's lines, and keys on their way back. */
export const App = ({ store, colour, onKey, onGone }: AppProps) => {
  const view = useSyncExternalStore(store.subscribe, store.view);
  const { isRawModeSupported } = useStdin();
  useInput((input, key) => pressesOf(input, key).forEach(onKey), { isActive: isRawModeSupported });
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
