import { describe, expect, it } from 'vitest';
import type { HostReport } from '../../src/model/report.ts';
import {
  endIsKnown,
  isWithin,
  type RouterPath,
  routerPathOf,
  together,
} from '../../src/verdict/witness/router-path.ts';
import type { SilentHost } from '../../src/verdict/witness/silent-host.ts';
import { SubnetWitnesses } from '../../src/verdict/witness/subnet-witnesses.ts';
import type { WitnessEvidence } from '../../src/verdict/witness/witness-evidence.ts';
import { DESKTOP } from '../../src/verdict/zones.ts';
import { sketch } from './reports.ts';

const MODERN = 4;
const LEGACY = 1;
const WAY: RouterPath = [['10.0.1.1'], ['10.0.2.1']];

const shows = (low: number, more: Partial<WitnessEvidence> = {}): WitnessEvidence => ({
  address: `10.1.2.${low}`,
  route: WAY,
  clear: MODERN,
  isSure: true,
  against: 0,
  silent: null,
  endsEarly: false,
  ...more,
});

const silent = (more: Partial<SilentHost> = {}): SilentHost => ({
  address: '10.1.2.10',
  needs: MODERN,
  route: WAY,
  passes: true,
  ...more,
});

const subnetOf = (
  shown: readonly WitnessEvidence[],
  novices: readonly SilentHost[] = [],
): SubnetWitnesses => {
  const subnet = new SubnetWitnesses();
  for (const one of shown) subnet.addTestimony(one);
  for (const one of novices) subnet.addNovice(one);
  return subnet;
};

const asked = (shown: readonly WitnessEvidence[], novice = silent(), novices: readonly SilentHost[] = []) =>
  subnetOf(shown, novices).ask(novice);

