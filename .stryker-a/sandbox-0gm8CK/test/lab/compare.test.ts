import { describe, expect, test } from 'vitest';
import type { HostReport, RangeReport, Report } from '../../src/model/report.ts';
import { differences } from './compare.ts';
import { auditDifferences } from './compare-more.ts';
import type { Expectation } from './row.ts';

/** What the comparison reads of a report. */
const report = (parts: Partial<HostReport>): HostReport => ({
  target: '10.0.0.1',
  address: '10.0.0.1',
  names: [],
  verdict: 'undetermined',
  confidence: 'weak',
  novice: { generation: 'unknown', evidence: [] },
  byGeneration: { 'xp-2003': 'undetermined', 'vista-or-later': 'undetermined' },
  because: [],
  requirements: [],
  ports: [],
  ranges: [],
  coverage: { sampled: 0, population: 0, filtered: 0, blockGuaranteed: 0, upperBound95: 1 },
  endpoints: [],
  path: { hops: [], filters: [], multipath: [] },
  remedies: [],
  ...parts,
});

const wrong = (parts: Partial<HostReport>, expected: Partial<Expectation>): string[] =>
  differences(
    report(parts),
    { verdict: 'undetermined|ready', ...expected },
    { wire: 'linux', placeOf: (place) => `at ${place}`, listed: [] },
  );

const range = (from: number, to: number, state: RangeReport['state'], exact: boolean): RangeReport => ({
  from,
  to,
  state,
  exact,
});

test('one of several verdicts will do, and no other', () => {
  expect(wrong({ verdict: 'ready' }, {})).toEqual([]);
  expect(wrong({ verdict: 'blocked' }, {})).toEqual(['verdict: expected undetermined|ready, got blocked']);
});

describe('stretches', () => {
  const stretches = ['1025-49999 reachable', '50000-54999 filtered', '55000-65535 reachable'];
  test.each<[string, RangeReport, number]>([
    ['a whole filter', range(50_000, 54_999, 'filtered', true), 0],
    ['a part of a filter, called exact', range(50_000, 54_990, 'filtered', true), 1],
    ['a part of a filter, not called exact', range(50_000, 54_990, 'filtered', false), 0],
    ['a filter where none is', range(1025, 2000, 'filtered', false), 1],
    ['an open port between silent ones', range(3389, 3389, 'reachable', true), 0],
    ['a reachable stretch that goes into the filter', range(49_000, 50_100, 'reachable', true), 1],
    ['nothing known', range(50_000, 60_000, 'unknown', false), 0],
  ])('%s', (_, one, count) => {
    expect(wrong({ ranges: [one] }, { stretches })).toHaveLength(count);
  });

  test('none at all forbid any', () => {
    expect(wrong({ ranges: [range(1025, 65_535, 'reachable', false)] }, { stretches: [] })).toHaveLength(1);
  });
});

describe('rules', () => {
  const because = [{ rule: 'lossy-path', text: '', ports: [] }];
  test.each([
    ['lossy-path', 0],
    ['!lossy-path', 1],
    ['other', 1],
    ['!other', 0],
    ['other if blocked', 0],
    ['other if undetermined', 1],
  ])('%s', (saying, count) => {
    expect(wrong({ because }, { because: [saying] })).toHaveLength(count);
  });
});

test('flows are all answered, or only some', () => {
  const port = (answered: number): HostReport['ports'] => [
    {
      port: 135,
      requirement: 'endpoint-mapper',
      state: 'open',
      reason: 'syn-ack',
      from: null,
      ttl: null,
      rttMs: 1,
      attempts: 8,
      flows: { asked: 8, answered },
      service: null,
      detail: null,
    },
  ];
  expect(wrong({ ports: port(5) }, { flows: { 135: 'some' } })).toEqual([]);
  expect(wrong({ ports: port(8) }, { flows: { 135: 'some' } })).toHaveLength(1);
  expect(wrong({ ports: port(8) }, { flows: { 135: 'all' } })).toEqual([]);
  expect(wrong({ ports: port(0) }, { flows: { 135: 'some' } })).toHaveLength(1);
});

test('routers must stand side by side at one TTL', () => {
  const path = (addresses: readonly string[]): HostReport['path'] => ({
    hops: [],
    filters: [],
    multipath: [{ ttl: 2, addresses }],
  });
  expect(wrong({ path: path(['at a', 'at b']) }, { multipath: ['a', 'b'] })).toEqual([]);
  expect(wrong({ path: path(['at a', 'at r2']) }, { multipath: ['a', 'b'] })).toHaveLength(1);
});

test('advice for a place that needs none is wrong', () => {
  const remedies = [{ id: 'open', title: '', where: 'network', text: '', commands: [] }] as const;
  expect(wrong({ remedies }, { noRemedyAt: 'network' })).toHaveLength(1);
  expect(wrong({ remedies }, { noRemedyAt: 'novice' })).toEqual([]);
});

test('a report says what it must, with the addresses of the lab', () => {
  const because = [{ rule: 'x', text: 'Dropped after at r1.', ports: [] }];
  const remedies = [
    { id: 'open', title: 'Open it', where: 'network', text: '', commands: ['nft x'] },
  ] as const;
  expect(wrong({ because, remedies }, { says: ['after $r1.', 'Open it', 'nft x'] })).toEqual([]);
  expect(wrong({ because, remedies }, { says: ['after $r2.'] })).toHaveLength(1);
});

test('neighbours agree, and findings hold the hosts they must', () => {
  const audit = (ready: number, blocked: number, groups: Report['groups']): Report =>
    ({ summary: { ready, blocked }, groups }) as Report;
  const group = {
    id: '',
    signature: 'endpoint-mapper reset',
    hosts: 8,
    prefixes: [],
    text: '',
    commands: [],
  };
  expect(auditDifferences(audit(6, 10, []), { agree: true })).toHaveLength(1);
  expect(auditDifferences(audit(0, 16, []), { agree: true })).toEqual([]);
  expect(auditDifferences(audit(8, 8, [group]), { groups: [['reset', 8]] })).toEqual([]);
  expect(auditDifferences(audit(8, 8, [group]), { groups: [['reset', 7]] })).toHaveLength(1);
  expect(auditDifferences(audit(8, 8, [group]), { groups: [] })).toHaveLength(1);
});
