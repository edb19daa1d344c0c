import { describe, expect, it } from 'vitest';
import type { HostEvidence, PortObservation } from '../../src/model/evidence.ts';
import type { Reply } from '../../src/model/reply.ts';
import { guessGeneration } from '../../src/verdict/generation.ts';
import {
  acceptsEverything,
  type HostFacts,
  hostFactsOf,
  isOwnRefusal,
  refusalConfidence,
  resetConfidence,
} from '../../src/verdict/host-facts.ts';
import { judgedPorts, rangesOf } from '../../src/verdict/ranges.ts';
import { translationOf } from '../../src/verdict/translation.ts';
import { capabilitiesOf, evidenceOf, planOf, scenarioOf } from '../scenarios/load.ts';

const factsFor = (
  given: object,
  change: (evidence: HostEvidence) => HostEvidence = (same) => same,
): HostFacts => {
  const scenario = scenarioOf({ name: 'x', ...given, expect: { verdict: 'ready', rules: [] } });
  return hostFactsOf(change(evidenceOf(scenario)), planOf(scenario), capabilitiesOf(scenario));
};

const port = (reply: Reply): PortObservation => ({
  port: 50_000,
  requirement: 'dynamic-rpc',
  why: 'sampled',
  reply,
  attempts: 1,
});
const accepted = port({ kind: 'accepted', rttMs: 1 });

it('four ports of a range are enough to accept everything, unless they are all of it', () => {
  const ports = (count: number) => Array.from({ length: count }, () => accepted);
  expect(acceptsEverything(ports(4), 5)).toBe(true);
  expect(acceptsEverything(ports(3), 5)).toBe(false);
  expect(acceptsEverything(ports(4), 4)).toBe(false);
});

describe('a host that refuses what nothing listens on', () => {
  const few = { dynamic: 'silent 7', except: { 50000: 'refused' } };

  it('shows it by a single port where no router is between', () => {
    const host = { mapper: 'accepted spoke', desktop: 'silent 7', ...few };
    expect(factsFor({ ...host, traces: ['135:  > target'] }).refuses).toBe(true);
    expect(factsFor(host).refuses).toBe(false);
  });

  it('is not known by refusals that anybody may send, where nothing accepts', () => {
    const all = { desktop: 'silent 7', dynamic: 'refused' };
    expect(factsFor({ mapper: 'silent 7', ...all }).refuses).toBe(false);
    expect(factsFor({ mapper: 'accepted spoke', ...all }).refuses).toBe(true);
    expect(factsFor({ mapper: 'silent 7', ...all, dynamic: 'refused own' }).refuses).toBe(true);
  });
});

describe('a refusal', () => {
  const REFUSED = { kind: 'refused', rttMs: 1, by: 'unknown' } as const;
  const near = factsFor({ mapper: 'accepted spoke', traces: ['135:  > target'] });
  const far = factsFor({ mapper: 'accepted spoke', traces: ['135: 10.0.1.1 > target'] });

  it('is of the host itself where no router is between, and the engine sees who sends', () => {
    expect(isOwnRefusal(near, REFUSED)).toBe(true);
    expect(isOwnRefusal(far, REFUSED)).toBe(false);
    expect(isOwnRefusal({ ...near, seesIcmp: false }, REFUSED)).toBe(false);
    expect(isOwnRefusal(near, { ...REFUSED, by: 'middlebox' })).toBe(false);
    expect(isOwnRefusal(near, { ...REFUSED, ttlMatch: false })).toBe(false);
    expect(isOwnRefusal(near, accepted.reply)).toBe(false);
  });

  it('is as sure as what shows whose it is', () => {
    expect(refusalConfidence(near, REFUSED)).toBe('proven');
    expect(refusalConfidence({ ...near, seesIcmp: false, comparesTtl: false }, REFUSED)).toBe('weak');
    expect(refusalConfidence(far, { ...REFUSED, by: 'target' })).toBe('proven');
    expect(refusalConfidence(far, { ...REFUSED, by: 'target', ttlMatch: true })).toBe('likely');
    expect(refusalConfidence(far, REFUSED)).toBe('likely');
    expect(refusalConfidence({ ...far, comparesTtl: false }, REFUSED)).toBe('weak');
    expect(refusalConfidence(near, accepted.reply)).toBe('weak');
  });

  it('by somebody else is proven where the TTL of one of them is not that of the host', () => {
    const alien = port({ ...REFUSED, ttlMatch: false });
    const low = port({ ...REFUSED, by: 'middlebox' });
    expect(resetConfidence([low, alien])).toBe('proven');
    expect(resetConfidence([low])).toBe('likely');
    expect(resetConfidence([])).toBe('likely');
  });
});

