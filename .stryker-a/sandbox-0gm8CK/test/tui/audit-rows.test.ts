import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AuditView, initialAuditView } from '../../src/tui/audit/audit-state.ts';
import {
  blockOf,
  extendRows,
  NO_ROWS,
  type RowIndex,
  rowLabel,
  rowOf,
} from '../../src/tui/audit/map-rows.ts';
import { around, chosenOf, extendSearch, newSearch, next, rankOf } from '../../src/tui/audit/select.ts';
import { CODES } from '../../src/tui/kit/host-code.ts';

const read = (texts: readonly string[], most = texts.length): RowIndex => {
  let index = NO_ROWS;
  const targets = { size: texts.length, textOf: (at: number) => texts[at] ?? '' };
  for (let next = extendRows(index, targets, most); next !== index; next = extendRows(index, targets, most))
    index = next;
  return index;
};
const block = (prefix: string, from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, at) => `${prefix}${from + at}`);

describe('blocks', () => {
  it.each([
    ['10.1.2.3', '10.1.2.0/24'],
    ['192.168.100.255', '192.168.100.0/24'],
    ['2001:db8::1', '2001:db8::/120'],
    ['2001:db8::ab', '2001:db8::/120'],
    ['2001:db8::12ab', '2001:db8::1200/120'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2:3:4:5:0/120'],
    ['fe80::1:2%eth0', 'fe80::1:0/120'],
    ['pc-1.example', null],
    ['10.1.2.3.example', null],
    ['', null],
    ['\u001B[2J', null],
  ])('%s is of %s', (text, expected) => {
    expect(blockOf(text)).toBe(expected);
  });
});

describe('rows', () => {
  it('are a /24 each, and 64 names each', () => {
    const texts = [...block('10.0.0.', 0, 256), ...block('10.0.1.', 10, 20), ...block('pc-', 0, 100)];
    expect(read(texts).rows).toEqual([
      { from: 0, to: 256, block: '10.0.0.0/24' },
      { from: 256, to: 266, block: '10.0.1.0/24' },
      { from: 266, to: 330, block: null },
      { from: 330, to: 366, block: null },
    ]);
  });

  it('do not fall into single cells for a list in no order', () => {
    const texts = Array.from({ length: 200 }, (_, at) => `10.0.${(at * 7) % 200}.1`);
    expect(read(texts).rows.map(({ from, to }) => to - from)).toEqual([64, 64, 64, 8]);
  });

  const anyTexts = fc.array(
    fc.oneof(
      fc.tuple(fc.nat(3), fc.nat(255)).map(([net, host]) => `10.0.${net}.${host}`),
      fc.constantFrom('pc-1', '2001:db8::1', '2001:db8::1:1', '\u202E', ''),
    ),
    { maxLength: 60 },
  );
  const anyRuns = fc
    .array(fc.tuple(anyTexts, fc.integer({ min: 1, max: 9 })), { maxLength: 8 })
    .map((runs) =>
      runs.flatMap(([texts, times]) => texts.flatMap((text) => Array(times).fill(text) as string[])),
    );

  it('cover every host once, in order, each in its own block, however they are read', () => {
    fc.assert(
      fc.property(anyRuns, fc.integer({ min: 1, max: 500 }), (texts, most) => {
        const index = read(texts, most);
        expect(index).toEqual(texts.length === 0 ? NO_ROWS : read(texts));
        let covered = 0;
        for (const [at, row] of index.rows.entries()) {
          expect(row.from).toBe(covered);
          expect(row.to).toBeGreaterThan(row.from);
          expect(row.to - row.from).toBeLessThanOrEqual(row.block === null ? 64 : 256);
          for (let host = row.from; host < row.to; host++) {
            if (row.block !== null) expect(blockOf(texts[host] ?? '')).toBe(row.block);
            expect(rowOf(index, host)).toBe(at);
          }
          covered = row.to;
        }
        expect(covered).toBe(texts.length);
      }),
    );
  });

  it('have labels that fit', () => {
    const row = { from: 0, to: 256, block: '192.168.100.0/24' };
    expect(rowLabel(row, 16)).toBe('192.168.100.0/24');
    expect(rowLabel(row, 13)).toBe('192.168.100.0');
    expect(rowLabel({ ...row, block: '2001:db8:1:2:3:4:5:1200/120' }, 13)).toBe('…2:3:4:5:1200');
    expect(rowLabel({ from: 64, to: 1128, block: null }, 13)).toBe('65-1,128');
  });
});

const view = (
  states: readonly number[],
  filter: number | null,
  hits: readonly number[] | null,
): AuditView => {
  const targets = { size: states.length, textOf: String, titleOf: String };
  return {
    ...initialAuditView(targets, { columns: 80, rows: 24 }, 0, 1),
    states: Uint8Array.from(states),
    filter: CODES.find((code) => code === filter) ?? null,
    search: hits && { text: 'x', scanned: states.length, hits: Uint8Array.from(hits) },
  };
};

const anySelection = fc
  .array(fc.tuple(fc.nat(5), fc.nat(1)), { minLength: 1, maxLength: 80 })
  .chain((hosts) =>
    fc.record({
      states: fc.constant(hosts.map(([code]) => code)),
      hits: fc.option(fc.constant(hosts.map(([, hit]) => hit))),
      filter: fc.option(fc.nat(5)),
      cursor: fc.nat(hosts.length - 1),
      height: fc.integer({ min: 1, max: 20 }),
    }),
  );

describe('the list', () => {
  it('is what a plain filter gives, in a window around the chosen host', () => {
    fc.assert(
      fc.property(anySelection, ({ states, hits, filter, cursor, height }) => {
        const made = { ...view(states, filter, hits), cursor };
        const all = states.flatMap((code, at) =>
          (filter === null || code === filter) && (hits === null || hits[at] === 1) ? [at] : [],
        );
        const chosen = all.find((at) => at >= cursor) ?? all.at(-1) ?? null;
        expect(chosenOf(made)).toBe(chosen);
        expect(next(made, cursor, 1)).toBe(all.find((at) => at > cursor) ?? null);
        expect(next(made, cursor, -1)).toBe(all.filter((at) => at < cursor).at(-1) ?? null);
        if (chosen === null) return;
        const place = all.indexOf(chosen);
        expect(rankOf(made, chosen)).toEqual({ rank: place, total: all.length });
        const from = Math.max(0, Math.min(place - Math.floor(height / 2), all.length - height));
        expect(around(made, chosen, height)).toEqual(all.slice(from, from + height));
      }),
      { numRuns: 500 },
    );
  });

  it('searches text in steps and finds what a plain search finds', () => {
    const anyText = fc.oneof(
      fc.string({ maxLength: 6 }),
      fc.constantFrom('PC-12', 'pc-1', '10.0.0.1', 'ß', ''),
    );
    fc.assert(
      fc.property(
        fc.array(anyText, { maxLength: 40 }),
        anyText,
        fc.integer({ min: 1, max: 50 }),
        (texts, text, most) => {
          const targets = { size: texts.length, textOf: (at: number) => texts[at] ?? '', titleOf: String };
          let search = newSearch(text, texts.length);
          while (search.scanned < texts.length) search = extendSearch(search, targets, most);
          expect([...search.hits]).toEqual(
            texts.map((one) => (one.toLowerCase().includes(text.toLowerCase()) ? 1 : 0)),
          );
          expect(extendSearch(search, targets, most)).toBe(search);
        },
      ),
    );
  });
});
