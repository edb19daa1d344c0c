import { describe, expect, it } from 'vitest';
import type { FilterReport, HostReport } from '../../src/model/report.ts';
import { kindOf } from '../../src/verdict/changes/change-kind.ts';
import { hostFailureWords } from '../../src/verdict/changes/host-snapshot.ts';
import { diffHosts } from '../../src/verdict/diff.ts';
import { type Sketch, type Stop, sketch } from './reports.ts';

const host = (of: Sketch = {}): HostReport => sketch({ address: '10.1.2.3', ...of });
const DYNAMIC: Stop = { what: ['dynamic-rpc'], how: 'drop', after: '10.0.3.1' };

const GONE: Sketch = { verdict: 'unreachable', confidence: 'proven' };
const UNSURE: Sketch = { verdict: 'unreachable', confidence: 'weak' };
/** A run that was cut short says nothing. */
const CUT: Sketch = { verdict: 'unreachable', confidence: 'proven', rule: 'interrupted' };

describe('a host that answers in one run', () => {
  it.each<[string, Sketch | null, 'gone' | null]>([
    ['and is not in the other', null, 'gone'],
    ['and is not there in the other', GONE, 'gone'],
    ['and perhaps not in the other', UNSURE, null],
    ['and the other was cut short', CUT, null],
  ])('%s', (_, other, gone) => {
    const there = host({ stops: [DYNAMIC] });
    const then = other && host(other);
    expect(kindOf(there, then)).toBe(gone);
    expect(kindOf(then, there)).toBe(gone && 'appeared');
  });

  it('is nothing where it is in neither', () => {
    for (const one of [null, GONE, UNSURE, CUT])
      for (const other of [null, GONE, UNSURE, CUT])
        expect(kindOf(one && host(one), other && host(other))).toBeNull();
  });
});

describe('a verdict that differs', () => {
  const BLOCKED = host({ stops: [DYNAMIC] });

  it('is a change where both are firm', () => {
    expect(kindOf(host(), BLOCKED)).toBe('newly-blocked');
    expect(kindOf(BLOCKED, host())).toBe('mended');
    expect(kindOf(BLOCKED, BLOCKED)).toBeNull();
    expect(kindOf(host(), host())).toBeNull();
  });

  it('is none where one is in doubt, or weak', () => {
    const doubts = [
      host({ verdict: 'undetermined', confidence: 'likely' }),
      host({ verdict: 'ready', confidence: 'weak' }),
      host({ verdict: 'blocked', confidence: 'weak' }),
    ];
    for (const doubt of doubts)
      for (const firm of [host(), BLOCKED]) {
        expect(kindOf(doubt, firm)).toBeNull();
        expect(kindOf(firm, doubt)).toBeNull();
      }
  });
});

describe('a cause that differs', () => {
  /** The same host blocked by these filters, on one dynamic port. */
  const blocked = (
    confidence: 'proven' | 'likely' | 'weak',
    ...places: Partial<FilterReport>[]
  ): HostReport => {
    const report = host({ stops: [DYNAMIC], dynamic: ['fail', 'dynamic-dropped-on-way', confidence] });
    const filters = places.map(
      (place): FilterReport => ({ ports: [50_000], how: 'drop', by: null, afterHop: null, ...place }),
    );
    return { ...report, confidence: 'proven', path: { ...report.path, filters } };
  };
  const near = { afterHop: '10.0.3.1' };
  const far = { afterHop: '10.0.9.1' };

  it('is a change where all that is known of both places differs, and both are proven', () => {
    expect(kindOf(blocked('proven', near), blocked('proven', far))).toBe('changed-cause');
    expect(kindOf(blocked('proven', near), blocked('proven', near))).toBeNull();
    expect(kindOf(blocked('likely', near), blocked('proven', far))).toBeNull();
    expect(kindOf(blocked('proven', near), blocked('likely', far))).toBeNull();
    expect(kindOf(blocked('proven', near, far), blocked('proven', far))).toBeNull();
    expect(kindOf(blocked('proven', near), blocked('proven', far, near))).toBeNull();
    expect(kindOf(blocked('proven', near, { afterHop: '10.0.4.1' }), blocked('proven', far))).toBe(
      'changed-cause',
    );
    expect(kindOf(blocked('proven', {}), blocked('proven', far))).toBeNull();
  });

  it('is none of a requirement that is weak in either run', () => {
    const reset = { ...far, how: 'reset' } as const;
    expect(kindOf(blocked('proven', near), blocked('proven', reset))).toBe('changed-cause');
    expect(kindOf(blocked('weak', near), blocked('proven', reset))).toBeNull();
    expect(kindOf(blocked('proven', near), blocked('weak', reset))).toBeNull();
  });

  it('may be other exact ports, where both runs know them and fail there', () => {
    const exact = (from: number): Sketch => ({
      ranges: [{ from, to: 57_000, state: 'filtered', exact: true }],
    });
    const desktop: Stop = { what: ['remote-desktop'], how: 'drop', after: '10.0.3.1' };
    const kind = (a: Sketch, b: Sketch) => kindOf(host(a), host(b));
    const stops = [DYNAMIC];
    expect(kind({ stops, ...exact(50_000) }, { stops, ...exact(51_000) })).toBe('changed-cause');
    expect(kind({ stops, ...exact(50_000) }, { stops, ...exact(50_000) })).toBeNull();
    expect(kind({ stops, ...exact(50_000) }, { stops })).toBeNull();
    expect(kind({ stops: [desktop], ...exact(50_000) }, { stops: [desktop], ...exact(51_000) })).toBeNull();
  });
});

