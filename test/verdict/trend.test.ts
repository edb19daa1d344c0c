import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flappingOf, settledChange } from '../../src/verdict/trend/marks.ts';
import { marksOf } from './trend-marks.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/history.md'), 'utf8');

/** The rows of the table that begins so. */
const rowsOf = (head: string): string[][] => {
  const [, rest = ''] = page.split(`${head}\n`);
  const [table = ''] = rest.split('\n\n');
  return table
    .split('\n')
    .slice(1)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim().replaceAll('`', '')),
    );
};

const numbersIn = (text: string): [number, number] => {
  const [a = 0, b = 0] = (text.match(/\d+/g) ?? []).map(Number);
  return [a, b];
};

const settledRows = rowsOf('| Marks | N of M | Settled | Change reported by the newest run |');
const flappingRows = rowsOf('| Marks | N changes in M runs | Changes | Flaps |');

const letters = fc.string({ unit: fc.constantFrom(...'RBrbux.'), maxLength: 12 });
const bounds = fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 0, max: 6 }));

describe('the tables of docs/history.md', () => {
  it('are read', () => {
    expect(settledRows.length).toBeGreaterThan(15);
    expect(flappingRows.length).toBeGreaterThan(9);
  });

  it.each(settledRows)('settled: %s, %s: %s, %s', (marks = '', bound = '', verdict = '', change = '') => {
    const [agree, runs] = numbersIn(bound);
    const [from, to] = change.split(' to ');
    expect(settledChange(marksOf(marks), { agree, runs })).toEqual({
      verdict: verdict === 'not yet' ? null : verdict,
      changed: to === undefined ? null : { from, to },
    });
  });

  it.each(flappingRows)('flapping: %s, %s: %s, %s', (marks = '', bound = '', changes = '', flaps = '') => {
    const [wanted, runs] = numbersIn(bound);
    expect(flappingOf(marksOf(marks), { changes: wanted, runs })).toEqual({
      changes: Number(changes),
      flaps: flaps === 'yes',
    });
  });
});

describe('doubt', () => {
  it('is no change and no confirmation, whatever its kind', () => {
    fc.assert(
      fc.property(letters, bounds, (text, [agree, more]) => {
        const bound = { agree, runs: agree + more };
        const doubted = text.replaceAll(/[rbx.]/g, 'u');
        expect(settledChange(marksOf(text), bound)).toEqual(settledChange(marksOf(doubted), bound));
        const flapping = { changes: agree, runs: agree + more };
        expect(flappingOf(marksOf(text), flapping)).toEqual(flappingOf(marksOf(doubted), flapping));
      }),
    );
  });
});

describe('a settled change', () => {
  it('is told exactly once, and only when the bound is met', () => {
    fc.assert(
      fc.property(letters, bounds, (text, [agree, more]) => {
        const bound = { agree, runs: agree + more };
        const steps = Array.from({ length: text.length + 1 }, (_, to) =>
          settledChange(marksOf(text.slice(0, to)), bound),
        );
        for (const [at, step] of steps.entries()) {
          const before = steps[at - 1]?.verdict ?? null;
          const isChange = before !== null && step.verdict !== before;
          expect(step.changed).toEqual(isChange ? { from: before, to: step.verdict } : null);
          if (step.verdict === before) continue;
          const letter = step.verdict === 'ready' ? 'R' : 'B';
          expect(text[at - 1]).toBe(letter);
          const window = text.slice(Math.max(0, at - bound.runs), at);
          expect([...window].filter((one) => one === letter).length).toBeGreaterThanOrEqual(agree);
        }
      }),
    );
  });

  it('of 1 of 1 is every firm change', () => {
    fc.assert(
      fc.property(letters, (text) => {
        const firm = text.replaceAll(/[^RB]/g, '');
        const { changed } = settledChange(marksOf(text), { agree: 1, runs: 1 });
        expect(changed !== null).toBe(/[RB]$/.test(text) && /RB$|BR$/.test(firm));
      }),
    );
  });
});

describe('bounds that mean nothing', () => {
  it.each([
    [0, 3],
    [4, 3],
    [1.5, 3],
    [1, Number.NaN],
    [-1, 1],
  ])('%d of %d are refused', (wanted, runs) => {
    const refusal = (name: string) =>
      new RangeError(`${name}: expected whole numbers, 1 or more and no more than the runs (${runs})`);
    expect(() => settledChange([], { agree: wanted, runs })).toThrow(refusal('agree'));
    expect(() => flappingOf([], { changes: wanted, runs })).toThrow(refusal('changes'));
  });
});
