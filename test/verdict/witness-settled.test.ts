import { describe, expect, it } from 'vitest';
import type { HostReport, Remedy, RequirementReport } from '../../src/model/report.ts';
import { askNamed, type NamedWitness } from '../../src/verdict/witness/named-witnesses.ts';
import { namedFrom, settleByFound } from '../../src/verdict/witness/raise.ts';
import { settleClear, settleFiltered, settleNothing } from '../../src/verdict/witness/settle.ts';
import type { SilentHost } from '../../src/verdict/witness/silent-host.ts';
import type { WitnessEvidence } from '../../src/verdict/witness/witness-evidence.ts';
import { noneWords, portsWords } from '../../src/verdict/witness/words.ts';
import { DESKTOP } from '../../src/verdict/zones.ts';
import { sketch } from './reports.ts';

const [LEGACY, MIDDLE, MODERN] = [1, 2, 4];

const remedy = (id: Remedy['id'], where: Remedy['where'] = 'expert'): Remedy => ({
  id,
  title: id,
  where,
  text: id,
  commands: [],
});

const open = (report: HostReport, name: string, rule: string): RequirementReport[] =>
  report.requirements.map((one) =>
    one.name === name ? { ...one, state: 'undetermined', confidence: 'weak', rule } : one,
  );

/** A host of which 3389 and all dynamic ports are in doubt, and what is said of it. */
const doubted = (more: Partial<HostReport> = {}): HostReport => {
  const plain = sketch({ address: '10.1.2.10', verdict: 'undetermined' });
  const desktop = { ...plain, requirements: open(plain, 'remote-desktop', 'desktop-stealth') };
  const [required] = plain.ports;
  if (!required) throw new Error('a sketch has ports');
  return {
    ...desktop,
    requirements: open(desktop, 'dynamic-rpc', 'dynamic-silent'),
    because: [
      { rule: 'clear-so-far', text: 'x', ports: [] },
      { rule: 'desktop-stealth', text: 'x', ports: [3389] },
      { rule: 'dynamic-silent', text: 'x', ports: [1100, 50_000] },
      { rule: 'mapper-answers', text: 'x', ports: [135] },
    ],
    ranges: [{ from: 1025, to: 65_535, state: 'filtered', exact: false }],
    ports: [135, 1100, 3389, 30_000, 50_000].map((port) => ({
      ...required,
      port,
      requirement: port === 135 ? 'endpoint-mapper' : port === 3389 ? 'remote-desktop' : 'dynamic-rpc',
    })),
    remedies: [
      remedy('ask-witness'),
      remedy('rehearse'),
      remedy('run-responder', 'novice'),
      remedy('ask-slower'),
    ],
    ...more,
  };
};

const says = (word: 'clear' | 'filtered' | 'none') => ({
  says: word,
  machines: ['10.1.2.20'],
  text: 'Said.',
});

describe('a host that is filtered as its neighbours are', () => {
  const filtered = (zones: number, more: Partial<HostReport> = {}) =>
    settleFiltered(doubted(more), says('filtered'), zones);

  it('is blocked, likely, in all that was open, and for that reason', () => {
    const report = filtered(MODERN | DESKTOP);
    expect(report).toMatchObject({ verdict: 'blocked', confidence: 'likely', witness: says('filtered') });
    expect(report.because).toEqual([
      { rule: 'witness-filtered', text: 'Said.', ports: [3389, 1100, 50_000] },
      { rule: 'mapper-answers', text: 'x', ports: [135] },
    ]);
    expect(report.requirements.map(({ state, confidence, rule }) => [state, confidence, rule])).toEqual([
      ['pass', 'proven', 'mapper-answers'],
      ['fail', 'likely', 'witness-filtered'],
      ['fail', 'likely', 'witness-filtered'],
    ]);
  });

  it('has the filter opened for it, and nothing asked that is answered', () => {
    const { remedies } = filtered(MODERN | DESKTOP);
    expect(remedies.map(({ id }) => id)).toEqual(['open-network-filter', 'ask-slower']);
    expect(remedies[0]).toMatchObject({
      title: 'Open the filter on the path',
      where: 'network',
      text: "Allow TCP 3389, 49152-65535 from the experts' network to 10.1.2.10, and return traffic, as for its neighbours. Replace EXPERT with the experts' network.",
    });
    expect(remedies[0]?.commands[0]).toContain('dport { 3389, 49152-65535 } accept');
    expect(filtered(MODERN).remedies[0]?.text).toMatch(/^Allow TCP 49152-65535 from/);
    expect(filtered(LEGACY | MODERN).remedies[0]?.text).toMatch(/^Allow TCP 1025-5000, 49152-65535 from/);
    const passed = doubted().requirements.map((one) =>
      one.name === 'remote-desktop' ? { ...one, state: 'pass' as const } : one,
    );
    expect(filtered(MODERN | DESKTOP, { requirements: passed }).remedies[0]?.text).toMatch(
      /^Allow TCP 49152-65535 from/,
    );
  });

  it('is blocked as the Windows that it is; where that is not known, no more is said of either', () => {
    const byGeneration = { 'xp-2003': 'undetermined', 'vista-or-later': 'undetermined' } as const;
    expect(filtered(MODERN, { byGeneration }).byGeneration).toEqual(byGeneration);
    const novice = { generation: 'vista-or-later', evidence: [] } as const;
    expect(filtered(MODERN, { byGeneration, novice }).byGeneration).toEqual({
      'xp-2003': 'undetermined',
      'vista-or-later': 'blocked',
    });
  });
});

