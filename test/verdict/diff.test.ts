import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChangeKind } from '../../src/model/history.ts';
import { CLEAR_SO_FAR, type Confidence, type HostReport, type Verdict } from '../../src/model/report.ts';
import { shownVerdict } from '../../src/model/shown-verdict.ts';
import { compareTargets } from '../../src/model/target-order.ts';
import { diffHosts, diffSteps } from '../../src/verdict/diff.ts';
import { ADDRESS, changeBetween, host, kindBetween, MAPPER } from './changes.ts';
import type { Stop } from './reports.ts';

/** The ways in which a host can stand in a run. `other`: blocked as surely, by something else. */
const STATES = {
  none: null,
  'unreachable proven': host({ verdict: 'unreachable', confidence: 'proven' }),
  'unreachable likely': host({ verdict: 'unreachable', confidence: 'likely' }),
  'unreachable weak': host({ verdict: 'unreachable', confidence: 'weak' }),
  'ready proven': host({ confidence: 'proven' }),
  'ready likely': host({ confidence: 'likely' }),
  'ready weak': host({ confidence: 'weak' }),
  'blocked proven': host({ confidence: 'proven', stops: [MAPPER] }),
  'blocked likely': host({ confidence: 'likely', stops: [MAPPER] }),
  'blocked weak': host({ confidence: 'weak', stops: [MAPPER] }),
  'blocked other': host({ confidence: 'proven', mapper: ['fail', 'mapper-refused'] }),
  undetermined: host({ dynamic: ['undetermined', 'dynamic-silent', 'weak'] }),
  'clear so far': host({ dynamic: ['undetermined', 'dynamic-silent', 'weak'], rule: CLEAR_SO_FAR }),
  interrupted: host({ verdict: 'undetermined', confidence: 'weak', rule: 'interrupted' }),
  'local fault': host({ verdict: 'undetermined', confidence: 'weak', rule: 'local-fault' }),
  'left out': host({ verdict: 'undetermined', confidence: 'weak', rule: 'address-forbidden' }),
} as const;
type StateName = keyof typeof STATES;

/** Rows before, columns after: A appeared, G gone, B newly blocked, M mended, C changed cause, - no change. */
const COLUMNS: readonly StateName[] = [
  'none',
  'unreachable proven',
  'unreachable likely',
  'unreachable weak',
  'ready proven',
  'ready likely',
  'ready weak',
  'blocked proven',
  'blocked likely',
  'blocked weak',
  'blocked other',
  'undetermined',
  'clear so far',
  'interrupted',
  'local fault',
  'left out',
];
const TABLE: Readonly<Record<StateName, string>> = {
  //                     none u:plw r:plw b:plwo und clear int fault left
  none: '- --- AAA AAAA A A - - -',
  'unreachable proven': '- --- AAA AAAA A A - - -',
  'unreachable likely': '- --- AAA AAAA A A - - -',
  'unreachable weak': '- --- --- ---- - - - - -',
  'ready proven': 'G GG- --- BB-B - - - - -',
  'ready likely': 'G GG- --- BB-B - - - - -',
  'ready weak': 'G GG- --- ---- - - - - -',
  'blocked proven': 'G GG- MM- ---C - - - - -',
  'blocked likely': 'G GG- MM- ---C - - - - -',
  'blocked weak': 'G GG- --- ---- - - - - -',
  'blocked other': 'G GG- MM- CC-- - - - - -',
  undetermined: 'G GG- --- ---- - - - - -',
  'clear so far': 'G GG- --- ---- - - - - -',
  interrupted: '- --- --- ---- - - - - -',
  'local fault': '- --- --- ---- - - - - -',
  'left out': '- --- --- ---- - - - - -',
};
const LETTERS: Readonly<Record<string, ChangeKind | null>> = {
  A: 'appeared',
  G: 'gone',
  B: 'newly-blocked',
  M: 'mended',
  C: 'changed-cause',
  '-': null,
};

