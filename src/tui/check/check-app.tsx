import { Box, useInput, useStdin } from 'ink';
import { useLayoutEffect, useSyncExternalStore } from 'react';
import type { Press } from '../kit/press.ts';
import { checkKeysOf } from './check-keys.ts';
import type { CheckStore } from './check-store.ts';
import { checkLayout } from './layout/check-frame.ts';
import { Row } from './row.tsx';

/** What the check screen is made of. */
export interface AppProps {
  readonly store: CheckStore;
  readonly colour: boolean;
  readonly onKey: (key: Press) => void;
  /** Called when the screen goes away, for whatever reason: Ink also unmounts when the process is about to exit. */
  readonly onGone: () => void;
}

/** The screen: the view's lines, and keys on their way back. */
export const CheckApp = ({ store, colour, onKey, onGone }: AppProps) => {
  const view = useSyncExternalStore(store.subscribe, store.view);
  const { isRawModeSupported } = useStdin();
  useInput((input, key) => checkKeysOf(input, key).forEach(onKey), { isActive: isRawModeSupported });
  useLayoutEffect(() => onGone, [onGone]);
  return (
    <Box flexDirection="column">
      {checkLayout(view).map((line, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place on the screen
        <Row key={row} line={line} colour={colour} />
      ))}
    </Box>
  );
};
