import type { Tone } from '../layout/line.ts';
import { VERDICT } from '../words.ts';
import { CODE, type Code } from './state.ts';

/** How a code is drawn in a cell, and said. The tone repeats the letter. */
export const CELL: Readonly<Record<Code, { letter: string; cell: Tone; word: string; tone: Tone }>> = {
  [CODE.waiting]: { letter: '.', cell: 'quiet', word: 'queued', tone: 'quiet' },
  [CODE.asking]: { letter: '*', cell: 'strong', word: 'probing', tone: 'plain' },
  [CODE.unreachable]: {
    letter: '-',
    cell: 'cell-silent',
    word: 'unreachable',
    tone: VERDICT.unreachable.tone,
  },
  [CODE.ready]: { letter: 'R', cell: 'cell-open', word: 'ready', tone: VERDICT.ready.tone },
  [CODE.undetermined]: {
    letter: '?',
    cell: 'cell-mixed',
    word: 'undetermined',
    tone: VERDICT.undetermined.tone,
  },
  [CODE.blocked]: { letter: 'B', cell: 'cell-rejected', word: 'blocked', tone: VERDICT.blocked.tone },
};

export const cellOf = (code: number | undefined): (typeof CELL)[Code] =>
  CELL[(code ?? CODE.waiting) as Code] ?? CELL[CODE.waiting];

/** Verdicts, the worst news first. */
export const VERDICT_CODES: readonly Code[] = [CODE.blocked, CODE.undetermined, CODE.ready, CODE.unreachable];

/** `1,530`, and `4.2` where whole numbers would say too little. */
export const perSecond = (n: number): string =>
  Number.isFinite(n)
    ? n < 9.95
      ? n.toFixed(1).replace('.0', '')
      : Math.round(n).toLocaleString('en')
    : 'any number';