describe('the hosts of a subnet', () => {
  it('are named in the order of their addresses, the first two of all', () => {
    const clear = { says: 'clear', by: ['10.1.2.20', '10.1.2.21'], followed: true, isSure: true };
    for (const lows of [
      [20, 21, 22],
      [22, 21, 20],
      [21, 22, 20],
    ])
      expect(asked(lows.map((low) => shows(low)))).toEqual(clear);
    // Whatever kinds they are of.
    expect(asked([shows(22), shows(21, { clear: MODERN | LEGACY }), shows(20, { isSure: false })])).toEqual(
      clear,
    );
  });

  it('must be clear in all that a novice needs', () => {
    const novice = silent({ needs: MODERN | DESKTOP });
    expect(asked([shows(20), shows(21)], novice)).toBeNull();
    const whole = { clear: MODERN | DESKTOP | LEGACY };
    expect(asked([shows(20, whole), shows(21, whole)], novice)?.says).toBe('clear');
    expect(asked([shows(20, whole), shows(21)], novice)).toBeNull();
  });

  it('say nothing where none of them is clear, even if one is filtered', () => {
    expect(asked([shows(20, { clear: 0, against: MODERN })])).toBeNull();
    expect(asked([])).toBeNull();
  });

  it('disagree where one is filtered in what the novice needs; the first such is named', () => {
    const clear = [shows(20), shows(21), shows(22)];
    const against = (low: number, zones: number) => shows(low, { clear: LEGACY, against: zones });
    for (const lows of [
      [30, 31, 32],
      [32, 31, 30],
    ]) {
      const all = [...clear, ...lows.map((low) => against(low, MODERN))];
      expect(asked(all)).toEqual({
        says: 'disagree',
        clear: ['10.1.2.20', '10.1.2.21'],
        against: ['10.1.2.30'],
      });
    }
    expect(asked([...clear, against(30, LEGACY)])?.says).toBe('clear');
    const both = { clear: MODERN | DESKTOP };
    expect(
      asked(
        [shows(20, both), against(31, DESKTOP), against(30, MODERN), against(33, MODERN | DESKTOP)],
        silent({ needs: MODERN | DESKTOP }),
      ),
    ).toMatchObject({ says: 'disagree', against: ['10.1.2.30'] });
  });

  it('are no clear witnesses once something of them is filtered, wherever that is', () => {
    const partly = shows(20, { against: LEGACY });
    expect(asked([partly, shows(21)])).toBeNull();
  });

  it('are no witnesses without a route to its last router', () => {
    for (const route of [null, [['10.0.1.1'], []]])
      expect(asked([shows(20, { route }), shows(21, { route })])).toBeNull();
  });

  it('are sure when one of them is', () => {
    const unsure = { isSure: false };
    expect(asked([shows(20, unsure), shows(21)])).toMatchObject({ isSure: true });
    expect(asked([shows(20, unsure), shows(21, unsure)])).toMatchObject({ isSure: false });
  });

  it('count only behind the routers of the novice', () => {
    const longer: RouterPath = [['10.0.1.1'], ['10.0.4.1'], ['10.0.2.1']];
    const other: RouterPath = [['10.0.1.1'], ['10.0.2.2']];
    for (const route of [longer, other])
      expect(asked([shows(20, { route }), shows(21, { route })])).toBeNull();
    expect(asked([shows(20), shows(21, { route: longer })])).toBeNull();
    expect(asked([shows(20), shows(21), shows(19, { route: other })])).toMatchObject({
      by: ['10.1.2.20', '10.1.2.21'],
    });
    // Hosts behind another of the last routers say nothing, though all its routers are known from others.
    expect(asked([shows(20), shows(21, { route: other })])).toBeNull();
    const shared: RouterPath = [['10.0.1.1'], ['10.0.2.1', '10.0.2.2']];
    expect(asked([shows(20, { route: shared }), shows(21)])?.says).toBe('clear');
    // One link, no router.
    expect(asked([shows(20, { route: [] }), shows(21, { route: [] })], silent({ route: [] }))?.says).toBe(
      'clear',
    );
  });

  it('speak for a novice that was not followed when one that needs as much was, behind the same routers', () => {
    const two = [shows(20), shows(21)];
    const own = silent({ passes: false });
    const followed = silent({ address: '10.1.2.11' });
    expect(asked(two, own)).toBeNull();
    expect(asked(two, own, [own])).toBeNull();
    expect(asked(two, own, [followed])).toEqual({
      says: 'clear',
      by: ['10.1.2.20', '10.1.2.21'],
      followed: false,
      isSure: true,
    });
    expect(asked(two, own, [{ ...followed, needs: LEGACY }])).toBeNull();
    // Each of those that were followed counts, whatever else it needs.
    expect(asked(two, own, [followed, { ...followed, needs: LEGACY }])?.says).toBe('clear');
    expect(asked(two, own, [{ ...followed, needs: LEGACY }, followed])?.says).toBe('clear');
    expect(asked(two, own, [{ ...followed, needs: LEGACY | MODERN }])?.says).toBe('clear');
    expect(asked(two, own, [{ ...followed, route: [['10.0.1.1'], ['10.0.2.2']] }])).toBeNull();
    expect(asked(two, own, [{ ...followed, route: [['10.0.1.1'], []] }])).toBeNull();
    expect(asked(two, own, [{ ...followed, route: null }])).toBeNull();
  });

  it('speak for a novice of unknown route only where there is one way into the subnet', () => {
    const two = [shows(20), shows(21)];
    const followed = silent({ address: '10.1.2.11' });
    for (const route of [null, [['10.0.1.1'], []]]) {
      const lost = silent({ route });
      expect(asked(two, lost, [followed])).toMatchObject({ says: 'clear', followed: false });
      const other = (ways: RouterPath) => asked([...two, shows(30, { route: ways })], lost, [followed]);
      expect(other([['10.0.9.1'], ['10.0.2.1']])?.says).toBe('clear');
      expect(other([['10.0.1.1'], ['10.0.2.2']])).toBeNull();
      expect(other([['10.0.1.1'], ['10.0.4.1'], ['10.0.2.1']])).toBeNull();
      expect(other([])).toBeNull();
      // Who is no witness shows a way in, too.
      const mute = (ways: RouterPath) =>
        asked([...two, shows(30, { clear: 0, route: ways })], lost, [followed]);
      expect(mute([['10.0.1.1'], ['10.0.2.2']])).toBeNull();
      expect(mute([['10.0.1.1'], ['10.0.2.1']])?.says).toBe('clear');
      expect(mute([['10.0.1.1'], []])?.says).toBe('clear');
      expect(mute([['10.0.1.1']])?.says).toBe('clear');
    }
    const split: RouterPath = [['10.0.1.1'], ['10.0.2.1', '10.0.2.2']];
    const shared = [20, 21].map((low) => shows(low, { route: split }));
    const lost = silent({ route: null });
    expect(asked(shared, lost, [{ ...followed, route: split }])).toBeNull();
    const near = [20, 21].map((low) => shows(low, { route: [] }));
    expect(asked(near, lost, [{ ...followed, route: [] }])?.says).toBe('clear');
  });

  it('are forgotten from the seventeenth kind on, whichever came first', () => {
    const routes = Array.from({ length: 17 }, (_, i): RouterPath => [[`10.0.1.${i + 10}`], ['10.0.2.1']]);
    const all = routes.flatMap((route, i) => [shows(100 + 2 * i, { route }), shows(101 + 2 * i, { route })]);
    const names = (shown: readonly WitnessEvidence[], i: number) => {
      const found = asked(shown, silent({ route: routes[i] ?? [] }));
      return found?.says === 'clear' ? found.by : null;
    };
    for (const shown of [all, all.toReversed()]) {
      expect(names(shown, 15)).not.toBeNull();
      expect(names(shown, 0)).not.toBeNull();
      expect(names(shown, 16)).toBeNull();
    }
    expect(names(all.slice(0, 32), 15)).not.toBeNull();
  });
});

