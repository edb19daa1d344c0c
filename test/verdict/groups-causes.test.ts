import { describe, expect, it } from 'vitest';
import type { FilterReport, HostReport } from '../../src/model/report.ts';
import type { Doubt } from '../../src/verdict/groups/block.ts';
import {
  type Cause,
  causesOf,
  filtersMet,
  hopBehind,
  isLocated,
  isSameFilter,
  placeOf,
  SELF,
} from '../../src/verdict/groups/cause.ts';
import { resolver } from '../../src/verdict/groups/group-hosts.ts';
import { cause, DESKTOP, DYNAMIC } from './causes.ts';
import { HOPS } from './networks.ts';
import { type Sketch, sketch } from './reports.ts';

const DOUBT: Doubt = { silent: 0, spare: 0, zones: 0, verdict: 'blocked' };

describe('the cause that a sighting is counted for', () => {
  /** What the first is counted for, where all of these were seen. */
  const counted = (vague: Cause, others: readonly Cause[], doubt: Partial<Doubt> = {}): Cause => {
    const seen = { cause: vague, doubt: { ...DOUBT, ...doubt } };
    return resolver([seen, ...others.map((one) => ({ cause: one, doubt: DOUBT }))])(seen);
  };
  const located = cause({ afterHop: '10.0.3.1' });

  it('is the one clear cause of its block that it may be', () => {
    expect(counted(cause(), [located])).toEqual(located);
    const named = cause({ by: '10.0.3.2', afterHop: '10.0.3.1' });
    expect(counted(cause({ by: '10.0.3.2' }), [named])).toEqual(named);
    expect(counted(located, [named])).toEqual(named);
    const before = cause({ beforeHop: '10.0.3.1' });
    expect(counted(cause(), [before])).toEqual(before);
    const rejects = cause({ by: '10.0.3.2', beforeHop: '10.0.3.1' });
    expect(counted(before, [rejects])).toEqual(rejects);
  });

  it('is its own where two are clear, or the place is another', () => {
    expect(counted(cause(), [located, cause({ afterHop: '10.0.9.1' })])).toEqual(cause());
    const by = cause({ by: '10.0.3.9' });
    expect(counted(by, [cause({ by: '10.0.3.2', afterHop: '10.0.3.1' })])).toEqual(by);
    const before = cause({ beforeHop: '10.0.5.1' });
    expect(counted(before, [located])).toEqual(before);
    expect(counted(before, [cause({ beforeHop: '10.0.6.1' })])).toEqual(before);
  });

  it('is never what the host does itself, nor another kind of filter', () => {
    expect(counted(cause(), [cause({ by: SELF })])).toEqual(cause());
    const reset = cause({ how: 'reset', afterHop: '10.0.3.1' });
    expect(counted(cause(), [reset])).toEqual(cause());
    expect(counted(cause({ how: 'reset' }), [reset])).toEqual(reset);
  });

  it('may stop more, where that is in doubt or not needed', () => {
    const both = cause({ needs: DYNAMIC | DESKTOP, afterHop: '10.0.3.1' });
    expect(counted(cause(), [both])).toEqual(cause());
    expect(counted(cause(), [both], { silent: DESKTOP })).toEqual(both);
    expect(counted(cause(), [both], { spare: DESKTOP })).toEqual(both);
    expect(counted(cause({ needs: DYNAMIC | DESKTOP }), [located])).toEqual(
      cause({ needs: DYNAMIC | DESKTOP }),
    );
  });

  it('may be a router that rejects, whose ICMP errors are rationed', () => {
    const rejects = cause({ how: 'icmp', by: '10.0.3.2', afterHop: '10.0.3.1' });
    expect(counted(cause(), [rejects])).toEqual(rejects);
    expect(counted(located, [rejects])).toEqual(rejects);
    expect(counted(cause({ afterHop: '10.0.3.2' }), [rejects])).toEqual(rejects);
    expect(counted(cause({ afterHop: '10.0.9.1' }), [rejects])).toEqual(cause({ afterHop: '10.0.9.1' }));
    expect(counted(cause(), [cause({ how: 'icmp' })])).toEqual(cause());
    expect(counted(cause({ how: 'reset' }), [rejects])).toEqual(cause({ how: 'reset' }));
    // Silence nowhere is silence behind a router, and that is its rejections.
    expect(counted(cause(), [located, rejects])).toEqual(rejects);
  });
});

