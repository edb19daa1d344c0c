import { describe, expect, it } from 'vitest';
import type { HostEvidence } from '../../src/model/evidence.ts';
import { stretchesBy } from '../../src/verdict/extents.ts';
import { judgeHost } from '../../src/verdict/judge-host.ts';
import { capabilitiesOf, evidenceOf, planOf, scenarioOf } from '../scenarios/load.ts';

const OPEN = { mapper: 'accepted spoke', desktop: 'refused own', dynamic: 'refused own' };

/** The remark of a rule on a scenario, of which some evidence may be another; null where it is not made. */
const noteOf = (rule: string, given: object, more: Partial<HostEvidence> = {}): string | null => {
  const scenario = scenarioOf({ name: 'x', ...OPEN, ...given, expect: { verdict: 'ready', rules: [] } });
  const evidence = { ...evidenceOf(scenario), ...more };
  const { because } = judgeHost(evidence, planOf(scenario), capabilitiesOf(scenario));
  return because.find((one) => one.rule === rule)?.text ?? null;
};

describe('a range that was given', () => {
  it.each<[number, number, string]>([
    [1025, 5000, ''],
    [49_152, 65_535, ''],
    [1025, 65_535, ''],
    [5001, 5100, 'session'],
    [5001, 5099, 'fewer'],
    [5000, 5099, 'below'],
    [1025, 6000, 'below'],
    [2000, 65_535, 'below'],
    [50_000, 65_535, 'session'],
    [49_152, 60_000, 'session'],
    [4000, 4050, 'fewer below'],
  ])('%d-%d is remarked on unless Windows has it by itself', (from, to, faults) => {
    const given = { rpcPorts: [from, to], novice: 'vista-or-later' };
    const session = noteOf('session-port', given);
    expect(session !== null).toBe(faults !== '');
    if (session) expect(session).toContain(`Only ${from}-${to} was tested.`);
    const narrow = noteOf('narrow-range', given) ?? '';
    expect(narrow.includes('has fewer than 100 ports')).toBe(faults.includes('fewer'));
    expect(narrow.includes('starts below 5001')).toBe(faults.includes('below'));
    expect(narrow.includes('ports and starts')).toBe(faults === 'fewer below');
  });

  it('is not where nothing was probed, and its session port not for XP', () => {
    const faulty = 'fault no-route';
    const given = { rpcPorts: [4000, 4050], mapper: faulty, desktop: faulty, dynamic: faulty };
    expect(noteOf('narrow-range', given)).toBeNull();
    expect(noteOf('session-port', given)).toBeNull();
    expect(noteOf('session-port', { rpcPorts: [4000, 4050], novice: 'xp-2003' })).toBeNull();
    expect(noteOf('session-port', { novice: 'vista-or-later' })).toBeNull();
  });
});

describe('other addresses of a name', () => {
  const others = (mapper: string, given: Record<string, string>) =>
    noteOf('other-addresses', { mapper, others: given });

  it('are named where they serve worse than the one that was checked', () => {
    const all = {
      '10.9.0.8': 'accepted',
      '10.9.0.9': 'refused',
      '10.9.0.10': 'rejected 13 from 10.0.1.1',
      '10.9.0.11': 'silent 3',
      '10.9.0.12': 'fault no-route',
    };
    expect(others('accepted spoke', all)).toContain(
      'also resolves to 10.9.0.9 (TCP 135 closed), 10.9.0.10 (TCP 135 rejected), 10.9.0.11 (TCP 135 no answer). The',
    );
    expect(others('refused own', all)).toContain('also resolves to 10.9.0.10 (');
    expect(others('silent 7', all)).toBeNull();
    expect(others('accepted spoke', { '10.9.0.8': 'accepted', '10.9.0.12': 'fault no-route' })).toBeNull();
    expect(others('fault no-route', { '10.9.0.11': 'silent 3' })).toBeNull();
  });
});

it.each(['complete', 'cut'])(
  'a list that came %s beside a resolver that refuses is a sign of Samba',
  (listing) => {
    expect(noteOf('resolver-refused', { listing, resolver: 'refused' })).toContain('Samba does this');
    expect(noteOf('resolver-refused', { listing, resolver: 'answered 5.7' })).toBeNull();
    expect(noteOf('resolver-refused', { listing: 'refused', resolver: 'refused' })).toBeNull();
  },
);

