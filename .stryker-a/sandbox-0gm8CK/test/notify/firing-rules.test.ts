import { describe, expect, it } from 'vitest';
import { firingRules } from '../../src/notify/firing-rules.ts';
import type { Trigger } from '../../src/notify/rule.ts';
import { diffOf, runOf } from '../output/runs.ts';
import { outcomeOf } from './run-results.ts';

const RULES = (['any', 'always', 'failure', 'newly-blocked', 'mended', 'gone'] as const).map(
  (on: Trigger) => ({
    label: on,
    on: [on],
    channel: { kind: 'prometheus', path: 'x.prom' } as const,
  }),
);
const firing = (changes: Parameters<typeof outcomeOf>[0]): string[] =>
  firingRules(RULES, outcomeOf(changes)).map(({ label }) => label);

describe('decide', () => {
  it.each([
    ['changes', {}, ['any', 'always', 'newly-blocked', 'mended']],
    ['no changes', { diff: diffOf({}) }, ['always']],
    ['nothing to compare with', { diff: null }, ['always']],
    ['a failed run', { diff: null, failed: 'disk full' }, ['always', 'failure']],
    ['an interrupted run', { diff: null, run: runOf({ state: 'interrupted' }) }, ['always', 'failure']],
    ['a run that never began', { diff: null, run: null, failed: 'no such list' }, ['always', 'failure']],
    [
      'an interrupted run with changes',
      { diff: diffOf({ gone: 1 }), run: runOf({ state: 'interrupted' }) },
      ['any', 'always', 'failure', 'gone'],
    ],
  ])('%s', (_, changes, expected) => {
    expect(firing(changes)).toEqual(expected);
  });

  it('fires a rule with several occasions once', () => {
    const rule = { ...RULES[0], on: ['any', 'mended', 'always'] } as (typeof RULES)[number];
    expect(firingRules([rule], outcomeOf())).toHaveLength(1);
  });
});
