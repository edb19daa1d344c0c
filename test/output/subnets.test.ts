import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SHOWN_VERDICTS, shownCounts } from '../../src/model/shown-verdict.ts';
import { bySubnet, coverOf, extentOf, subnetOf } from '../../src/output/subnets.ts';
import { surveyOf } from '../../src/output/survey.ts';
import { auditOf } from './audit-reports.ts';
import { blocked, reportOf, unnamed, unreachable } from './reports.ts';
import { resultOf } from './result-of.ts';

const textOf = (address: string | null): string | undefined => subnetOf(address)?.text;

describe('subnetOf', () => {
  it.each([
    ['10.1.2.3', '10.1.2.0/24'],
    ['255.255.255.255', '255.255.255.0/24'],
    ['2001:db8:1234:5678:9abc:def0:1234:5678', '2001:db8:1234:5678::/64'],
    ['::1', '::/64'],
    ['fe80::1%eth0', 'fe80::/64'],
    ['1.2.3.256', undefined],
    ['pc', undefined],
    ['', undefined],
    [null, undefined],
  ])('%s is in %s', (address, subnet) => {
    expect(textOf(address)).toBe(subnet);
  });

  it('takes whatever comes', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void subnetOf(text)));
  });

  it('sorts by number, IPv4 first, no address last', () => {
    const sorted = ['10.10.0.1', null, '2001:db8::1', '10.9.0.1', '9.0.0.1'].map(subnetOf).sort(bySubnet);
    expect(sorted.map((one) => one?.text)).toEqual([
      '9.0.0.0/24',
      '10.9.0.0/24',
      '10.10.0.0/24',
      '2001:db8::/64',
      undefined,
    ]);
  });
});

const lan = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, i) => `10.1.2.${from + i}`);

describe('extentOf', () => {
  it.each([
    ['a half of a quarter', lan(0, 63), '10.1.2.0/26'],
    ['a quarter in the middle', lan(64, 127), '10.1.2.64/26'],
    ['a whole /24', lan(0, 255), '10.1.2.0/24'],
    ['all but the first and the last', lan(1, 254), '10.1.2.1-10.1.2.254'],
    ['a range over a boundary', lan(60, 70), '10.1.2.60-10.1.2.70'],
    ['gaps', ['10.1.2.1', '10.1.2.9', '10.1.2.14'], 'within 10.1.2.0/28'],
    ['one, twice', ['10.1.2.9', '10.1.2.9'], '10.1.2.9'],
    ['IPv6', ['2001:db8::11', '2001:db8::10'], '2001:db8::10/127'],
    ['names without addresses', [null, 'pc'], null],
  ])('names no more than what is there: %s', (_, addresses, where) => {
    expect(extentOf(addresses)).toBe(where);
  });

  it('holds every address that it is given, and where it does not say within, no other', () => {
    const low = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(fc.uniqueArray(low, { minLength: 2 }), (lows) => {
        const where = extentOf(lows.map((one) => `10.1.2.${one}`)) ?? '';
        const [from = '', to] = where.replace('within ', '').split('-');
        const ends = to === undefined ? null : [from, to].map((one) => Number(one.split('.')[3]));
        const covers = ends
          ? (one: number) => one >= (ends[0] ?? 0) && one <= (ends[1] ?? 0)
          : (one: number) => coverOf([from])(`10.1.2.${one}`);
        const held = lan(0, 255).filter((_, one) => covers(one)).length;
        expect(lows.every(covers)).toBe(true);
        if (!where.startsWith('within')) expect(held).toBe(lows.length);
      }),
    );
  });
});

describe('coverOf', () => {
  const inside = coverOf([
    '10.0.0.0/9',
    '192.168.1.7/32',
    '192.168.1.9',
    '2001:db8::/33',
    'nonsense',
    '1.2.3.4/33',
  ]);

  it.each([
    ['10.127.255.255', true],
    ['10.128.0.0', false],
    ['192.168.1.7', true],
    ['192.168.1.8', false],
    ['192.168.1.9', true],
    ['2001:db8:7fff::1', true],
    ['2001:db8:8000::1', false],
    ['1.2.3.4', false],
    ['nonsense', false],
  ])('%s: %s', (address, expected) => {
    expect(inside(address)).toBe(expected);
  });

  it('agrees with arithmetic', () => {
    const number = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    const dotted = (value: number) => [24, 16, 8, 0].map((by) => Math.floor(value / 2 ** by) % 256).join('.');
    fc.assert(
      fc.property(number, number, fc.integer({ min: 0, max: 32 }), (a, b, long) => {
        const size = 2 ** (32 - long);
        const same = Math.floor(a / size) === Math.floor(b / size);
        expect(coverOf([`${dotted(a)}/${long}`])(dotted(b))).toBe(same);
      }),
    );
  });
});

describe('surveyOf', () => {
  it('counts every host once', () => {
    const report = auditOf(5000);
    const { subnets, silent } = resultOf(surveyOf(report));
    const all = [...subnets, ...silent];
    const { hosts, clearSoFar } = report.summary;
    expect(clearSoFar).toBeGreaterThan(0);
    const counts = { hosts, ...shownCounts(report.summary) };
    for (const key of ['hosts', ...SHOWN_VERDICTS] as const)
      expect(all.reduce((sum, one) => sum + one[key], 0)).toBe(counts[key]);
    expect(silent.every((one) => one.unreachable === one.hosts)).toBe(true);
    expect(subnets[0]?.subnet?.text).toBe('10.64.2.0/24');
  });

  it('leaves out of the lone rules what a finding explains', () => {
    const { lone } = resultOf(surveyOf(auditOf(5000)));
    expect(lone.map(({ rule, example }) => [rule, example])).toEqual([['mapper-refused', '10.64.0.1']]);
    const rules = resultOf(surveyOf({ ...auditOf(5000), groups: [] })).lone.map(({ rule }) => rule);
    expect(rules).toEqual(['dynamic-dropped-on-way', 'mapper-refused']);
  });

  it('tells a remedy that is the same everywhere from one that names its host', () => {
    const [remedy] = blocked.remedies;
    const other = { ...blocked, remedies: [{ ...remedy, text: 'Another.' } as never] };
    expect(resultOf(surveyOf(reportOf([blocked, blocked]))).remedies).toMatchObject([
      { hosts: 2, same: true },
    ]);
    expect(resultOf(surveyOf(reportOf([blocked, other]))).remedies).toMatchObject([
      { hosts: 2, same: false },
    ]);
  });

  it('puts hosts without an address in one place', () => {
    const { silent } = resultOf(surveyOf(reportOf([unnamed, unnamed, unreachable])));
    expect(silent.map(({ subnet, hosts }) => [subnet?.text ?? null, hosts])).toEqual([
      ['2001:db8:1234:5678::/64', 1],
      [null, 2],
    ]);
  });
});
