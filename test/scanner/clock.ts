import { afterEach, beforeEach } from 'vitest';
import { JumpingClock } from './jumping-clock.ts';

/** No test needs as many. */
const MOST_INSTANTS = 100_000;

/** A clock for each test of the file. */
export const fakeClock = (): { readonly clock: JumpingClock } => {
  const held = { clock: new JumpingClock() };
  beforeEach(() => {
    held.clock = new JumpingClock({ mostInstants: MOST_INSTANTS });
    held.clock.install();
  });
  afterEach(() => held.clock.uninstall());
  return held;
};