describe('a host that others show to be clear', () => {
  it('is as sure as the least sure of what it needs', () => {
    expect(settleClear(doubted(), says('clear'), 'weak')).toMatchObject({
      verdict: 'ready',
      confidence: 'weak',
    });
    const report = settleClear(doubted(), says('clear'), 'likely');
    expect(report).toMatchObject({ confidence: 'likely', witness: says('clear') });
    expect(report.remedies.map(({ id }) => id)).toEqual(['rehearse', 'run-responder', 'ask-slower']);
  });

  it('is ready for the Windows that were in doubt', () => {
    const byGeneration = { 'xp-2003': 'blocked', 'vista-or-later': 'undetermined' } as const;
    const of = (more: Partial<HostReport>) =>
      settleClear(doubted(more), says('clear'), 'likely').byGeneration;
    expect(of({ byGeneration })).toEqual({ 'xp-2003': 'blocked', 'vista-or-later': 'ready' });
    const both = { 'xp-2003': 'undetermined', 'vista-or-later': 'undetermined' } as const;
    const novice = { generation: 'xp-2003', evidence: [] } as const;
    expect(of({ byGeneration: both, novice })).toEqual({ ...both, 'xp-2003': 'ready' });
  });
});

it('a host that witnesses say nothing of keeps its reasons, and has another next step', () => {
  const report = settleNothing(doubted(), 'witness-none', says('none'));
  expect(report.because.at(-1)).toEqual({ rule: 'witness-none', text: 'Said.', ports: [] });
  expect(report.because.slice(0, -1).map(({ rule }) => rule)).toEqual(
    doubted().because.map(({ rule }) => rule),
  );
  expect(report.remedies.map(({ id }) => id)).toEqual(['rehearse', 'run-responder', 'ask-slower']);
  expect(report.witness).toEqual(says('none'));
});

it('witnesses that an audit finds to disagree are named', () => {
  const found = { says: 'disagree', clear: ['10.1.2.20', '10.1.2.21'], against: ['10.1.2.30'] } as const;
  const report = settleByFound(doubted(), { needs: MODERN }, found);
  expect(report.witness).toEqual({
    says: 'disagree',
    machines: ['10.1.2.20', '10.1.2.21', '10.1.2.30'],
    text: 'Machines of its subnet disagree about 49152-65535: 10.1.2.20 and 10.1.2.21 answer on all of it, and for 10.1.2.30 some of it is filtered. So they prove nothing about this host.',
  });
});

it.each<[number, string]>([
  [MODERN, '49152-65535'],
  [LEGACY | MODERN, '1025-5000 and 49152-65535'],
  [MIDDLE | MODERN, '5001-65535'],
  [DESKTOP, '3389'],
  [DESKTOP | LEGACY, '3389 and 1025-5000'],
])('zones %d are written %s', (zones, words) => {
  expect(portsWords(doubted(), zones)).toBe(words);
});