describe('the words of what stops a host', () => {
  it('name up to four exact ranges', () => {
    const ranges = Array.from({ length: 5 }, (_, i) => ({
      from: 50_000 + 1000 * i,
      to: 50_500 + 1000 * i,
      state: 'filtered' as const,
      exact: true,
    }));
    const of = (count: number) =>
      hostFailureWords(host({ stops: [DYNAMIC], ranges: ranges.slice(0, count) }));
    expect(of(0)).toBe('dynamic RPC ports (silently dropped after 10.0.3.1)');
    expect(of(1)).toBe('TCP 50000-50500 (silently dropped after 10.0.3.1)');
    expect(of(4)).toBe(
      'TCP 50000-50500, 51000-51500, 52000-52500, 53000-53500 (silently dropped after 10.0.3.1)',
    );
    expect(of(5)).toBe('dynamic RPC ports (silently dropped after 10.0.3.1)');
  });

  it('name a place that is the only one', () => {
    const [filter] = host({ stops: [DYNAMIC] }).path.filters;
    if (!filter) throw new Error('no filter');
    const report = host({ stops: [DYNAMIC] });
    const unknown = { ...filter, afterHop: null };
    const of = (...filters: FilterReport[]) =>
      hostFailureWords({ ...report, path: { ...report.path, filters } });
    expect(of(filter, unknown)).toBe('dynamic RPC ports (silently dropped after 10.0.3.1)');
    expect(of(filter, { ...filter, afterHop: '10.0.9.1' })).toBe('dynamic RPC ports (silently dropped)');
  });
});

describe('two runs', () => {
  it('have changes with the address that is known of either', () => {
    const named = (address: string | null, of: Sketch) => sketch({ target: 'pc1', address, ...of });
    const change = (a: HostReport | null, b: HostReport | null) =>
      diffHosts(a ? [a] : [], b ? [b] : []).changes[0]?.address;
    const blocked = { stops: [DYNAMIC] };
    expect(change(named('10.1.2.3', {}), named('10.1.2.4', blocked))).toBe('10.1.2.4');
    expect(change(named('10.1.2.3', {}), named(null, blocked))).toBe('10.1.2.3');
    expect(change(null, named('10.1.2.4', {}))).toBe('10.1.2.4');
    expect(change(named('10.1.2.3', {}), null)).toBe('10.1.2.3');
    expect(change(null, named(null, {}))).toBeNull();
    const doubt = { verdict: 'undetermined' } as const;
    const uncertain = (a: HostReport, b: HostReport) => diffHosts([a], [b]).uncertain[0]?.address;
    expect(uncertain(named('10.1.2.3', doubt), named('10.1.2.4', {}))).toBe('10.1.2.4');
    expect(uncertain(named('10.1.2.3', doubt), named(null, {}))).toBe('10.1.2.3');
  });
});
