import { describe, expect, it } from 'vitest';
import { hostSnapshotOf } from '../../src/verdict/changes/host-snapshot.ts';
import { changeBetween, host, kindBetween, MAPPER } from './changes.ts';
import type { Sketch, Stop } from './reports.ts';

describe('a changed cause', () => {
  const dynamic = (more: Partial<Stop> = {}): Stop => ({ what: ['dynamic-rpc'], how: 'drop', ...more });
  const filtered = (from: number, exact: boolean) => [
    { from, to: 54_999, state: 'filtered' as const, exact },
  ];
  const changes = (before: Sketch, after: Sketch): boolean => {
    const kinds = [kindBetween(host(before), host(after)), kindBetween(host(after), host(before))];
    expect(kinds[0]).toBe(kinds[1]);
    return kinds[0] === 'changed-cause';
  };

  it.each<[string, Sketch, Sketch, boolean]>([
    ['another requirement', { stops: [dynamic()] }, { stops: [MAPPER] }, true],
    ['one requirement more', { stops: [MAPPER] }, { stops: [MAPPER, dynamic()] }, true],
    [
      'one more that was in doubt before',
      { stops: [MAPPER], dynamic: ['undetermined', 'dynamic-silent', 'weak'] },
      { stops: [MAPPER, dynamic()] },
      false,
    ],
    [
      'one that is not needed any more, for the generation was guessed otherwise',
      { stops: [MAPPER, { ...MAPPER, what: ['remote-desktop'] }] },
      { stops: [MAPPER], desktop: ['not-needed', 'desktop-not-needed', 'proven'] },
      false,
    ],
    ['another way', { stops: [dynamic()] }, { stops: [dynamic({ how: 'icmp' })] }, true],
    [
      'silence beside rejections, which are rationed',
      { stops: [dynamic({ how: 'icmp', by: '10.0.3.2' }), dynamic()] },
      { stops: [dynamic({ how: 'icmp', by: '10.0.3.2' })] },
      false,
    ],
    [
      'another place, both proven',
      { stops: [dynamic({ after: '10.0.3.1' })] },
      { stops: [dynamic({ after: '10.0.4.1' })] },
      true,
    ],
    [
      'another place, one not proven',
      { stops: [dynamic({ after: '10.0.3.1' })] },
      { stops: [dynamic({ after: '10.0.4.1' })], dynamic: ['fail', 'dynamic-selective', 'likely'] },
      false,
    ],
    [
      'a place that one run does not know',
      { stops: [dynamic({ after: '10.0.3.1' })] },
      { stops: [dynamic()] },
      false,
    ],
    [
      'places known by different things',
      { stops: [dynamic({ how: 'icmp', by: '10.0.3.2' })] },
      { stops: [dynamic({ how: 'icmp', after: '10.0.3.1' })] },
      false,
    ],
    [
      'another exact range',
      { stops: [dynamic()], ranges: filtered(50_000, true) },
      { stops: [dynamic()], ranges: filtered(51_000, true) },
      true,
    ],
    [
      'another range, one only sampled',
      { stops: [dynamic()], ranges: filtered(50_000, true) },
      { stops: [dynamic()], ranges: filtered(51_000, false) },
      false,
    ],
    [
      'another exact range that the host does not need',
      { stops: [MAPPER], ranges: filtered(50_000, true) },
      { stops: [MAPPER], ranges: filtered(51_000, true) },
      false,
    ],
    [
      'the silence of a raised host, dropped in the other run',
      { stops: [dynamic({ after: '10.0.3.1' })] },
      { dynamic: ['fail', 'group-raised', 'likely'] },
      false,
    ],
  ])('is %s: %4$s', (_, before, after, expected) => {
    expect(changes(before, after)).toBe(expected);
  });
});

describe('the words of a failure', () => {
  it('name exact ranges while they are few, and one place', () => {
    const stop: Stop = { what: ['dynamic-rpc'], how: 'icmp', by: '10.0.3.2', after: '10.0.3.1' };
    const ranges = [1, 2, 3, 4, 5].map((n) => ({
      from: n * 10_000,
      to: n * 10_000 + 99,
      state: 'filtered' as const,
      exact: true,
    }));
    const text = (count: number) =>
      changeBetween(host(), host({ stops: [stop], ranges: ranges.slice(0, count) }))?.text;
    expect(text(2)).toBe(
      'Was ready, now blocked: TCP 10000-10099, 20000-20099 (rejected with ICMP by 10.0.3.2 after 10.0.3.1).',
    );
    expect(text(5)).toContain('dynamic RPC ports (rejected');
    expect(changeBetween(host(), host({ stops: [stop, { ...stop, after: '10.0.9.1' }] }))?.text).toContain(
      'dynamic RPC ports (rejected with ICMP).',
    );
  });
});

describe('standingOf', () => {
  it('names causes in stable words, sorted', () => {
    const report = host({
      stops: [
        { ...MAPPER, what: ['remote-desktop'], how: 'reset' },
        { what: ['dynamic-rpc'], how: 'icmp' },
      ],
      mapper: ['fail', 'mapper-foreign'],
    });
    expect(hostSnapshotOf(report).causes).toEqual([
      'dynamic-rpc icmp',
      'endpoint-mapper foreign',
      'remote-desktop reset',
    ]);
    expect(hostSnapshotOf({ ...report, verdict: 'unreachable' }).causes).toEqual([]);
  });
});