describe('a route', () => {
  const report = (path: Partial<HostReport['path']>): HostReport => ({
    ...sketch({ address: '10.1.2.3' }),
    path: { filters: [], hops: [], multipath: [], ...path },
  });
  const hop = (ttl: number, address: string | null) => ({ ttl, address, rttMs: 1 });

  it('has what answered at each TTL before the host', () => {
    const hops = [hop(1, '10.0.1.1'), hop(2, null), hop(3, '10.0.3.2'), hop(4, '10.1.2.3')];
    const multipath = [
      { ttl: 3, addresses: ['10.0.3.1', '10.0.3.2'] },
      { ttl: 2, addresses: [] },
    ];
    const of = (path: Partial<HostReport['path']>) => routerPathOf(report({ hops, multipath, ...path }));
    expect(of({ distance: 4 })).toEqual([['10.0.1.1'], [], ['10.0.3.1', '10.0.3.2']]);
    expect(of({ distance: 1 })).toEqual([]);
    expect(of({})).toBeNull();
    expect(of({ distance: 2, hops: [hop(1, 'nonsense'), hop(1, 'FD00:0::1')] })).toEqual([['fd00::1']]);
  });

  it('has an end where its last router answered, or where it has none', () => {
    expect(endIsKnown([])).toBe(true);
    expect(endIsKnown([[], ['10.0.2.1']])).toBe(true);
    expect(endIsKnown([['10.0.1.1'], []])).toBe(false);
  });

  it('of several machines has every router of theirs, in order', () => {
    expect(together([])).toEqual([]);
    expect(together([[['b'], ['c']], [['a', 'b'], []], [['b']]])).toEqual([['a', 'b'], ['c']]);
  });

  it.each<[RouterPath, RouterPath, boolean]>([
    [WAY, WAY, true],
    [[], [], true],
    [[], WAY, false],
    [WAY, [...WAY, ['10.0.3.1']], false],
    [[...WAY, ['10.0.3.1']], WAY, false],
    // A hop that is silent on either does not matter, but the last one does.
    [[[], ['10.0.2.1']], WAY, true],
    [WAY, [[], ['10.0.2.1']], true],
    [WAY, [['10.0.1.1'], []], false],
    [[['10.0.1.1'], []], WAY, false],
    [[['10.0.1.1'], []], [['10.0.1.1'], []], false],
    [WAY, [['10.0.9.1'], ['10.0.2.1']], false],
    [[['10.0.1.1'], ['10.0.2.1', '10.0.2.2']], WAY, false],
    [WAY, [['10.0.1.1'], ['10.0.2.1', '10.0.2.2']], true],
  ])('%j lies within %j or not', (route, others, within) => {
    expect(isWithin(route, others)).toBe(within);
  });
});
