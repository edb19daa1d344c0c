import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PortState } from '../../src/model/reply.ts';
import type { PortFact } from '../../src/tui/kit/host-view.ts';
import { lineWidth } from '../../src/tui/kit/layout/line.ts';
import { axisLine, bucket, legendLines, stripCells, stripLine } from '../../src/tui/kit/layout/port-strip.ts';

const fact = (port: number, state: PortState | null, reason: PortFact['reason'] = null): PortFact => ({
  port,
  requirement: 'dynamic-rpc',
  state,
  reason,
  rttMs: null,
  attempts: 1,
  from: null,
  note: '',
});

const letters = (
  facts: readonly PortFact[],
  columns: number,
  ranges = [] as Parameters<typeof stripCells>[1],
) =>
  stripLine(stripCells(facts, ranges, columns))
    .map(({ text }) => text)
    .join('');

describe('the port map', () => {
  it('covers every port above 1024 once, in order, at any width', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), (columns) => {
        let next = 1025;
        for (let column = 0; column < columns; column++) {
          const { from, to } = bucket(column, columns);
          expect(from).toBe(next);
          // The port at either end lands in this column and no other.
          for (const port of [from, to])
            expect(letters([fact(port, 'open')], columns).indexOf('o')).toBe(column);
          next = to + 1;
        }
        expect(next).toBe(65536);
      }),
      { numRuns: 20 },
    );
  });

  it('has a letter for every answer', () => {
    const answers = [
      fact(1025, 'open'),
      fact(10000, 'closed'),
      fact(20000, 'filtered', 'no-response'),
      fact(30000, 'filtered', 'admin-prohibited'),
      fact(40000, 'unknown'),
      fact(50000, null),
      fact(60000, 'filtered', 'middlebox-reset'),
    ];
    expect(letters(answers, 16)).toBe('o·c·s··x·?··-·x·');
  });

  it('does not show what it was not asked about', () => {
    expect(letters([fact(135, 'open')], 8)).toBe('········');
  });

  it('calls a column mixed only when its ports differ in whether the path is clear', () => {
    expect(letters([fact(1030, 'open'), fact(1031, 'closed')], 1)).toBe('o');
    expect(letters([fact(1030, 'closed'), fact(1031, 'filtered', 'no-response')], 1)).toBe('m');
    expect(letters([fact(1030, null), fact(1031, 'closed')], 1)).toBe('c');
    expect(letters([fact(1030, 'closed'), fact(1031, 'unknown')], 1)).toBe('c');
  });

  it('fills in what exact ranges say, but not what a sample guesses', () => {
    const middle = bucket(4, 8).from;
    const ranges = [
      { from: 1025, to: middle - 1, state: 'reachable' as const, exact: true },
      { from: middle, to: 65535, state: 'filtered' as const, exact: true },
    ];
    expect(letters([fact(60000, 'filtered', 'no-response')], 8, ranges)).toBe('rrrrffff');
    expect(letters([], 3, ranges)).toBe('rmf');
    expect(
      letters(
        [],
        4,
        ranges.map((range) => ({ ...range, exact: false })),
      ),
    ).toBe('····');
  });

  it('has an axis that fits and names the edges of what Windows allocates', () => {
    expect(axisLine(60).map(({ text }) => text)).toEqual([
      '1025                                        |49152     65535',
    ]);
    for (let columns = 0; columns < 200; columns++)
      expect([0, columns]).toContain(lineWidth(axisLine(columns)));
  });

  it('explains the letters it shows and no others', () => {
    const cells = stripCells([fact(1025, 'open'), fact(30000, 'filtered', 'no-response')], [], 40);
    const words = legendLines(cells, 80)
      .flatMap((line) => line.map(({ text }) => text))
      .join('');
    expect(words).toBe('o open   s no answer   · not probed');
    for (const line of legendLines(cells, 16)) expect(lineWidth(line)).toBeLessThanOrEqual(16);
  });
});