it('of the routers that share the traffic four are named', () => {
  const multipath = ['2: 10.0.2.1 10.0.2.2 10.0.2.3 10.0.2.4 10.0.2.5'];
  expect(noteOf('several-paths', { multipath })).toContain(
    '(hop 2: 10.0.2.1, 10.0.2.2, 10.0.2.3, 10.0.2.4).',
  );
});

it('silent ports that reach the last router are named with it', () => {
  const way = '10.0.1.1 10.0.2.1 10.0.3.1';
  const traces = [`135: ${way} > target`, `50000: ${way}`, `3000: ${way}`];
  const given = { desktop: 'silent 7', dynamic: 'silent 7', traces };
  expect(noteOf('reaches-last-router', given)).toContain(
    'Packets to TCP 3000, 50000 get no answer, but reach 10.0.3.1, the last router:',
  );
});

describe('silence that lies scattered', () => {
  const scattered = {
    desktop: 'refused target',
    dynamic: 'refused target',
    except: { 2000: 'silent 12', 50000: 'silent 12', 55000: 'silent 12', 60000: 'silent 12' },
  };

  it('may be a limit, where it counts as a filter', () => {
    expect(noteOf('refusals-limited', scattered)).toContain('check again with a lower --rate');
    expect(noteOf('dynamic-selective', { ...scattered, control: '8 of 9' })).toContain('4 of 32 ports');
    expect(noteOf('refusals-limited', { ...scattered, control: '8 of 9' })).not.toBeNull();
  });

  it('is not remarked on where it counts for nothing: answers were limited, or stopped', () => {
    expect(noteOf('dynamic-limited', { ...scattered, control: '1 of 9' })).toContain('TCP 2000');
    expect(noteOf('refusals-limited', { ...scattered, control: '1 of 9' })).toBeNull();
    expect(noteOf('refusals-limited', { ...scattered, control: '8 of 9 stopped 24' })).toBeNull();
  });
});

describe('resets that an engine cannot attribute', () => {
  it('are remarked on where something rests on them, and not where it can', () => {
    const plain = { desktop: 'refused', dynamic: 'refused' };
    const onNode = noteOf('refusals-unseen', { ...plain, wire: 'node' });
    expect(onNode).toContain(' (or an ICMP port unreachable); a check from a Linux machine');
    expect(noteOf('refusals-unseen', plain)).toBeNull();
    const scenario = scenarioOf({ name: 'x', ...OPEN, ...plain, expect: { verdict: 'ready', rules: [] } });
    const blind = { ...capabilitiesOf(scenario), minTtl: false, seesTtl: false };
    const { because } = judgeHost(evidenceOf(scenario), planOf(scenario), blind);
    expect(because.find(({ rule }) => rule === 'refusals-unseen')?.text).toContain(
      'on its behalf; a check from',
    );
  });
});

it.each<[string, readonly (readonly number[])[], readonly (readonly string[])[]]>([
  ['to that which ports in it met', [[1500], [3000]], [['1000-2000'], ['2500-3500']]],
  ['to both where both met it', [[1500, 3000], [3100]], [['1000-2000', '2500-3500'], ['2500-3500']]],
  ['to the nearest where no port lies in it', [[900], [3000]], [['1000-2000'], ['2500-3500']]],
  ['to the nearest above', [[2100], [5000]], [['1000-2000', '2500-3500'], []]],
  ['to the first of two that are equally near', [[900], [2100]], [['1000-2000'], ['2500-3500']]],
  ['to none without a filter', [], []],
])('a stretch is counted %s', (_, ports, lists) => {
  const stretches = [
    { from: 1000, to: 2000 },
    { from: 2500, to: 3500 },
  ];
  const found = stretchesBy(
    ports.map((one) => ({ ports: one })),
    stretches,
  );
  expect(found.map((list) => list.map(({ from, to }) => `${from}-${to}`))).toEqual(lists);
});
