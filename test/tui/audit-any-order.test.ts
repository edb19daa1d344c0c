import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Group } from '../../src/model/report.ts';
import { cleaned, oneLine } from '../../src/text/fit-text.ts';
import type { AuditKey } from '../../src/tui/audit/audit-keys.ts';
import { type AuditAction, reduceAudit } from '../../src/tui/audit/audit-reduce.ts';
import { initialAuditView } from '../../src/tui/audit/audit-state.ts';
import { auditLayout } from '../../src/tui/audit/layout/audit-frame.ts';
import { CODES } from '../../src/tui/kit/host-code.ts';
import { lineWidth } from '../../src/tui/kit/layout/line.ts';
import { addressOf } from './audit-story.ts';
import { batchOf, key } from './audit-views.ts';
import { finishedRun, KINDS, report } from './story.ts';

const NAMES: readonly AuditKey['name'][] = [
  'up',
  'down',
  'left',
  'right',
  'page-up',
  'page-down',
  'home',
  'end',
  'open',
  'back',
  'help',
  'quit',
  'interrupt',
  'other',
  'erase',
  'pause',
  'faster',
  'slower',
  'export',
  'turn',
  'map',
  'findings',
  'list',
  'filter',
  'all',
  'only-blocked',
  'only-undetermined',
  'only-unreachable',
  'only-ready',
  'search',
  'zoom',
];

const clean = (dirty: string): string => dirty.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '');

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', maxLength: 200 }),
  fc.constantFrom(
    '10.1.2.3',
    '\u001B[2J\u001B]0;owned\u0007',
    '文字化け端末.例え.jp',
    'e\u0301\u202Egnp',
    'x'.repeat(300),
  ),
);

const anySize = fc.oneof(
  fc.record({ columns: fc.integer({ min: 0, max: 290 }), rows: fc.integer({ min: 0, max: 80 }) }),
  fc.constantFrom({ columns: 40, rows: 12 }, { columns: 80, rows: 24 }, { columns: 200, rows: 60 }),
);

const anyGroups: fc.Arbitrary<Group[]> = fc.array(
  fc.record({
    id: anyText,
    signature: anyText,
    hosts: fc.nat(1e6),
    prefixes: fc.array(anyText),
    commands: fc.array(anyText),
    text: anyText,
  }),
  { maxLength: 4 },
);

const anyAction: fc.Arbitrary<AuditAction> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...NAMES).map(key) },
  {
    weight: 3,
    arbitrary: fc.array(fc.tuple(fc.nat(900), fc.constantFrom(...CODES)), { maxLength: 20 }).map((pairs) =>
      batchOf(
        pairs.map(([host]) => host),
        pairs.map(([, code]) => code),
      ),
    ),
  },
  { weight: 2, arbitrary: fc.nat(600).map((most) => ({ type: 'read' as const, most })) },
  { weight: 2, arbitrary: anySize.map((size) => ({ type: 'resize' as const, size })) },
  {
    weight: 1,
    arbitrary: anyText.map((letter) => ({
      type: 'key' as const,
      key: { name: 'other' as const, letter: clean(letter) },
    })),
  },
  { weight: 1, arbitrary: anyText.map((note) => ({ type: 'notice' as const, text: clean(note) })) },
  {
    weight: 1,
    arbitrary: anyGroups.map((groups) => ({ type: 'found' as const, groups: cleaned(groups, clean) })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(900), fc.constantFrom(...KINDS), anyText).map(([index, kind, name]) => ({
      type: 'opened' as const,
      index,
      report: cleaned(report(kind, name, name), clean),
    })),
  },
  { weight: 1, arbitrary: fc.nat(1e7).map((now) => ({ type: 'tick' as const, now })) },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant('steered' as const),
      paused: fc.boolean(),
      rate: fc.double({ min: 0 }),
      sent: fc.nat(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constant({
      type: 'batch' as const,
      batch: { hosts: [], codes: [], run: finishedRun(true), notices: [] },
    }),
  },
  { weight: 1, arbitrary: fc.constant({ type: 'ended' as const, now: 0, stays: true }) },
);

describe('whatever happens in whatever order, to targets of any name', () => {
  it('fits the terminal, keeps one row free, and breaks no line', () => {
    fc.assert(
      fc.property(
        anySize,
        fc.array(fc.oneof({ weight: 3, arbitrary: fc.nat(700).map(addressOf) }, anyText), {
          minLength: 1,
          maxLength: 400,
        }),
        fc.array(anyAction, { maxLength: 14 }),
        (size, names, actions) => {
          const targets = {
            size: names.length,
            textOf: (at: number) => names[at] ?? '',
            titleOf: (at: number) => oneLine(cleaned(names[at] ?? '', clean)),
          };
          let now = initialAuditView(targets, size, 0, 2000);
          for (const action of actions) {
            now = reduceAudit(now, action);
            const lines = auditLayout(now);
            expect(lines.length).toBeLessThanOrEqual(Math.max(0, now.rows - 1));
            for (const line of lines) {
              expect(lineWidth(line)).toBeLessThanOrEqual(now.columns);
              for (const part of line) expect(part.text).not.toMatch(/[\p{Cc}]/u);
            }
            expect(now.counts.reduce((sum, n) => sum + n, 0)).toBe(names.length);
            expect(now.cursor).toBeGreaterThanOrEqual(0);
            expect(now.cursor).toBeLessThan(names.length);
          }
        },
      ),
      { numRuns: 200 },
    );
  }, 30_000);
});
