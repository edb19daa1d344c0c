import { LinesScreen, type PageProps } from '../kit/lines-screen.tsx';
import type { Press } from '../kit/press.ts';
import { checkKeysOf } from './check-keys.ts';
import type { CheckStore } from './check-store.ts';
import { checkLayout } from './layout/check-frame.ts';

/** The check screen. */
export const CheckApp = (props: PageProps<CheckStore, Press>) => (
  <LinesScreen {...props} layout={checkLayout} keysOf={checkKeysOf} />
);