describe('the change between two verdicts', () => {
  const rows = COLUMNS.flatMap((before) =>
    [...TABLE[before].replaceAll(' ', '')].map(
      (letter, i) => [before, COLUMNS[i] ?? 'none', letter] as const,
    ),
  );

  it('is laid down for every pair', () => {
    expect(rows).toHaveLength(COLUMNS.length ** 2);
    expect(COLUMNS.toSorted()).toEqual(Object.keys(STATES).toSorted());
  });

  it.each(rows)('%s -> %s: %s', (before, after, letter) => {
    expect(kindBetween(STATES[before], STATES[after])).toBe(LETTERS[letter]);
  });

  it('has one plain sentence without anything from outside', () => {
    for (const before of COLUMNS) {
      for (const after of COLUMNS) {
        const change = changeBetween(STATES[before], STATES[after]);
        if (change) expect(change.text).toMatch(/^(Is|Was|Still) [a-zA-Z0-9 ;:,().-]+\.$/);
      }
    }
  });

  it.each<[StateName, StateName, string]>([
    ['ready likely', 'blocked proven', 'Was ready, now blocked: TCP 135 (silently dropped after 10.0.3.1).'],
    ['blocked proven', 'ready proven', 'Was blocked: TCP 135 (silently dropped after 10.0.3.1); now ready.'],
    ['none', 'ready proven', 'Was not part of the earlier run; answers now and is ready.'],
    [
      'unreachable likely',
      'blocked other',
      'Was unreachable; answers now and is blocked: TCP 135 (refused, nothing listens there).',
    ],
    ['undetermined', 'none', 'Is not part of the later run; answered before and was undetermined.'],
    ['none', 'clear so far', 'Was not part of the earlier run; answers now and is clear so far.'],
    ['ready proven', 'unreachable proven', 'Is unreachable; answered before and was ready.'],
    [
      'blocked proven',
      'blocked other',
      'Still blocked, but by something else: before TCP 135 (silently dropped after 10.0.3.1), now TCP 135 (refused, nothing listens there).',
    ],
  ])('%s -> %s reads: %3$s', (before, after, text) => {
    expect(changeBetween(STATES[before], STATES[after])?.text).toBe(text);
  });

  it('carries both standings, and the newest address', () => {
    expect(
      changeBetween(STATES['ready proven'], host({ address: '10.1.2.4', target: ADDRESS, stops: [MAPPER] })),
    ).toMatchObject({
      target: ADDRESS,
      address: '10.1.2.4',
      before: { verdict: 'ready', confidence: 'proven', causes: [] },
      after: { verdict: 'blocked', confidence: 'proven', causes: ['endpoint-mapper drop'] },
    });
    expect(changeBetween(STATES['ready proven'], null)).toMatchObject({ address: ADDRESS, after: null });
  });
});

describe('hosts that are neither changed nor the same', () => {
  const pairs = COLUMNS.flatMap((before) => COLUMNS.map((after) => [before, after] as const));

  it('are those of both runs without a change whose verdicts differ as people count them', () => {
    for (const [before, after] of pairs) {
      const [old, now] = [STATES[before], STATES[after]];
      const { changes, uncertain, summary } = diffHosts(old ? [old] : [], now ? [now] : []);
      const differs = old !== null && now !== null && shownVerdict(old) !== shownVerdict(now);
      expect([before, after, changes.length + uncertain.length > 0]).toEqual([
        before,
        after,
        differs || changes.length > 0,
      ]);
      expect(changes.length + uncertain.length).toBeLessThanOrEqual(1);
      expect(summary.uncertain).toBe(uncertain.length);
      expect(summary.same).toBe(old && now && changes.length === 0 ? 1 : 0);
      for (const { text } of uncertain)
        expect(text).toMatch(/^Was [a-zA-Z0-9 :,().-]+, now [a-zA-Z0-9 :,().-]+\.$/);
    }
  });

  it.each<[StateName, StateName, string]>([
    [
      'blocked proven',
      'undetermined',
      'Was blocked: TCP 135 (silently dropped after 10.0.3.1), now undetermined.',
    ],
    ['ready likely', 'clear so far', 'Was ready, now clear so far.'],
    ['clear so far', 'undetermined', 'Was clear so far, now undetermined.'],
    ['interrupted', 'ready proven', 'Was undetermined, now ready.'],
    [
      'blocked weak',
      'ready proven',
      'Was blocked on weak evidence: TCP 135 (silently dropped after 10.0.3.1), now ready.',
    ],
    ['ready weak', 'unreachable weak', 'Was ready on weak evidence, now unreachable on weak evidence.'],
  ])('%s -> %s reads: %3$s', (before, after, text) => {
    const { uncertain } = diffHosts([STATES[before] ?? host()], [STATES[after] ?? host()]);
    expect(uncertain).toMatchObject([{ target: ADDRESS, address: ADDRESS, text }]);
  });
});

