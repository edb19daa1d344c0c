import { describe, expect, it } from 'vitest';
import type { RequirementName } from '../../src/model/evidence.ts';
import type { Generation } from '../../src/model/plan.ts';
import type { FilterReport } from '../../src/model/report.ts';
import { hostFactsOf } from '../../src/verdict/host-facts.ts';
import { openFilters } from '../../src/verdict/remedies/network.ts';
import { openingsOf } from '../../src/verdict/remedies/openings.ts';
import { advise, type Situation } from '../../src/verdict/remedies/situation.ts';
import { type Blame, fail, pass, type Ruling } from '../../src/verdict/ruling.ts';
import { capabilitiesOf, evidenceOf, planOf, scenarioOf } from '../scenarios/load.ts';

const filter = (ports: readonly number[], more: Partial<FilterReport> = {}): FilterReport => ({
  ports,
  how: 'drop',
  by: null,
  afterHop: null,
  ...more,
});

interface Given {
  readonly filters?: readonly FilterReport[];
  readonly side?: Blame | null;
  readonly generation?: Generation | 'unknown';
  readonly mapped?: readonly string[];
  readonly rpcPorts?: readonly [number, number];
  readonly notes?: readonly string[];
  readonly passes?: readonly RequirementName[];
}

/** A host of which all fails, but what is said to pass. */
const situation = ({ filters = [], side = 'either', generation = 'unknown', ...more }: Given): Situation => {
  const { mapped, rpcPorts, notes = [], passes = [] } = more;
  const scenario = scenarioOf({
    name: 'x',
    mapper: 'silent 7',
    desktop: 'silent 7',
    dynamic: 'silent 7',
    ...(mapped ? { mapped } : {}),
    ...(rpcPorts ? { rpcPorts } : {}),
    expect: { verdict: 'ready', rules: [] },
  });
  const ruling = (name: RequirementName): Ruling =>
    passes.includes(name)
      ? pass('proven', 'mapper-answers', 'x', [])
      : fail('proven', 'mapper-silent', 'x', [], side);
  const names = ['endpoint-mapper', 'remote-desktop', 'dynamic-rpc'] as const;
  return {
    facts: hostFactsOf(evidenceOf(scenario), planOf(scenario), capabilitiesOf(scenario)),
    generation,
    rulings: new Map(names.map((name) => [name, ruling(name)])),
    verdict: 'blocked',
    reason: null,
    filters,
    notes: new Set(notes),
  };
};

/** What is opened, place by place. */
const opened = (given: Given): string[] =>
  openingsOf(situation(given)).map(
    ({ title, ports }) => `${title}: ${ports.map(({ from, to }) => `${from}-${to}`).join(', ')}`,
  );

const ALL = 'Open the filter on the path: 135-135, 3389-3389, 49152-65535';

