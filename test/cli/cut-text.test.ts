import fc from 'fast-check';
import { expect, it } from 'vitest';
import { cutText, PIECE } from '../../src/cli/cut-text.ts';

it('a page that is made in one piece goes to the server in small ones, no character cut in two', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom('a', '😀', 'x😀'), fc.nat(150_000))), (parts) => {
      const pieces = parts.map(([text, times]) => text.repeat(times));
      const cut = [...cutText(pieces)];
      expect(Math.max(0, ...cut.map(({ length }) => length))).toBeLessThanOrEqual(PIECE);
      expect(cut.map((piece) => Buffer.from(piece).toString()).join('')).toBe(pieces.join(''));
    }),
    { numRuns: 30 },
  );
});

it('pauses stay pauses, and an end ends what is cut', () => {
  let ended = false;
  const text = function* () {
    try {
      yield '';
      yield 'a'.repeat(PIECE + 1);
      yield '';
    } finally {
      ended = true;
    }
  };
  expect([...cutText(text())].map(({ length }) => length)).toEqual([0, PIECE, 1, 0]);
  const cut = cutText(text());
  cut.next();
  ended = false;
  cut.return(undefined);
  expect(ended).toBe(true);
});
