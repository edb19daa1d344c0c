import type { Line } from '../layout/line.ts';
import { openScreen, type Screen } from '../screen.ts';
import type { Holder } from '../store.ts';
import { createPainter } from './ansi.ts';
import { auditLayout } from './layout/frame.ts';
import type { AuditAction } from './reduce.ts';
import type { AuditView } from './state.ts';

/** The lines that show now: the same list as long as they do. */
export interface Frames {
  readonly lines: () => readonly Line[];
  readonly subscribe: (listener: () => void) => () => void;
}

/** The lines of the view, laid out once for each. */
export const createFrames = (store: Holder<AuditView, AuditAction>): Frames => {
  let shown = store.view();
  let lines = auditLayout(shown);
  return {
    subscribe: store.subscribe,
    lines: () => {
      if (store.view() !== shown) {
        shown = store.view();
        lines = auditLayout(shown);
      }
      return lines;
    },
  };
};

/** The alternate screen, on which the rows of `frames` have their colours. */
export const openAuditScreen = (stdout: NodeJS.WriteStream, frames: Frames, colour: boolean): Screen => {
  if (!colour) return openScreen(stdout);
  // Streams that are no terminal cannot say.
  const bits = 'getColorDepth' in stdout ? stdout.getColorDepth() : 8;
  const paint = createPainter(bits >= 8 ? 256 : 16);
  return openScreen(stdout, (text, row) => paint(text, frames.lines()[row]));
};
