import type { Press } from './press.ts';

/**
 * Buttons and wheel, reported with decimal places (xterm's modes 1000 and 1006; "Mouse Tracking" in its ctlseqs). While they are
 * on, a terminal selects text only with Shift held down, if at all.
 */
export const MOUSE_ON = '\u001B[?1000h\u001B[?1006h';

/** Gives the mouse back to the terminal. */
export const MOUSE_OFF = '\u001B[?1006l\u001B[?1000l';

const LEFT = 0;
const WHEEL_UP = 64;
const WHEEL_DOWN = 65;

/** Bits for Shift, Meta and Ctrl, which change nothing here. */
const WITH_KEYS = 4 | 8 | 16;

/** What the mouse did, out of a control sequence without its escape; null for anything else. Empty: nothing of ours. */
export const mousePresses = (input: string): Press[] | null => {
  const [, button = '', column = '', row = '', end = ''] = /^\[<(\d+);(\d+);(\d+)([Mm])$/.exec(input) ?? [];
  if (end === '') return null;
  const at = { row: Number(row) - 1, column: Number(column) - 1 };
  const name = {
    [LEFT]: 'click',
    [WHEEL_UP]: 'wheel-up',
    [WHEEL_DOWN]: 'wheel-down',
  }[Number(button) & ~WITH_KEYS] as 'click' | 'wheel-up' | 'wheel-down' | undefined;
  return end === 'M' && name !== undefined ? [{ name, letter: '', at }] : [];
};