describe('a place', () => {
  const filter = (more: Partial<FilterReport>): FilterReport => ({
    ports: [50_000],
    how: 'drop',
    by: null,
    afterHop: null,
    ...more,
  });

  it('is that of a filter in canonical addresses, or the host itself', () => {
    expect(placeOf(filter({}), '10.1.2.3')).toEqual({ by: null, afterHop: null });
    expect(placeOf(filter({}), null)).toEqual({ by: null, afterHop: null });
    expect(placeOf(filter({ by: '10.1.2.3', afterHop: '10.0.3.1' }), '10.1.2.3')).toEqual({
      by: SELF,
      afterHop: null,
    });
    expect(placeOf(filter({ by: 'FD00:0::2', afterHop: 'FD00:0::1' }), 'fd00::7')).toEqual({
      by: 'fd00::2',
      afterHop: 'fd00::1',
    });
    expect(placeOf(filter({ by: '10.0.3.1', afterHop: '10.0.3.1' }), null)).toEqual({
      by: '10.0.3.1',
      afterHop: null,
    });
    expect(placeOf(filter({ beforeHop: '10.0.3.1' }), null)).toEqual({
      by: null,
      afterHop: null,
      beforeHop: '10.0.3.1',
    });
  });

  it('is known where a router on the way is, and the same where all of it is', () => {
    expect(isLocated(cause())).toBe(false);
    expect(isLocated(cause({ by: SELF }))).toBe(false);
    expect(isLocated(cause({ by: '10.0.3.2' }))).toBe(true);
    expect(isLocated(cause({ afterHop: '10.0.3.1' }))).toBe(true);
    expect(isSameFilter(cause(), cause({ needs: DESKTOP }))).toBe(true);
    for (const other of [{ how: 'icmp' }, { by: '10.0.3.2' }, { afterHop: '10.0.3.1' }] as const)
      expect(isSameFilter(cause(), cause(other))).toBe(false);
  });

  it('has the hop behind it that answered next', () => {
    const hop = (ttl: number, address: string | null) => ({ ttl, address, rttMs: 1 });
    const { path, ...rest } = sketch({ address: '10.1.2.3' });
    const behind = (hops: HostReport['path']['hops'], at: string) =>
      hopBehind({ ...rest, path: { ...path, hops } }, at);
    const hops = [hop(1, null), hop(2, '10.0.1.1'), hop(3, null), hop(4, '10.0.3.1')];
    expect(behind(hops, '10.0.1.1')).toBe('10.0.3.1');
    expect(behind(hops, '10.0.3.1')).toBeNull();
    expect(behind(hops, '10.0.9.1')).toBeNull();
  });
});

describe('the filters that a host met', () => {
  const host = (more: Sketch): HostReport => sketch({ address: '10.1.2.3', hops: HOPS, ...more });
  const ways = (report: HostReport) =>
    filtersMet(report).map(({ requirement, how, by, afterHop }) => [requirement, how, by, afterHop]);
  const DROP = { what: ['dynamic-rpc'], how: 'drop' } as const;
  const REJECT = { what: ['dynamic-rpc'], how: 'icmp' } as const;

  it('are those of failing requirements', () => {
    expect(ways(host({ stops: [DROP] }))).toEqual([['dynamic-rpc', 'drop', null, null]]);
    expect(ways(host({ stops: [DROP], dynamic: ['pass', 'dynamic-all-answered'] }))).toEqual([]);
    expect(ways(host({ mapper: ['fail', 'mapper-refused'] }))).toEqual([]);
    const desktop = { ...DROP, what: ['remote-desktop'] } as const;
    expect(ways(host({ stops: [DROP, desktop], dynamic: ['undetermined', 'dynamic-silent'] }))).toEqual([
      ['remote-desktop', 'drop', null, null],
    ]);
  });

  it('leave out silence beside rejections, unless it sits elsewhere or is of another requirement', () => {
    const hows = (...stops: NonNullable<Sketch['stops']>) => ways(host({ stops })).map(([, how]) => how);
    const at = (one: typeof DROP | typeof REJECT, after: string) => ({ ...one, after });
    expect(hows(DROP, REJECT)).toEqual(['icmp']);
    expect(hows(at(DROP, '10.0.3.1'), REJECT)).toEqual(['icmp']);
    expect(hows(DROP, at(REJECT, '10.0.3.1'))).toEqual(['icmp']);
    expect(hows(at(DROP, '10.0.3.1'), at(REJECT, '10.0.3.1'))).toEqual(['icmp']);
    expect(hows(at(DROP, '10.0.3.1'), at(REJECT, '10.0.9.1'))).toEqual(['drop', 'icmp']);
    expect(hows({ ...DROP, what: ['remote-desktop'] }, REJECT)).toEqual(['drop', 'icmp']);
    expect(hows({ ...DROP, how: 'reset' }, REJECT)).toEqual(['reset', 'icmp']);
    // One rejection among others is enough.
    expect(hows(DROP, { ...REJECT, what: ['remote-desktop'] }, REJECT)).toEqual(['icmp', 'icmp']);
  });

  it('are its causes, keyed by what they stop, how and where', () => {
    const keys = (report: HostReport) => causesOf(report).map(({ key }) => key);
    expect(keys(host({ stops: [DROP] }))).toEqual([`${DYNAMIC} drop - -`]);
    expect(keys(host({ stops: [{ ...REJECT, by: '10.0.3.2', after: '10.0.3.1' }] }))).toEqual([
      `${DYNAMIC} icmp 10.0.3.2 10.0.3.1`,
    ]);
    const [met] = host({ stops: [DROP] }).path.filters;
    const before = {
      ...host({ stops: [DROP] }),
      path: { ...host({ stops: [DROP] }).path, filters: [{ ...met, beforeHop: '10.0.3.1' } as FilterReport] },
    };
    expect(keys(before)).toEqual([`${DYNAMIC} drop - <10.0.3.1`]);
    expect(keys(host({ stops: [DROP], rule: 'address-translation' }))).toEqual([]);
    expect(keys(host({ stops: [DROP], verdict: 'undetermined' }))).toEqual([]);
    expect(keys(host({ mapper: ['fail', 'mapper-refused', 'likely'] }))).toEqual(['1 refused - -']);
    expect(keys(host({ mapper: ['fail', 'mapper-refused', 'proven'] }))).toEqual([]);
  });
});
