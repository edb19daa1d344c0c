import { Box, useInput, useStdin } from 'ink';
import { useLayoutEffect, useSyncExternalStore } from 'react';
import { Row } from '../check/row.tsx';
import type { Press } from '../kit/press.ts';
import type { Store } from '../kit/store.ts';
import { fleetKeysOf } from './fleet-keys.ts';
import type { FleetAction } from './fleet-reduce.ts';
import type { FleetView } from './fleet-state.ts';
import { fleetLayout } from './layout/fleet-frame.ts';

/** What the screen of a fleet is made of. */
export interface FleetAppProps {
  readonly store: Store<FleetView, FleetAction>;
  readonly colour: boolean;
  readonly onKey: (key: Press) => void;
  /** Called when the screen goes away, for whatever reason. */
  readonly onGone: () => void;
}

/** The screen: the view's lines, and keys on their way back. */
export const FleetApp = ({ store, colour, onKey, onGone }: FleetAppProps) => {
  const view = useSyncExternalStore(store.subscribe, store.view);
  const { isRawModeSupported } = useStdin();
  useInput((input, key) => fleetKeysOf(input, key).forEach(onKey), { isActive: isRawModeSupported === true });
  useLayoutEffect(() => onGone, [onGone]);
  return (
    <Box flexDirection="column">
      {fleetLayout(view).map((line, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place on the screen
        <Row key={row} line={line} colour={colour} />
      ))}
    </Box>
  );
};