describe('the Windows of a host', () => {
  const HOST = { mapper: 'accepted spoke', dynamic: 'silent 7' };

  it('shows in the ports of its servers, which are named in order', () => {
    const facts = factsFor({ ...HOST, listed: { 50100: 'silent 7', 50200: 'silent 7' } });
    const { mapper } = facts;
    if (!mapper) throw new Error('the mapper was asked');
    const turned = { ...facts, mapper: { ...mapper, endpoints: mapper.endpoints.toReversed() } };
    expect(guessGeneration(turned).evidence).toEqual([
      'RPC servers on 50100, 50200, in the range of Vista and later',
    ]);
  });

  it.each([
    ['5.7', false],
    ['5.8', false],
    ['6.0', false],
    ['5.6', true],
    ['4.9', true],
  ])('is older than XP by DCOM %s: %s', (version, is) => {
    const facts = factsFor({ ...HOST, resolver: `answered ${version}`, listed: { 50100: 'silent 7' } });
    const { generation, evidence } = guessGeneration(facts);
    expect(generation).toBe(is ? 'unknown' : 'vista-or-later');
    expect(evidence.some((text) => text.includes(`DCOM version ${version}, older`))).toBe(is);
  });
});

it('an address that a host does not know is translated; four of its own are named', () => {
  const own = ['192.168.5.7', '192.168.5.8', 'pc1', 'fd00::7', '192.168.5.9', '192.168.6.1', '192.168.6.2'];
  const facts = factsFor({ mapper: 'accepted spoke', resolver: 'answered 5.7', ownAddresses: own });
  expect(translationOf(facts)?.text).toContain(
    'its addresses are 192.168.5.7, 192.168.5.8, 192.168.5.9, 192.168.6.1, not 10.9.0.7:',
  );
});

describe('ports that some paths drop', () => {
  const HALF = 'accepted spoke x16 flows 4/8';
  const from = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + 100 * i);
  const states = (sample: readonly number[], except: Readonly<Record<number, string>>): string[] => {
    const facts = factsFor({ mapper: 'accepted spoke', dynamic: 'refused own', sample, except });
    const [, ...dynamic] = judgedPorts(facts);
    return [
      ...new Set(dynamic.filter(({ observation }) => !except[observation.port]).map(({ state }) => state)),
    ];
  };

  it('speak for their neighbours, unless those all answered too often for chance', () => {
    expect(states(from(50_000, 10), { 50000: HALF })).toEqual(['mixed']);
    expect(states(from(50_000, 11), { 50000: HALF })).toEqual(['reachable']);
    // Where one path of eight drops, more ports answer by chance.
    const both = { 50000: HALF, 1100: 'accepted spoke x16 flows 7/8' };
    expect(states([...from(1100, 11), ...from(50_000, 11)], both)).toEqual(['mixed']);
  });
});

it('a mapped stretch of which its first port alone was asked, and says nothing, is not known', () => {
  const stealthy = { mapper: 'accepted spoke', desktop: 'silent 7', dynamic: 'silent 7', sample: [50_000] };
  const facts = factsFor({ ...stealthy, mapped: ['50000-50500 filtered'] });
  expect(rangesOf(facts, judgedPorts(facts))).toEqual([
    { from: 50_000, to: 50_500, state: 'unknown', exact: false },
  ]);
});