describe('diffHosts', () => {
  it('can be done in pieces, so that very many hosts hold up nobody', () => {
    const ready = host({ confidence: 'proven' });
    let walked = 0;
    function* hosts(): Generator<HostReport> {
      for (let i = 0; i < 1000; i++) {
        walked += 1;
        yield { ...ready, target: `pc${10_000 + i}` };
      }
    }
    let longest = 0;
    let before = 0;
    for (const _ of diffSteps(hosts(), hosts())) {
      longest = Math.max(longest, walked - before);
      before = walked;
    }
    expect(walked).toBe(2000);
    // Two sides of 128 hosts, and the next of each.
    expect(Math.max(longest, walked - before)).toBeLessThanOrEqual(258);
  });

  const verdicts = fc.constantFrom<readonly [Verdict, Confidence, Stop[]]>(
    ['ready', 'proven', []],
    ['ready', 'weak', []],
    ['blocked', 'proven', [MAPPER]],
    ['blocked', 'likely', [{ ...MAPPER, how: 'icmp' }]],
    ['undetermined', 'weak', []],
    ['unreachable', 'likely', []],
    ['unreachable', 'weak', []],
  );
  const target = fc.oneof(fc.string({ maxLength: 3 }), fc.string({ unit: 'grapheme', maxLength: 3 }));
  const run = fc
    .uniqueArray(fc.tuple(target, verdicts), { selector: ([name]) => name, maxLength: 12 })
    .map((hosts) =>
      hosts
        .map(([name, [verdict, confidence, stops]]) => host({ target: name, verdict, confidence, stops }))
        .toSorted((a, b) => Buffer.compare(Buffer.from(a.target), Buffer.from(b.target))),
    );

  it('finds no change between a run and itself', () => {
    fc.assert(
      fc.property(run, (hosts) => {
        const { changes, uncertain, summary } = diffHosts(hosts, hosts);
        expect([...changes, ...uncertain]).toEqual([]);
        expect(summary).toMatchObject({ compared: hosts.length, same: hosts.length });
      }),
    );
  });

  it('gives the contrary the other way round, in the order of the targets', () => {
    const contrary: Readonly<Record<ChangeKind, ChangeKind>> = {
      'newly-blocked': 'mended',
      mended: 'newly-blocked',
      appeared: 'gone',
      gone: 'appeared',
      'changed-cause': 'changed-cause',
    };
    fc.assert(
      fc.property(run, run, (before, after) => {
        const there = diffHosts(before, after);
        const back = diffHosts(after, before);
        expect(back.changes.map(({ kind, target: name }) => [contrary[kind], name])).toEqual(
          there.changes.map(({ kind, target: name }) => [kind, name]),
        );
        const both = before.filter((one) => after.some((other) => other.target === one.target)).length;
        expect(there.summary.compared).toBe(both);
        expect(there.summary.appeared).toBe(back.summary.gone);
        const names = there.changes.map((one) => one.target);
        expect(names).toEqual(names.toSorted(compareTargets));
      }),
    );
  });

  it('walks streams, keeps nothing but changes, and takes a target that comes twice once', () => {
    function* many(): Generator<HostReport> {
      for (let i = 0; i < 1000; i++) yield host({ target: String(i).padStart(4, '0') });
      yield host({ target: '0999' });
    }
    const { changes, summary } = diffHosts(many(), many());
    expect(changes).toEqual([]);
    expect(summary).toMatchObject({ compared: 1000, same: 1000 });
  });

  it('refuses hosts out of order', () => {
    const unordered = [host({ target: 'b' }), host({ target: 'a' })];
    expect(() => diffHosts(unordered, [])).toThrow(RangeError);
    expect(() => diffHosts([], unordered)).toThrow(RangeError);
  });
});
