import { CLEAR_SO_FAR } from '../../model/report.ts';
import { SHOWN_WORDS } from '../../model/shown-verdict.ts';
import { CODE, type Code } from '../kit/host-code.ts';
import type { Tone } from '../kit/layout/line.ts';
import { VERDICT } from '../kit/words.ts';

/** How a code is drawn in a cell, and said, in full and in at most eight columns. The tone repeats the letter. */
export const CELL: Readonly<
  Record<Code, { letter: string; cell: Tone; word: string; brief: string; tone: Tone }>
> = {
  [CODE.waiting]: { letter: '.', cell: 'quiet', word: 'queued', brief: 'queued', tone: 'quiet' },
  [CODE.asking]: { letter: '*', cell: 'strong', word: 'probing', brief: 'probing', tone: 'plain' },
  [CODE.unreachable]: {
    letter: '-',
    cell: 'cell-silent',
    word: 'unreachable',
    brief: VERDICT.unreachable.brief,
    tone: VERDICT.unreachable.tone,
  },
  [CODE.ready]: {
    letter: 'R',
    cell: 'cell-open',
    word: 'ready',
    brief: VERDICT.ready.brief,
    tone: VERDICT.ready.tone,
  },
  [CODE[CLEAR_SO_FAR]]: {
    letter: 'C',
    cell: 'cell-closed',
    word: SHOWN_WORDS[CLEAR_SO_FAR],
    brief: VERDICT[CLEAR_SO_FAR].brief,
    tone: VERDICT[CLEAR_SO_FAR].tone,
  },
  [CODE.undetermined]: {
    letter: '?',
    cell: 'cell-mixed',
    word: 'undetermined',
    brief: VERDICT.undetermined.brief,
    tone: VERDICT.undetermined.tone,
  },
  [CODE.blocked]: {
    letter: 'B',
    cell: 'cell-rejected',
    word: 'blocked',
    brief: VERDICT.blocked.brief,
    tone: VERDICT.blocked.tone,
  },
};

/** How the code of a host is drawn and said; `queued` for an unknown one. */
export const cellOf = (code: number | undefined): (typeof CELL)[Code] =>
  CELL[(code ?? CODE.waiting) as Code] ?? CELL[CODE.waiting];

/** Verdicts, the worst news first. */
export const VERDICT_CODES: readonly Code[] = [
  CODE.blocked,
  CODE.undetermined,
  CODE[CLEAR_SO_FAR],
  CODE.ready,
  CODE.unreachable,
];

/** `1,530`, and `4.2` where whole numbers would say too little. */
export const perSecond = (n: number): string =>
  Number.isFinite(n)
    ? n < 9.95
      ? n.toFixed(1).replace('.0', '')
      : Math.round(n).toLocaleString('en')
    : 'any number';
