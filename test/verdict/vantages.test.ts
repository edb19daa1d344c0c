import { describe, expect, it } from 'vitest';
import type { HostReport, PortReport, Verdict } from '../../src/model/report.ts';
import {
  Disagreements,
  fromSickVantage,
  hasAnswered,
  sickOf,
  VantageTally,
} from '../../src/verdict/vantages.ts';
import { blocked } from '../output/reports.ts';

const host = (address: string, verdict: Verdict): HostReport => ({
  ...blocked,
  target: address,
  address,
  verdict,
});
const tallyOf = (names: readonly string[]): VantageTally => new VantageTally(names);

describe('vantages side by side', () => {
  it('disagree where one sees a host blocked that others see clear', () => {
    const tally = tallyOf(['hq', 'branch-3', 'branch-7']);
    for (let last = 1; last <= 7; last += 1)
      tally.add((['ready', 'ready', 'blocked'] as const).map((verdict) => host(`10.1.2.${last}`, verdict)));
    tally.add((['blocked', 'blocked', 'blocked'] as const).map((verdict) => host('10.1.2.99', verdict)));
    tally.add(
      (['ready', 'unreachable', 'undetermined'] as const).map((verdict) => host('10.1.3.1', verdict)),
    );
    expect(tally.findings()).toMatchObject([
      {
        kind: 'blocked-only-from',
        subnet: '10.1.2.0/24',
        hosts: 7,
        examples: ['10.1.2.1', '10.1.2.2', '10.1.2.3', '10.1.2.4', '10.1.2.5'],
        blocked: ['branch-7'],
        clear: ['hq', 'branch-3'],
        unknown: [],
      },
    ]);
    expect(tally.findings()[0]?.text).toMatch(
      /^7 hosts in 10\.1\.2\.0\/24 are blocked only from branch-7 \(1 of 3 vantages\): clear from hq and branch-3\./,
    );
    expect(tally.matrix()).toEqual([
      {
        subnet: '10.1.2.0/24',
        cells: [
          { vantage: 'hq', hosts: 8, clear: 7, blocked: 1, undetermined: 0, unreachable: 0 },
          { vantage: 'branch-3', hosts: 8, clear: 7, blocked: 1, undetermined: 0, unreachable: 0 },
          { vantage: 'branch-7', hosts: 8, clear: 0, blocked: 8, undetermined: 0, unreachable: 0 },
        ],
      },
      {
        subnet: '10.1.3.0/24',
        cells: [
          { vantage: 'hq', hosts: 1, clear: 1, blocked: 0, undetermined: 0, unreachable: 0 },
          { vantage: 'branch-3', hosts: 1, clear: 0, blocked: 0, undetermined: 0, unreachable: 1 },
          { vantage: 'branch-7', hosts: 1, clear: 0, blocked: 0, undetermined: 1, unreachable: 0 },
        ],
      },
    ]);
  });

  it.each([
    [
      ['blocked', 'blocked', 'ready'],
      'clear-only-from',
      /clear only from c \(1 of 3 vantages\): blocked from a and b/,
    ],
    [
      ['blocked', 'ready', 'ready', 'undetermined'],
      'blocked-only-from',
      /blocked only from a \(1 of 4 vantages\): clear from b and c, d cannot tell/,
    ],
    [
      ['blocked', 'ready', 'undetermined'],
      'blocked-from',
      /is blocked from a \(1 of 3 vantages\): clear from b, c cannot tell/,
    ],
    [['blocked', 'blocked', 'ready', 'ready'], 'blocked-from', /blocked from a and b \(2 of 4 vantages\)/],
  ] as const)('say no more than their number allows: %j', (verdicts, kind, text) => {
    const tally = tallyOf(['a', 'b', 'c', 'd'].slice(0, verdicts.length));
    tally.add(verdicts.map((verdict) => host('10.1.2.1', verdict)));
    const [found] = tally.findings();
    expect(found?.kind).toBe(kind);
    expect(found?.text).toMatch(text);
  });

  it('do not count the one that is sick, nor what a vantage did not judge', () => {
    const tally = tallyOf(['hq', 'down']);
    tally.add([host('10.1.2.1', 'ready'), fromSickVantage(host('10.1.2.1', 'blocked'), 'down')]);
    tally.add([host('10.1.2.2', 'ready'), null]);
    expect(tally.findings()).toEqual([]);
    expect(tally.matrix()[0]?.cells.map(({ hosts }) => hosts)).toEqual([2, 1]);
  });

  it('call a host without an address by no subnet', () => {
    const tally = tallyOf(['a', 'b']);
    tally.add([
      { ...host('', 'ready'), target: 'pc1', address: null },
      { ...host('', 'blocked'), address: null },
    ]);
    expect(tally.findings()[0]).toMatchObject({
      subnet: null,
      examples: ['pc1'],
      text: expect.stringMatching(/^1 host is/),
    });
  });
});

describe('a vantage', () => {
  it('is sick when nothing came back to it, and another reached several hosts', () => {
    expect(sickOf([0, 3, 100])).toEqual([true, false, false]);
    expect(sickOf([0, 3])).toEqual([true, false]);
    expect(sickOf([0, 2])).toEqual([false, false]);
    expect(sickOf([0, 0])).toEqual([false, false]);
    expect(sickOf([0])).toEqual([false]);
  });

  it('has an answer where the host itself said something', () => {
    const port = (reason: PortReport['reason']): HostReport => ({
      ...blocked,
      ports: blocked.ports.slice(0, 1).map((one) => ({ ...one, reason })),
    });
    expect(
      ['syn-ack', 'conn-refused', 'reset'].map((one) => hasAnswered(port(one as PortReport['reason']))),
    ).toEqual([true, true, true]);
    expect(
      ['no-response', 'admin-prohibited', 'middlebox-reset', 'local-fault'].map((one) =>
        hasAnswered(port(one as PortReport['reason'])),
      ),
    ).toEqual([false, false, false, false]);
  });

  it('that is sick has found nothing', () => {
    const report = fromSickVantage(host('10.1.2.1', 'blocked'), 'branch-7');
    expect(report).toMatchObject({
      verdict: 'undetermined',
      confidence: 'weak',
      byGeneration: { 'xp-2003': 'undetermined', 'vista-or-later': 'undetermined' },
      remedies: [],
    });
    expect(report.because[0]).toMatchObject({
      rule: 'vantage-sick',
      text: expect.stringContaining('the trouble is at branch-7'),
    });
  });
});

describe('disagreements while vantages probe', () => {
  it('count a host when all vantages have judged it, once', () => {
    const live = new Disagreements(['hq', 'branch-7'], 4);
    expect(live.add(0, 2, host('10.1.2.3', 'ready'))).toBe(true);
    expect(live.findings()).toEqual([]);
    expect(live.add(1, 2, host('10.1.2.3', 'blocked'))).toBe(true);
    expect(live.add(1, 2, host('10.1.2.3', 'ready'))).toBe(false);
    expect(live.findings()).toMatchObject([
      { kind: 'blocked-only-from', subnet: '10.1.2.0/24', hosts: 1, blocked: ['branch-7'], clear: ['hq'] },
    ]);
  });
});
