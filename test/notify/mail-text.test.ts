import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compose, headline } from '../../src/notify/mail-text.ts';
import { cleanText } from '../../src/text/clean-text.ts';
import { nastyText } from '../output/hostile.ts';
import { diffOf, runOf } from '../output/runs.ts';
import { group, hostileOutcome, outcomeOf } from './run-results.ts';

describe('headline', () => {
  it.each([
    ['3 hosts newly blocked, 1 fixed', {}],
    ['1 host gone, 2 blocked by something else', { diff: diffOf({ gone: 1, 'changed-cause': 2 }) }],
    ['no changes, 800 of 66000 hosts blocked', { diff: diffOf({}) }],
    ['no certain changes, 800 of 66000 hosts blocked', { diff: diffOf({}, runOf(), 2) }],
    ['nothing to compare with, 800 of 66000 hosts blocked', { diff: null }],
    ['the run failed', { run: null, failed: 'no such list' }],
    ['the run failed', { failed: 'the disk is full' }],
    [
      'the run was interrupted after 900 of 66000 hosts',
      {
        run: runOf({
          state: 'interrupted',
          summary: { hosts: 900, ready: 900, blocked: 0, undetermined: 0, clearSoFar: 0, unreachable: 0 },
        }),
      },
    ],
  ] as const)('%s', (expected, changes) => {
    expect(headline(outcomeOf(changes))).toBe(expected);
  });
});

describe('compose', () => {
  it('says first what changed, then the findings, the changes and where the reports are', () => {
    const { subject, text } = compose(outcomeOf(), null, ['/srv/a.html (attached)'], cleanText);
    expect(subject).toBe('3 hosts newly blocked, 1 fixed - weekly-hq');
    expect(text).toBe(`3 hosts newly blocked, 1 fixed - weekly-hq

Run
  20260108T020000Z-4f2a91 from expert, 2026-01-08T02:00:00.000Z to 2026-01-08T02:04:31.000Z
  66000 of 66000 hosts judged: 41200 ready, 400 clear so far, 800 blocked, 600 undetermined, 23000 unreachable

Findings
  3 hosts: TCP 135 is dropped after 10.0.3.1.

Changes
  newly blocked: pc0.corp.example (10.1.0.0): It was ready and is now blocked: TCP 135 (dropped after 10.0.3.1).
  newly blocked: pc1.corp.example (10.1.0.1): It was ready and is now blocked: TCP 135 (dropped after 10.0.3.1).
  newly blocked: pc2.corp.example (10.1.0.2): It was ready and is now blocked: TCP 135 (dropped after 10.0.3.1).
  fixed: pc0.corp.example (10.1.0.0): It is ready now and was blocked: TCP 135 (dropped).

Reports
  /srv/a.html (attached)
`);
  });

  it('names 50 hosts at most that are neither changed nor the same', () => {
    const { text } = compose(outcomeOf({ diff: diffOf({}, runOf(), 60) }), null, [], cleanText);
    const [, hosts] = text.split('Uncertain in one run or both\n');
    expect(hosts).toMatch(
      /^ {2}pc0\.corp\.example \(10\.3\.0\.0\): Was blocked: TCP 135 \(silently dropped\), now undetermined\.\n/,
    );
    expect(hosts?.match(/^ {2}pc\d+\./gm)).toHaveLength(50);
    expect(hosts).toContain('  and 10 more\n');
    expect(compose(outcomeOf(), null, [], cleanText).text).not.toContain('Uncertain');
  });

  it('fills a subject of its owner', () => {
    const pattern = '[RA] {schedule}: {changes} ({run})';
    expect(compose(outcomeOf({ schedule: '{run}' }), pattern, [], cleanText).subject).toBe(
      '[RA] {run}: 3 hosts newly blocked, 1 fixed (20260108T020000Z-4f2a91)',
    );
  });

  it('names 50 changes and 20 groups, the most serious first', () => {
    const diff = diffOf({ gone: 60, 'newly-blocked': 30 });
    const groups = Array.from({ length: 25 }, () => group);
    const { text } = compose(outcomeOf({ diff, groups }), null, [], cleanText);
    expect(text.match(/^ {2}newly blocked:/gm)).toHaveLength(30);
    expect(text.match(/^ {2}gone:/gm)).toHaveLength(20);
    expect(text).toContain('  and 40 more\n');
    expect(text.match(/^ {2}3 hosts:/gm)).toHaveLength(20);
    expect(text).toContain('  and 5 more\n');
  });

  it('lets no hostile text out of its line or into the markup', () => {
    const lines = compose(hostileOutcome('x'), '{changes} {schedule} {run}', [], cleanText);
    fc.assert(
      fc.property(nastyText, (text) => {
        const one = compose(hostileOutcome(text), '{changes} {schedule} {run}', [], cleanText);
        expect(one.subject).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(one.text).not.toMatch(/[^\P{Cc}\n]|[\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(one.text.split('\n')).toHaveLength(lines.text.split('\n').length);
        expect(one.html.match(/<[^>]*>/g)).toEqual(lines.html.match(/<[^>]*>/g));
      }),
      { numRuns: 50 },
    );
  });
});
