import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JudgedEvent } from '../../src/model/event.ts';
import { cleaned } from '../../src/text/fit-text.ts';
import { type CheckAction, reduceCheck } from '../../src/tui/check/check-reduce.ts';
import { initialCheckView } from '../../src/tui/check/check-state.ts';
import { checkLayout } from '../../src/tui/check/layout/check-frame.ts';
import { lineWidth } from '../../src/tui/kit/layout/line.ts';
import type { Key, Press } from '../../src/tui/kit/press.ts';
import type { Size } from '../../src/tui/kit/screen-size.ts';
import { finishedRun, hostEvents, KINDS, PORTS, RUN, report } from './story.ts';

const KEYS: readonly Key[] = [
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
  'search',
  'next',
  'erase',
  'copy-verdict',
  'copy-commands',
  'copy-list',
  'command',
  'mouse',
  'click',
  'wheel-up',
  'wheel-down',
  'other',
];

const anyPress: fc.Arbitrary<Press> = fc.record({
  name: fc.constantFrom(...KEYS),
  letter: fc.constantFrom('', 'p', '文', '"'),
  at: fc.record({ row: fc.nat(80), column: fc.nat(250) }),
});

const clean = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, '');

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme', maxLength: 300 }),
);

const anyHost = fc.integer({ min: 0, max: 12 });

const anyReport = fc
  .record({ kind: fc.constantFrom(...KINDS), target: anyText, address: fc.option(anyText), said: anyText })
  .map(({ kind, target, address, said }) => {
    const made = report(kind, target, address);
    return {
      ...made,
      because: [{ rule: said, text: said, ports: PORTS }],
      remedies: made.remedies.map((remedy) => ({ ...remedy, commands: [said] })),
      path: { ...made.path, hops: [...made.path.hops, { ttl: 9, address: said, rttMs: null }] },
      requirements: said.length % 3 === 0 ? [] : made.requirements,
      ports: said.length % 4 === 0 ? [] : made.ports.map((port) => ({ ...port, detail: said })),
    };
  });

const anyEvent: fc.Arbitrary<JudgedEvent> = fc.oneof(
  anyHost.map((hosts): JudgedEvent => ({ type: 'run-started', run: RUN, hosts })),
  fc.tuple(anyHost, fc.constantFrom(...KINDS), anyText, fc.nat(40)).map(([host, kind, name, at]) => {
    const events = hostEvents({ name, address: name, kind }, host);
    return events[at % events.length] as JudgedEvent;
  }),
  fc.record({ type: fc.constant('host-judged' as const), host: anyHost, report: anyReport }),
  anyText.map((text): JudgedEvent => ({ type: 'notice', text })),
  fc.boolean().map((is): JudgedEvent => ({ type: 'run-finished', run: finishedRun(is) })),
);

const anySize: fc.Arbitrary<Size> = fc.oneof(
  fc.record({ columns: fc.integer({ min: 0, max: 250 }), rows: fc.integer({ min: 0, max: 80 }) }),
  fc.constantFrom({ columns: 40, rows: 12 }, { columns: 80, rows: 24 }, { columns: 140, rows: 40 }),
);

const anyAction: fc.Arbitrary<CheckAction> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .array(anyEvent, { maxLength: 30 })
      .map((events) => ({ type: 'events' as const, events: cleaned(events, clean) })),
  },
  { weight: 4, arbitrary: anyPress.map((key) => ({ type: 'key' as const, key })) },
  { weight: 2, arbitrary: anySize.map((size) => ({ type: 'resize' as const, size })) },
  { weight: 1, arbitrary: fc.nat(100_000).map((now) => ({ type: 'tick' as const, now })) },
  {
    weight: 1,
    arbitrary: fc.boolean().map((stays) => ({ type: 'ended' as const, now: 0, stays })),
  },
);

describe('whatever happens in whatever order', () => {
  it('breaks no line at an aside, even one of a line break alone', () => {
    const made = report('blocked', 'pc', '10.1.2.1');
    const because = made.because.map((one) => ({ ...one, rule: '\n', ports: [] }));
    const events = [{ type: 'host-judged' as const, host: 0, report: { ...made, because } }];
    const now = reduceCheck(initialCheckView({ columns: 140, rows: 40 }, 0), { type: 'events', events });
    for (const line of checkLayout(now)) for (const { text } of line) expect(text).not.toContain('\n');
  });

  it('fits the terminal, keeps one row free, and breaks no line', () => {
    fc.assert(
      fc.property(anySize, fc.array(anyAction, { maxLength: 12 }), (size, actions) => {
        let now = initialCheckView(size, 0);
        for (const action of actions) {
          now = reduceCheck(now, action);
          const lines = checkLayout(now);
          expect(lines.length).toBeLessThanOrEqual(Math.max(0, now.rows - 1));
          for (const line of lines) {
            expect(lineWidth(line)).toBeLessThanOrEqual(now.columns);
            for (const { text } of line) expect(text).not.toMatch(/[\p{Cc}]/u);
          }
        }
      }),
      { numRuns: 150 },
    );
  }, 30_000);
});
