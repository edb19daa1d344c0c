import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { renderHistory, renderHistoryJson } from '../../src/output/history-table.ts';
import { earlier, runOf } from './runs.ts';

const plain = (width: number) => ({ width, colour: false, verbose: false });
const RUNS = [
  runOf(),
  earlier,
  runOf({ state: 'running', finishedAt: null, targets: ['pc1'], hosts: 90_000 }),
];

describe('renderHistory', () => {
  it.each([40, 80, 160])('at %i columns', async (width) => {
    const text = renderHistory(RUNS, plain(width));
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(width);
    await expect(text).toMatchFileSnapshot(`golden/history-${width}.txt`);
  });

  it('takes one line a run, however narrow the screen and wide the targets', () => {
    for (const width of [20, 40, 75, 76, 80, 120, 160, 200]) {
      const targets = ['日本語'.repeat(20), 'a b'.repeat(30)];
      const lines = renderHistory(Array(7).fill(runOf({ targets })), plain(width))
        .trimEnd()
        .split('\n');
      expect([width, lines.filter((line) => line.includes('20260108T02')).length]).toEqual([width, 7]);
      expect([width, lines.length]).toEqual([width, width < 76 ? 7 : 11]);
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width);
    }
  });

  it('says when there is none', () => {
    expect(renderHistory([], plain(80))).toBe('No run is recorded.\n');
  });

  it('lets no name steer the terminal or break the table', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        for (const width of [40, 80, 160]) {
          const drawn = renderHistory([runOf({ id: `x${text}`, targets: [text, text] })], plain(width));
          expect(drawn.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}]/u);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('bounds the targets', () => {
    const text = renderHistory(
      [runOf({ targets: Array.from({ length: 5000 }, (_, i) => `pc${i}`) })],
      plain(140),
    );
    expect(text).toContain('4997 more');
  });
});

describe('renderHistoryJson', () => {
  it('gives the runs as they are', () => {
    expect(JSON.parse(renderHistoryJson(RUNS))).toEqual({ runs: RUNS });
    expect(JSON.parse(renderHistoryJson([]))).toEqual({ runs: [] });
    expect(renderHistoryJson([runOf({ targets: ['\u202e\u009b'] })])).not.toMatch(/[\u202e\u009b]/);
  });
});
