import { describe, expect, it } from 'vitest';
import type { HostEvidence, PortObservation, ResponderFinding } from '../../src/model/evidence.ts';
import { DYNAMIC_PORTS, type PortRange } from '../../src/model/target.ts';
import { within } from '../../src/verdict/dynamic-facts.ts';
import { DYNAMIC_RPC } from '../../src/verdict/dynamic-rpc.ts';
import { hostFactsOf } from '../../src/verdict/host-facts.ts';
import { mayHaveEnded, RESPONDER } from '../../src/verdict/responder.ts';
import { responderFactsOf } from '../../src/verdict/responder-facts.ts';
import { firstMatch } from '../../src/verdict/ruling.ts';
import { capabilitiesOf, evidenceOf, planOf, scenarioOf } from '../scenarios/load.ts';

const SILENT = { mapper: 'silent 7', desktop: 'silent 7', dynamic: 'silent 7' };
const KEYED = { dynamic: 'accepted keyed' };

/** What is known of a host with a responder, which answers on TCP 135 and nowhere else unless it says otherwise. */
const factsFor = (given: object, change: (evidence: HostEvidence) => HostEvidence = (same) => same) => {
  const expected = { expect: { verdict: 'ready', rules: [] } };
  const scenario = scenarioOf({
    ...{ name: 'x', responder: {}, ...SILENT, mapper: 'accepted spoke' },
    ...given,
    ...expected,
  });
  return hostFactsOf(change(evidenceOf(scenario)), planOf(scenario), capabilitiesOf(scenario));
};

/** The ruling by the rules of a responder. */
const ruled = (
  given: object,
  change?: (evidence: HostEvidence) => HostEvidence,
  range: PortRange = DYNAMIC_PORTS,
) => {
  const facts = factsFor(given, change);
  return RESPONDER(facts, within(facts, range));
};

/** Some of its ports with something else about them. */
const withPorts =
  (more: Readonly<Record<number, Partial<PortObservation>>>) =>
  (evidence: HostEvidence): HostEvidence => ({
    ...evidence,
    ports: evidence.ports.map((one) => ({ ...one, ...more[one.port] })),
  });

describe('ports of a responder', () => {
  it('are those that it opened, where the sample drew them', () => {
    const change = (evidence: HostEvidence): HostEvidence => {
      const { responder, ...rest } = withPorts({ 51000: { why: 'mapped' } })(evidence);
      return { ...rest, ...(responder && { responder: { ...responder, ports: [50_000, 51_000] } }) };
    };
    expect(ruled({}, change)).toMatchObject({ rule: 'responder-filtered', ports: [50_000] });
  });

  it('say nothing of a range in which none of them lies', () => {
    const given = { responder: { ended: true } };
    expect(ruled(given)).toMatchObject({ rule: 'responder-ended' });
    expect(ruled(given, undefined, { from: 65_000, to: 65_535 })).toBeNull();
  });
});

describe('an accept without the key', () => {
  it('is of somebody else, unless the responder limits itself and hangs up', () => {
    const limited = { ...KEYED, responder: { limited: true } };
    const on = (text: string) => ruled({ ...limited, except: { 50000: text } })?.rule;
    expect(on('accepted mute')).toBe('responder-intercepted');
    expect(on('accepted hung-up')).toBe('responder-limited');
  });

  it('may come from a device that drops the data, where anything of it arrived', () => {
    const text = (arrived: readonly number[]) =>
      ruled({ ...KEYED, responder: { arrived }, except: { '50000-51000': 'accepted mute' } })?.text;
    expect(text([50_000])).toContain('or a device that drops the data, stands in between');
    expect(text([52_000])).toContain('Nothing of these connections arrived there');
  });
});

describe('silence of a responder', () => {
  it('on the way back is likely a filter after few probes, and proven after many', () => {
    const lost = (silence: string) =>
      ruled({ ...KEYED, except: { 50000: silence }, responder: { arrived: [50_000] } });
    expect(lost('silent 3')).toMatchObject({ rule: 'responder-lost-back', confidence: 'likely' });
    expect(lost('silent 12')).toMatchObject({ rule: 'responder-lost-back', confidence: 'proven' });
  });

  it('on the way there is no work of its own firewall, where something else arrived', () => {
    const finding: ResponderFinding = { kind: 'responder', speech: 'hung-up', isLimited: true };
    const busy = withPorts({ 50000: { reply: { kind: 'accepted', rttMs: 1 }, finding } });
    const lost = (arrived: readonly number[]) => ruled({ responder: { firewall: 'blocks', arrived } }, busy);
    expect(lost([50_000])).toMatchObject({ rule: 'responder-lost-there', side: 'network' });
    expect(lost([])).toMatchObject({ rule: 'responder-lost-there', side: 'either' });
    expect(lost([])?.text).toContain('where it has no rule for the responder');
  });

  it('is a filter where the responder is known to listen, though nothing else of the host answers', () => {
    expect(ruled(SILENT)).toBeNull();
    const shared = { arrived: [], shared: true };
    expect(ruled({ ...SILENT, responder: shared })).toMatchObject({
      rule: 'responder-filtered',
      state: 'fail',
    });
  });

  it('under a limit proves nothing; where it listens, that much is known', () => {
    const limited = { ...SILENT, dynamic: 'silent 2', control: '1 of 9' };
    expect(ruled({ ...limited, responder: { arrived: [] } })).toMatchObject({ rule: 'responder-limited' });
    expect(ruled(limited)).toBeNull();
  });

  it('may be its end, unless it was still there after its time', () => {
    const ended = { ...KEYED, except: { 50000: 'silent 12' }, responder: { ended: true } };
    expect(ruled({ ...ended, control: 'none' })).toMatchObject({ rule: 'responder-limited' });
    expect(ruled({ ...ended, control: 'none' })?.text).toContain("the responder's time is up");
    expect(ruled(ended)).toMatchObject({ rule: 'responder-filtered' });
    const isOver = (given: object): boolean => {
      const facts = factsFor({ ...ended, ...given });
      return facts.responder !== null && mayHaveEnded(facts, facts.responder);
    };
    expect(isOver({})).toBe(false);
    expect(isOver({ control: '9 of 9 stopped 24' })).toBe(true);
    expect(isOver({ control: 'none' })).toBe(true);
    expect(isOver({ dynamic: 'silent 12' })).toBe(true);
    expect(isOver({ responder: {} })).toBe(false);
  });

  it('is not counted with a port that dies on the way, where the responder never answered', () => {
    const facts = factsFor({
      desktop: 'accepted spoke',
      traces: ['135: 10.0.1.1 10.0.2.1 > target', '50000: 10.0.1.1 *'],
    });
    expect(firstMatch(DYNAMIC_RPC, facts, within(facts, DYNAMIC_PORTS))).toMatchObject({
      rule: 'dynamic-dropped-on-way',
      ports: [50_000],
    });
  });
});

it('a responder that does not say where a connection came from shows no translation', () => {
  const finding: ResponderFinding = { kind: 'responder', speech: 'spoke', listening: [50_000] };
  const { evidence } = factsFor({}, withPorts({ 50000: { reply: { kind: 'accepted', rttMs: 1 }, finding } }));
  expect(responderFactsOf(evidence)).toMatchObject({
    ...{ isProven: true, local: null, translatedSource: null },
    listening: new Set([50_000]),
  });
});
