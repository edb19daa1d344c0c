import { type AlternateScreen, openScreen } from '../kit/alternate-screen.ts';
import type { StyledLine } from '../kit/layout/line.ts';
import type { ViewStore } from '../kit/view-store.ts';
import { createPainter } from './ansi.ts';
import type { AuditAction } from './audit-reduce.ts';
import type { AuditView } from './audit-state.ts';
import { auditLayout } from './layout/audit-frame.ts';

/** The lines that show now: the same list as long as they do. */
export interface Frames {
  readonly lines: () => readonly StyledLine[];
  readonly subscribe: (listener: () => void) => () => void;
}

/** The lines of the view, laid out once for each. */
export const createFrames = (store: ViewStore<AuditView, AuditAction>): Frames => {
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
export const openAuditScreen = (
  stdout: NodeJS.WriteStream,
  frames: Frames,
  colour: boolean,
): AlternateScreen => {
  if (!colour) return openScreen(stdout);
  // Streams that are no terminal cannot say.
  const bits = 'getColorDepth' in stdout ? stdout.getColorDepth() : 8;
  const paint = createPainter(bits >= 8 ? 256 : 16);
  return openScreen(stdout, (text, row) => paint(text, frames.lines()[row]));
};
