import { describe, expect, it } from 'vitest';
import type { HostEvidence } from '../../src/model/evidence.ts';
import { evidenceKey } from '../../src/verdict/evidence-key.ts';
import { judgementOf } from '../../src/verdict/judgement.ts';
import { linkOf } from '../../src/verdict/link.ts';
import { capabilitiesOf, evidenceOf, planOf, scenarioFiles } from '../scenarios/load.ts';
import { CAPABILITIES, plan } from './arbitraries.ts';
import { NEARLY } from './nearly-alike.ts';
import { changedAt, watched } from './read-paths.ts';

/** Evidence as audits have it of most hosts, for which evidenceKey gives a key: nothing but ports was looked at. */
const plain = (given: HostEvidence): HostEvidence => ({
  ...given,
  otherAddresses: [],
  traces: [],
  mapped: [],
  multipath: [],
  interrupted: false,
});

/**
 * Left out of the key for a reason: the address, because a host that rejects by itself has no key, and its network is in the key;
 * names are texts that a report repeats.
 */
const LEFT_OUT: ReadonlySet<string> = new Set(['address']);

const PORT = { port: 1025, reply: { kind: 'silent' } };

type Judge = (evidence: HostEvidence) => unknown;

/** What is read of the evidence about a host although the key says nothing of it. */
const forgotten = (evidence: HostEvidence, link: (address: string | null) => string | null, judge: Judge) => {
  const key = evidenceKey(evidence, link(evidence.address));
  if (key === null) return [];
  const { value, paths } = watched(evidence);
  judge(value);
  return paths()
    .filter((path) => !LEFT_OUT.has(path.join('.')))
    .filter((path) => {
      const other = changedAt(evidence, path, PORT);
      return other !== null && evidenceKey(other, link(other.address)) === key;
    })
    .map((path) => path.join('.'));
};

const scenarios = scenarioFiles().flatMap(({ scenarios: all }) =>
  all.map((scenario) => ({
    name: scenario.name,
    evidence: plain(evidenceOf(scenario)),
    plan: planOf(scenario),
    capabilities: capabilitiesOf(scenario),
  })),
);

describe('evidenceKey', () => {
  it.each(scenarios)(
    'knows all that the rules read of a host: $name',
    ({ evidence, plan: own, capabilities }) => {
      const link = (address: string | null) => linkOf(own, address);
      expect(forgotten(evidence, link, (seen) => judgementOf(seen, own, capabilities))).toEqual([]);
    },
  );

  it('gives most scenarios a key, so that this says something', () => {
    const keyed = scenarios.filter(({ evidence, plan: own }) =>
      evidenceKey(evidence, linkOf(own, evidence.address)),
    );
    expect(keyed.length).toBeGreaterThan(scenarios.length / 2);
  });

  it.each(NEARLY)('knows all that the rules read of hosts which differ in %s', (_, first, second) => {
    for (const one of [first, second])
      expect(
        forgotten(
          one,
          () => null,
          (seen) => judgementOf(seen, plan, CAPABILITIES),
        ),
      ).toEqual([]);
  });

  it('would be found to forget what a further rule reads', () => {
    const [{ evidence } = { evidence: null }] = scenarios.filter(
      ({ evidence: one }) => evidenceKey(one) !== null && one.ports.length > 0,
    );
    if (!evidence) throw new Error('no scenario has a key');
    const curious = (seen: HostEvidence) =>
      seen.ports.map(({ service, reply }) => [service, 'ttl' in reply && reply.ttl]);
    expect(forgotten(evidence, () => null, curious)).toContain('ports.0.service');
  });
});
