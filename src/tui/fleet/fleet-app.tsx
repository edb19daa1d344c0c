import { LinesScreen, type PageProps } from '../kit/lines-screen.tsx';
import type { Press } from '../kit/press.ts';
import type { ViewStore } from '../kit/view-store.ts';
import { fleetKeysOf } from './fleet-keys.ts';
import type { FleetAction } from './fleet-reduce.ts';
import type { FleetView } from './fleet-state.ts';
import { fleetLayout } from './layout/fleet-frame.ts';

/** The screen of a fleet. */
export const FleetApp = (props: PageProps<ViewStore<FleetView, FleetAction>, Press>) => (
  <LinesScreen {...props} layout={fleetLayout} keysOf={fleetKeysOf} />
);
