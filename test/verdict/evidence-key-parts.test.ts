import { describe, expect, it } from 'vitest';
import type { EndpointMapperFinding, HostEvidence, PortObservation } from '../../src/model/evidence.ts';
import type { Reply } from '../../src/model/reply.ts';
import { evidenceKey } from '../../src/verdict/evidence-key.ts';
import { judgeHost, judgeHosts } from '../../src/verdict/judge-host.ts';
import { ADDRESS, CAPABILITIES, plan } from './arbitraries.ts';
import { silent } from './nearly-alike.ts';

const REFUSED: Reply = { kind: 'refused', rttMs: 1, by: 'unknown' };
const ACCEPTED: Reply = { kind: 'accepted', rttMs: 1 };
const MAPPER: EndpointMapperFinding = {
  ...{ kind: 'endpoint-mapper', speech: 'spoke', listing: 'complete', endpoints: [] },
  resolver: { kind: 'not-asked' },
};
const SILENT = (attempts: number): Reply => ({ kind: 'silent', waitedMs: 1, attempts });
const rejected = (from: string): Reply => ({
  ...{ kind: 'rejected', rttMs: 1 },
  cause: { icmp: { version: 4, type: 3, code: 13 }, from },
});

describe('the key of the evidence about a host', () => {
  const keyOf = (mapper: Partial<PortObservation>, host: Partial<HostEvidence> = {}) =>
    evidenceKey(silent(host, mapper));

  it.each<[string, Partial<PortObservation>[]]>([
    [
      'whether the TTL of a reset is that of the host',
      [true, false].map((ttlMatch) => ({ reply: { ...REFUSED, ttlMatch } })),
    ],
    ['whether that was compared', [{ reply: { ...REFUSED, ttlMatch: true } }, { reply: REFUSED }]],
    ['how often silence was met', [3, 4].map((count) => ({ reply: SILENT(count), attempts: 4 }))],
    ['how many probes were lost', [1, 2].map((lost) => ({ reply: ACCEPTED, lost }))],
    [
      'how many packets of a control were answered',
      [3, 4].map((control) => ({ flows: { asked: 8, answered: 4, control } })),
    ],
    [
      'whether a list stalled',
      [{}, { stalled: true as const }].map((more) => ({ reply: ACCEPTED, finding: { ...MAPPER, ...more } })),
    ],
  ])('tells %s', (_, [one, other]) => {
    expect(keyOf(one ?? {})).not.toBeNull();
    expect(keyOf(one ?? {})).not.toBe(keyOf(other ?? {}));
    expect(keyOf(one ?? {})).toBe(keyOf(one ?? {}));
  });

  it('is none where a mapper tells of the host itself', () => {
    const told = (more: Partial<EndpointMapperFinding>) =>
      keyOf({ reply: ACCEPTED, finding: { ...MAPPER, ...more } });
    expect(told({})).not.toBeNull();
    expect(told({ resolver: { kind: 'refused' } })).not.toBeNull();
    const version = { major: 5, minor: 7 };
    expect(told({ resolver: { kind: 'answered', version, addresses: [] } })).toBeNull();
    expect(told({ endpoints: [{ port: 50_000, interface: 'x', annotation: '' }] })).toBeNull();
    expect(keyOf({ reply: ACCEPTED, finding: { kind: 'rpc-server', speech: 'spoke' } })).not.toBeNull();
  });

  it('is none where the host rejects by itself, in whatever spelling', () => {
    expect(keyOf({ reply: rejected('10.0.1.1') })).not.toBeNull();
    expect(keyOf({ reply: rejected(ADDRESS) })).toBeNull();
    expect(keyOf({ reply: rejected('FD00:0::9') }, { address: 'fd00::9' })).toBeNull();
  });

  it('is none where more than its ports was looked at', () => {
    const responder = {
      ports: [],
      firewall: 'none',
      hasEnded: false,
      ownAddresses: [],
      noviceReport: null,
    } as const;
    expect(keyOf({}, { responder })).toBeNull();
    expect(keyOf({}, { otherAddresses: [{ address: '10.9.0.9', family: 4, reply: ACCEPTED }] })).toBeNull();
    expect(keyOf({}, { interrupted: true })).toBeNull();
    expect(keyOf({}, { address: null })).toBeNull();
  });
});

it('kinds of hosts that take turns are judged once each', () => {
  const judge = judgeHosts(plan, CAPABILITIES);
  const [one, other] = [silent({}), silent({ lossEstimate: 0.3 })];
  const first = judge(one);
  judge(other);
  expect(judge(one).because).toBe(first.because);
});

describe('what is passed on of a port', () => {
  const fault: Reply = { kind: 'unknown', fault: { kind: 'other', code: 'EXX', text: 'made up' } };
  const reported = (more: Partial<PortObservation>) =>
    judgeHost(silent({}, more), plan, CAPABILITIES).ports[0];

  it('is what it said, else why it could not be asked', () => {
    expect(reported({ reply: fault })).toMatchObject({ detail: 'made up', rttMs: null, service: null });
    expect(reported({ reply: fault, detail: 'said', service: 'epmap' })).toMatchObject({
      ...{ detail: 'said', service: 'epmap' },
    });
    expect(reported({ reply: ACCEPTED })).toMatchObject({ detail: null, rttMs: 1 });
  });

  it('is the same of probes of the own', () => {
    const extra = (more: object) => {
      const one = { probe: 'smb', port: 445, reply: ACCEPTED, attempts: 1, ...more };
      return judgeHost(silent({ extras: [one] }), plan, CAPABILITIES).extra?.[0];
    };
    expect(extra({ reply: { kind: 'accepted', rttMs: 1.23456 } })).toMatchObject({
      ...{ rttMs: 1.235, service: null, detail: null, state: 'open' },
    });
    expect(extra({ reply: fault })).toMatchObject({ rttMs: null, detail: 'made up' });
    expect(extra({ reply: SILENT(3) })).toMatchObject({ rttMs: null, detail: null });
    expect(extra({ service: 'smb', detail: 'said' })).toMatchObject({ service: 'smb', detail: 'said' });
  });
});

it('a host whose name led to an address is judged as one that was named by it', () => {
  const resolution = { kind: 'resolved', addresses: [{ address: ADDRESS, family: 4 }] } as const;
  const named = judgeHost(silent({ resolution }), plan, CAPABILITIES);
  expect(named).toEqual(judgeHost(silent({}), plan, CAPABILITIES));
});
