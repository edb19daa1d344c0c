import type { HostMark } from '../../src/model/trend.ts';

const states = { 'endpoint-mapper': 'pass', 'remote-desktop': 'not-needed', 'dynamic-rpc': 'fail' } as const;

const LETTERS: Readonly<Record<string, HostMark | null>> = {
  R: { verdict: 'ready', confidence: 'likely', states, clearSoFar: false },
  B: { verdict: 'blocked', confidence: 'proven', states, clearSoFar: false },
  r: { verdict: 'ready', confidence: 'weak', states, clearSoFar: false },
  b: { verdict: 'blocked', confidence: 'weak', states, clearSoFar: false },
  u: { verdict: 'undetermined', confidence: 'likely', states, clearSoFar: false },
  x: { verdict: 'unreachable', confidence: 'proven', states, clearSoFar: false },
  '.': null,
};

/** Marks from the letters of docs/history.md; `r` and `b` are weak. */
export const marksOf = (letters: string): (HostMark | null)[] =>
  [...letters].map((letter) => {
    const mark = LETTERS[letter];
    if (mark === undefined) throw new Error(`no mark ${letter}`);
    return mark;
  });
