import { describe, expect, it } from 'vitest';
import type { PortObservation } from '../../src/model/evidence.ts';
import type { FilterReport } from '../../src/model/report.ts';
import { extentWords, isScattered, stretches, within } from '../../src/verdict/dynamic-facts.ts';
import { hostFactsOf } from '../../src/verdict/host-facts.ts';
import { judgeHost } from '../../src/verdict/judge-host.ts';
import { capabilitiesOf, evidenceOf, planOf, scenarioOf } from '../scenarios/load.ts';

const RANGE = { from: 1025, to: 5000 };
const given = (more: object) =>
  scenarioOf({ name: 'x', dynamic: 'silent 7', ...more, expect: { verdict: 'ready', rules: [] } });
const factsFor = (more: object) => {
  const scenario = given(more);
  return hostFactsOf(evidenceOf(scenario), planOf(scenario), capabilitiesOf(scenario));
};

it.each([
  ['1000-1025 filtered', true],
  ['1000-1024 filtered', false],
  ['5000-5100 filtered', true],
  ['5001-5100 filtered', false],
  ['3389 filtered', false],
  ['3389-3390 filtered', true],
  ['3388-3389 filtered', true],
  ['2000-3000 reachable', false],
])('the stretch %s is of a range that it shares a port with: %s', (mapped, is) => {
  expect(stretches(factsFor({ mapped: [mapped] }), RANGE, 'filtered')).toHaveLength(is ? 1 : 0);
});

describe('what a filter stops, in words', () => {
  const FIRST: FilterReport = { ports: [1100, 1500], how: 'drop', by: null, afterHop: '10.0.1.1' };
  /** The words on the filter that TCP 1100 met, beside others. */
  const wordsOn = (mapped: readonly string[], ...others: readonly Partial<FilterReport>[]): string => {
    const facts = factsFor({ mapped, sample: [1100, 1500, 2000, 2500, 3000, 3600] });
    const filters = others.map((one) => ({ ...FIRST, ports: [], ...one }));
    const seen = within(facts, RANGE, others.length === 0 ? [] : [FIRST, ...filters]);
    return extentWords(facts, seen, seen.probed.slice(0, 2));
  };

  it('are up to four stretches, else ports', () => {
    const four = [1, 2, 3, 4].map((i) => `${i}200-${i}300 filtered`);
    expect(wordsOn(four)).toBe('TCP 1200-1300, 2200-2300, 3200-3300, 4200-4300.');
    expect(wordsOn([...four, '4400 filtered'])).toBe('2 of 6 ports probed (1100, 1500).');
    expect(wordsOn([])).toBe('2 of 6 ports probed (1100, 1500).');
  });

  it('name up to four stretches that are left open', () => {
    const four = [1, 2, 3, 4].map((i) => `${i}200-${i}300 reachable`);
    expect(wordsOn(four)).toContain(' Left open: 1200-1300, 2200-2300, 3200-3300, 4200-4300.');
    expect(wordsOn([...four, '4400 reachable'])).not.toContain('Left open');
  });

  it('name what each other filter stops, and where that one is', () => {
    const mapped = ['1100-1500 filtered', '2000-2100 filtered', '2500-2600 filtered'];
    const one = { ports: [2000], afterHop: null };
    expect(wordsOn(mapped.slice(0, 2), one)).toBe(
      'TCP 1100-1500. TCP 2000-2100 is silently dropped at a place that is not known.',
    );
    expect(wordsOn(mapped, { ...one, ports: [2000, 2500], beforeHop: '10.0.9.1' })).toBe(
      'TCP 1100-1500. TCP 2000-2100, 2500-2600 are silently dropped before 10.0.9.1.',
    );
    expect(wordsOn([], { ports: [2000], afterHop: '10.0.2.1' })).toBe(
      '2 of 6 ports probed (1100, 1500). 1 of 6 ports probed (2000) are silently dropped after 10.0.2.1.',
    );
  });
});

describe('silence', () => {
  const scattered = (silent: readonly number[], mapped: readonly string[] = []): boolean => {
    const except = Object.fromEntries(silent.map((port) => [port, 'silent 7']));
    const facts = factsFor({ dynamic: 'refused own', except, mapped });
    return isScattered(facts, within(facts, RANGE));
  };

  it('is scattered where three ports or more are silent, and no two in a row', () => {
    expect(scattered([1100, 2000, 3000])).toBe(true);
    expect(scattered([1100, 2000])).toBe(false);
    expect(scattered([1100, 1500, 3000, 4100])).toBe(false);
  });

  it('is not scattered where exact blocks of more than a port were found', () => {
    const ports = [1100, 2000, 3000];
    expect(scattered(ports, ['1100-1101 filtered'])).toBe(false);
    expect(scattered(ports, ['1100 filtered'])).toBe(true);
    expect(scattered(ports, ['about 1100-1400 filtered'])).toBe(true);
    expect(scattered(ports, ['about 1100 filtered'])).toBe(true);
  });
});

describe('listed ports that accept', () => {
  const judged = (more: object) => {
    const scenario = given({ mapper: 'accepted spoke', novice: 'vista-or-later', ...more });
    return judgeHost(evidenceOf(scenario), planOf(scenario), capabilitiesOf(scenario));
  };

  it('are no servers where everything accepts, unless they speak RPC', () => {
    const proxied = { dynamic: 'accepted mute' };
    const rulesOn = (text: string): string[] =>
      judged({ ...proxied, listed: { 50500: text } }).because.map(({ rule }) => rule);
    expect(rulesOn('accepted')).toContain('dynamic-accepts-everything');
    expect(rulesOn('accepted spoke')).toContain('dynamic-listed-answer');
  });

  it('and speak no RPC may be the doing of the firewall of the novice too', () => {
    const { because, remedies } = judged({ listed: { 50500: 'accepted mute' } });
    expect(because[0]?.rule).toBe('dynamic-listed-foreign');
    expect(remedies.map(({ id }) => id)).toContain('firewall-vista-or-later');
  });
});

it('ports that nobody could ask are counted apart', () => {
  const facts = factsFor({ dynamic: 'silent 7', except: { '1100-1500': 'fault no-route' } });
  const { faults, probed }: { faults: number; probed: readonly PortObservation[] } = within(facts, RANGE);
  expect([faults, probed.length]).toEqual([2, 6]);
});
