import type { Key as InkKey } from 'ink';
import { COMMON_LETTERS, pressesWith } from '../kit/keys.ts';
import type { Press } from '../kit/press.ts';

/** The presses of the screen of a fleet. */
export const fleetKeysOf = (input: string, key: InkKey): Press[] => pressesWith(COMMON_LETTERS, input, key);