describe('what is opened in the network', () => {
  it('is all that fails, where no filter explains it', () => {
    expect(opened({})).toEqual([ALL]);
    expect(opened({ generation: 'xp-2003' })).toEqual([
      'Open the filter on the path: 135-135, 1025-5000, 3389-3389',
    ]);
    expect(opened({ passes: ['endpoint-mapper', 'remote-desktop'] })).toEqual([
      'Open the filter on the path: 49152-65535',
    ]);
    expect(opened({ rpcPorts: [50_000, 50_999] })).toEqual([
      'Open the filter on the path: 135-135, 3389-3389, 50000-50999',
    ]);
  });

  it('is nothing where the host itself or this machine stops it, or addresses are translated', () => {
    for (const side of ['host', 'near', null] as const) expect(opened({ side })).toEqual([]);
    expect(opened({ side: 'network' })).toEqual([ALL]);
    expect(opened({ notes: ['address-translation'] })).toEqual([]);
  });

  it('is each range once for one place, ascending, however many filters sit there', () => {
    const at = { by: '10.0.1.1', how: 'icmp' } as const;
    expect(opened({ filters: [filter([50_000], at), filter([135, 3389, 51_000], at)] })).toEqual([
      'Open the filter at 10.0.1.1: 135-135, 3389-3389, 49152-65535',
    ]);
    expect(opened({ filters: [filter([50_000]), filter([135, 3389]), filter([51_000])] })).toEqual([ALL]);
  });

  it('is at another place what other filters stop; what none explains comes last', () => {
    const filters = [
      filter([135], { by: '10.0.1.1', how: 'icmp' }),
      filter([50_000], { afterHop: '10.0.2.1' }),
    ];
    expect(opened({ filters, side: 'network' })).toEqual([
      'Open the filter at 10.0.1.1: 135-135',
      'Open the filter after 10.0.2.1: 49152-65535',
      'Open the filter on the path: 3389-3389',
    ]);
    expect(opened({ filters })[1]).toBe('Open the filter on the path, if there is one: 49152-65535');
    const named = (more: Partial<FilterReport>) => opened({ filters: [filter([135], more)] })[0];
    expect(named({ afterHop: '10.0.2.1', how: 'reset' })).toBe(
      'Open the filter at 10.0.2.1 or the device behind it: 135-135',
    );
    expect(named({ beforeHop: '10.0.2.1' })).toBe('Open the filter before 10.0.2.1: 135-135');
    // The host itself is no filter of the network.
    expect(opened({ filters: [filter([135], { by: '10.9.0.7', how: 'icmp' })] })).toEqual([ALL]);
  });

  it('is the part of exact stretches that the novice needs', () => {
    const filters = [filter([50_000, 3000])];
    const passes = ['endpoint-mapper', 'remote-desktop'] as const;
    const of = (mapped: readonly string[], generation: Given['generation'] = 'unknown') =>
      opened({ filters, passes, mapped, generation });
    const high = ['1025-49999 reachable', '50000-50999 filtered', '51000-65535 reachable'];
    expect(of(high)).toEqual(['Open the filter on the path: 50000-50999']);
    const low = ['1025-1999 reachable', '2000-6000 filtered', '6001-65535 reachable'];
    // Where Windows is not known, the old range counts if nothing of the new one is filtered.
    expect(of(low)).toEqual(['Open the filter on the path: 2000-5000']);
    expect(of(low, 'xp-2003')).toEqual(['Open the filter on the path: 2000-5000']);
    // Nothing that this Windows needs: no filter explains the failure, and the whole range is asked for.
    expect(of(low, 'vista-or-later')).toEqual(['Open the filter on the path: 49152-65535']);
    const named = { filters: [filter([50_000], { by: '10.0.1.1', how: 'icmp' })], passes, mapped: low };
    expect(opened({ ...named, generation: 'vista-or-later' })).toEqual([
      'Open the filter on the path: 49152-65535',
    ]);
    const edge = ['1025-4999 reachable', '5000-49152 filtered', '49153-65535 reachable'];
    expect(of(edge, 'vista-or-later')).toEqual(['Open the filter on the path: 49152-49152']);
    expect(of(edge, 'xp-2003')).toEqual(['Open the filter on the path: 5000-5000']);
  });

  it('goes to the filter whose ports lie in a stretch, not to one that stops no dynamic port', () => {
    const mapped = ['1025-49999 reachable', '50000-50999 filtered', '51000-65535 reachable'];
    const filters = [
      filter([135], { by: '10.0.1.1', how: 'icmp' }),
      filter([50_000], { by: '10.0.2.1', how: 'icmp' }),
    ];
    expect(opened({ filters, mapped, passes: ['remote-desktop'] })).toEqual([
      'Open the filter at 10.0.1.1: 135-135',
      'Open the filter at 10.0.2.1: 50000-50999',
    ]);
    expect(opened({ filters: filters.toReversed(), mapped, passes: ['remote-desktop'] })).toEqual([
      'Open the filter at 10.0.2.1: 50000-50999',
      'Open the filter at 10.0.1.1: 135-135',
    ]);
  });
});

describe('the remedy', () => {
  const texts = (given: Given) => advise(openFilters(situation(given)), '10.9.0.7').map(({ text }) => text);

  it('says what Windows before Vista needs, where that is asked for too', () => {
    const dynamic = ['endpoint-mapper', 'remote-desktop'] as const;
    expect(texts({})[0]).toMatch(/ XP and Server 2003 need 1025-5000 instead of 49152-65535\.$/);
    expect(texts({ passes: dynamic })[0]).toMatch(
      / XP and Server 2003 need 3389 and 1025-5000 instead of 49152-65535\.$/,
    );
    expect(texts({ passes: ['dynamic-rpc'] })[0]).toMatch(/the experts' network\.$/);
    expect(texts({ generation: 'vista-or-later' })[0]).toMatch(/the experts' network\.$/);
    expect(texts({ passes: dynamic, rpcPorts: [50_000, 50_999] })[0]).toMatch(/the experts' network\.$/);
  });

  it('is numbered by place, and none for a host without an address', () => {
    const filters = [
      filter([135], { by: '10.0.1.1', how: 'icmp' }),
      filter([3389], { by: '10.0.2.1', how: 'icmp' }),
    ];
    const advice = openFilters(situation({ filters }));
    expect(advise(advice, '10.9.0.7').map(({ id }) => id)).toEqual([
      'open-network-filter',
      'open-network-filter-2',
      'open-network-filter-3',
    ]);
    expect(advise(advice, null)).toEqual([]);
  });
});