it('a single port is no range', () => {
  const ranges = [{ from: 50_000, to: 50_000, state: 'filtered', exact: true } as const];
  const found = { says: 'clear', by: ['10.1.2.20'], followed: true, isSure: true } as const;
  const { witness } = settleByFound(doubted({ ranges }), { needs: MODERN }, found);
  expect(witness?.text).toContain('answers on 50000, so the network most likely passes the port; the novice');
});

it('of several witnesses each has its reason', () => {
  const gone = { name: '10.1.2.20', why: 'gone' } as const;
  expect(noneWords([gone])).toBe('The witness says nothing about this host: 10.1.2.20 did not answer.');
  expect(noneWords([gone, { name: '10.1.2.21', why: 'other-route' }])).toBe(
    'The witnesses say nothing about this host: 10.1.2.20 did not answer; 10.1.2.21 lies behind another router.',
  );
});

describe('machines that were named', () => {
  const novice: SilentHost = {
    address: '10.1.2.10',
    needs: MODERN,
    route: [['10.0.1.1'], ['10.0.2.1']],
    passes: true,
  };
  const named = (low: number, more: Partial<WitnessEvidence> = {}): NamedWitness => ({
    name: `pc${low}`,
    held: true,
    testimony: {
      address: `10.1.2.${low}`,
      route: novice.route,
      clear: MODERN,
      isSure: true,
      against: 0,
      silent: null,
      endsEarly: false,
      ...more,
    },
  });
  const stopped = (low: number, more: Partial<WitnessEvidence> = {}) =>
    named(low, { clear: 0, against: MODERN, silent: '50000', ...more });

  it('are sure when one of them is', () => {
    const unsure = named(20, { isSure: false });
    expect(askNamed(novice, [unsure, named(21)])).toEqual({
      says: 'clear',
      by: ['pc20', 'pc21'],
      isSure: true,
    });
    expect(askNamed(novice, [unsure])).toMatchObject({ isSure: false });
    const gone: NamedWitness = { name: 'pc30', testimony: null, held: false };
    expect(askNamed(novice, [gone, unsure])).toMatchObject({ says: 'clear', by: ['pc20'], isSure: false });
  });

  it('show a filter when two are silent alike, all of them, and no packet of the novice got further', () => {
    const alone = (all: readonly NamedWitness[], of = novice) => askNamed(of, all).says;
    expect(askNamed(novice, [stopped(20), stopped(21)])).toEqual({ says: 'filtered', by: ['pc20', 'pc21'] });
    expect(alone([stopped(20)])).toBe('none');
    expect(alone([stopped(20), stopped(21, { silent: '50001' })])).toBe('none');
    // A rejection, as silence has no sender, is no likeness.
    expect(alone([stopped(20, { silent: null }), stopped(21, { silent: null })])).toBe('none');
    const early = { endsEarly: true };
    expect(alone([stopped(20, early), stopped(21, early)])).toBe('none');
    expect(alone([stopped(20, early), stopped(21, early)], { ...novice, passes: false })).toBe('filtered');
    // One that ends early beside two that do not: they do not agree.
    expect(alone([stopped(20), stopped(21), stopped(22, early)])).toBe('none');
  });

  it('are named as they are written where they have no address', () => {
    const report = { ...sketch({ address: '10.1.2.20' }), target: 'printer' };
    expect(namedFrom(report, null).name).toBe('10.1.2.20');
    expect(namedFrom({ ...report, address: null }, null)).toMatchObject({ name: 'printer', testimony: null });
  });

  it('hold when each port asked again answers as before, or was filtered before', () => {
    const report = doubted();
    const [first] = report.ports;
    if (!first) throw new Error('no ports');
    const seen = (state: 'open' | 'closed' | 'filtered', port = 50_000): HostReport => ({
      ...report,
      ports: [{ ...first, port, state }],
    });
    const holds = (before: HostReport, again: HostReport | null) => namedFrom(before, again).held;
    expect(holds(seen('closed'), seen('closed'))).toBe(true);
    expect(holds(seen('closed'), seen('filtered'))).toBe(false);
    expect(holds(seen('filtered'), seen('closed'))).toBe(true);
    expect(holds(seen('closed'), seen('filtered', 50_001))).toBe(true);
    expect(holds(seen('closed'), null)).toBe(false);
  });
});
