import { Writable } from 'node:stream';
import { MOUSE_OFF, MOUSE_ON } from './mouse.ts';
import type { Size } from './screen-size.ts';

const ENTER = '\u001B[?1049h\u001B[?25l\u001B[?7l\u001B[2J\u001B[H';

/** The other way round: wrapping and cursor back before the normal screen is. */
const LEAVE = '\u001B[0m\u001B[?7h\u001B[?25h\u001B[?1049l';

/** Terminals that know mode 2026 show what stands between these at once; the others ignore them. */
const HOLD = '\u001B[?2026h';
const SHOW = '\u001B[?2026l';
const CLEAR = '\u001B[2J';

/** Size of a terminal; the classic one where it does not say. */
export const sizeOf = (stdout: NodeJS.WriteStream): Size => ({
  columns: stdout.columns || 80,
  rows: stdout.rows || 24,
});

/** The alternate screen of a terminal while it is ours. */
export interface AlternateScreen {
  /** Where Ink writes its frames, each as one chunk. */
  readonly sink: NodeJS.WriteStream;
  /** The next frame is painted whole: the terminal may have moved what stood there. */
  readonly forget: () => void;
  /** Whether the terminal reports its mouse. Off at first. */
  readonly listenToMouse: (on: boolean) => void;
  /** Gives the terminal back. Safe to call twice. */
  readonly close: () => void;
}

/**
 * The alternate screen. Ink's own writer moves relative to where it believes the cursor is, which a resize breaks; this
 * one addresses every row, writes only rows that changed, and keeps the terminal from wrapping what it finds wider
 * than we do. `finish` has the last word on what is written for a row of the frame.
 */
export const openScreen = (
  stdout: NodeJS.WriteStream,
  finish: (text: string, row: number) => string = (text) => text,
): AlternateScreen => {
  let shown: readonly string[] | null = null;
  let isOpen = true;
  let hasMouse = false;
  const listenToMouse = (on: boolean): void => {
    if (isOpen && on !== hasMouse) stdout.write(on ? MOUSE_ON : MOUSE_OFF);
    hasMouse = on;
  };

  const paint = (frame: string): void => {
    if (!isOpen) return;
    const rows = frame.split('\n').map(finish);
    const before = shown ?? [];
    let changes = shown === null ? CLEAR : '';
    for (let row = 0; row < Math.max(rows.length, before.length); row++) {
      const text = rows[row] ?? '';
      if (text !== (before[row] ?? '')) changes += `\u001B[${row + 1};1H\u001B[2K${text}`;
    }
    shown = rows;
    if (changes !== '') stdout.write(HOLD + changes + SHOW);
  };

  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: string, _encoding, done) => {
      if (chunk !== '') paint(chunk);
      done();
    },
  });
  // Ink asks its stream only for the width; that it is no terminal keeps Ink from moving the cursor itself.
  const sink = Object.defineProperty(stream, 'columns', { get: () => sizeOf(stdout).columns });

  stdout.write(ENTER);
  return {
    sink: sink as unknown as NodeJS.WriteStream,
    forget: () => {
      shown = null;
    },
    listenToMouse,
    close: () => {
      listenToMouse(false);
      if (isOpen) stdout.write(LEAVE);
      isOpen = false;
    },
  };
};
