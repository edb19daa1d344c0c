import { describe, expect, it } from 'vitest';
import type { HostEvidence, MappedRange } from '../../src/model/evidence.ts';
import { judgeHost } from '../../src/verdict/judge-host.ts';
import { ADDRESS, CAPABILITIES, plan } from './arbitraries.ts';

const stretch = (from: number, to: number, state: MappedRange['state']): MappedRange => ({
  from,
  to,
  state,
  exact: true,
});

/** A host that itself refuses unused ports, where 50000 is silent, with this map. */
const narrowed = (mapped: readonly MappedRange[]) => {
  const refused = { kind: 'refused', rttMs: 1, by: 'target' } as const;
  const silent = { kind: 'silent', waitedMs: 1, attempts: 6 } as const;
  const evidence: HostEvidence = {
    target: { kind: 'address', text: ADDRESS, address: ADDRESS, family: 4 },
    address: ADDRESS,
    family: 4,
    names: [],
    resolution: null,
    otherAddresses: [],
    echo: { kind: 'not-observed', why: 'test' },
    ports: [2000, 50_000, 60_000].map((port) => ({
      port,
      requirement: 'dynamic-rpc',
      why: 'sampled',
      reply: port === 50_000 ? silent : refused,
      attempts: 6,
    })),
    mapped,
    traces: [],
    lossEstimate: 0,
    control: null,
    multipath: [],
    interrupted: false,
  };
  const { remedies } = judgeHost(evidence, plan, CAPABILITIES);
  return remedies.find(({ id }) => id === 'narrow-rpc-range');
};

describe('the remedy that narrows the dynamic range', () => {
  it('takes ports that pass already, where Windows allocates since Vista before others', () => {
    const remedy = narrowed([
      stretch(1025, 49_999, 'reachable'),
      stretch(50_000, 57_000, 'filtered'),
      stretch(57_001, 65_535, 'reachable'),
    ]);
    expect(remedy?.text).toContain('TCP 58000-58999 already gets through');
    expect(remedy?.commands).toContain('netsh int ipv4 set dynamicport tcp start=58000 num=1000');
  });

  it('takes what there is when less than a thousand pass, but never below 5001', () => {
    const remedy = narrowed([stretch(1025, 6300, 'reachable'), stretch(6301, 65_535, 'filtered')]);
    expect(remedy?.commands).toContain('netsh int ipv4 set dynamicport tcp start=6000 num=301');
  });

  it('leaves out stretches that netsh would not take, and says that the network must pass the others', () => {
    const remedy = narrowed([stretch(1025, 6200, 'reachable'), stretch(6201, 65_535, 'filtered')]);
    expect(remedy?.text).toContain('The network must then allow TCP 135 and TCP 50000-50999');
  });

  it('needs 255 ports of a stretch', () => {
    const of = (to: number) =>
      narrowed([stretch(1025, to, 'reachable'), stretch(to + 1, 65_535, 'filtered')])?.commands.join(' ');
    expect(of(6254)).toContain('start=6000 num=255');
    expect(of(6253)).toContain('start=50000 num=1000');
  });
});
