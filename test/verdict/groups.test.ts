import { describe, expect, it } from 'vitest';
import type { HostReport } from '../../src/model/report.ts';
import { DROP, groupsOf, HOPS, LOCATED, range, STEALTH } from './networks.ts';
import { type Sketch, type Stop, sketch } from './reports.ts';

describe('the words of a group', () => {
  const words = (...all: Sketch[]): string[] => groupsOf(all.map(sketch)).map(({ text }) => text);

  it('count the hosts of the prefix, the unreachable among them', () => {
    const all = range(1, 254).map(
      (low): Sketch =>
        low <= 212
          ? { address: `10.1.2.${low}`, stops: [LOCATED], hops: HOPS }
          : { address: `10.1.2.${low}`, verdict: 'unreachable' },
    );
    // Nobody answered at .213 and above, so the smallest prefix over the 212 hosts is the whole /24.
    expect(words(...all)).toEqual([
      'Between 10.0.3.1 and 10.0.3.2, TCP 3389 is silently dropped for 212 of 254 hosts in 10.1.2.0/24.',
    ]);
  });

  it('say how few traces tell the place', () => {
    const all = range(1, 9).map(
      (low): Sketch => ({ address: `10.1.2.${low}`, stops: [low <= 2 ? LOCATED : DROP], hops: HOPS }),
    );
    expect(words(...all)).toEqual([
      'After 10.0.3.1 (2 traces), TCP 3389 is silently dropped for 9 of 9 hosts in 10.1.2.0/28.',
    ]);
    expect(words(...all.slice(0, 1))).toEqual([
      'After 10.0.3.1 (1 trace), TCP 3389 is silently dropped for 10.1.2.1.',
    ]);
  });

  it('leave the hosts in doubt where no hop answers behind the last', () => {
    const all = range(1, 8).map(
      (low): Sketch => ({ address: `10.1.2.${low}`, stops: [LOCATED], hops: HOPS.slice(0, 2) }),
    );
    expect(words(...all)).toEqual([
      'Between 10.0.3.1 and the hosts, TCP 3389 is silently dropped for 8 of 8 hosts in 10.1.2.0/28.',
    ]);
  });

  it('name the next hop that most hosts have', () => {
    const all = range(1, 8).map(
      (low): Sketch => ({
        address: `10.1.2.${low}`,
        stops: [LOCATED],
        hops: ['10.0.3.1', low <= 3 ? '10.0.3.0' : '10.0.3.9'],
      }),
    );
    expect(words(...all)[0]).toMatch(/^Between 10\.0\.3\.1 and 10\.0\.3\.9, /);
  });

  it.each<[string, Stop, string]>([
    [
      'an unknown place',
      { what: ['endpoint-mapper', 'dynamic-rpc'], how: 'drop' },
      'At an unknown place, TCP 135 and dynamic RPC ports are silently dropped for 10.1.2.3.',
    ],
    [
      'the host itself',
      { what: ['endpoint-mapper'], how: 'icmp', by: '10.1.2.3', after: '10.0.3.1' },
      'By the hosts themselves, TCP 135 is rejected with ICMP for 10.1.2.3.',
    ],
    [
      'a sender and the hop before it',
      { what: ['remote-desktop'], how: 'icmp', by: '10.0.3.2', after: '10.0.3.1' },
      'At 10.0.3.2 after 10.0.3.1 (1 trace), TCP 3389 is rejected with ICMP for 10.1.2.3.',
    ],
    [
      'a reset seen at its sender',
      {
        what: ['endpoint-mapper', 'remote-desktop', 'dynamic-rpc'],
        how: 'reset',
        by: '10.0.3.1',
        after: '10.0.3.1',
      },
      'At 10.0.3.1, TCP 135, TCP 3389 and dynamic RPC ports are reset for 10.1.2.3.',
    ],
  ])('name %s', (_, stop, text) => {
    expect(words({ address: '10.1.2.3', stops: [stop] })).toEqual([text]);
  });

  it('say how many of those that a router rejects saw no rejection', () => {
    const what = ['remote-desktop'] as const;
    const rejected: Stop = { what, how: 'icmp', by: '10.0.3.1' };
    const silent: Stop = { what, how: 'drop', after: '10.0.3.1' };
    expect(
      words(
        { address: '10.1.2.2', stops: [rejected], hops: HOPS },
        { address: '10.1.2.3', stops: [rejected], hops: HOPS },
        { address: '10.1.2.1', stops: [silent], hops: HOPS },
      ),
    ).toEqual([
      'At 10.0.3.1, TCP 3389 is rejected with ICMP for 3 of 3 hosts in 10.1.2.0/30. No rejection came back for 1 of them: either the router limits its ICMP errors, or these are silently dropped.',
    ]);
  });

  it('give each of two filters its own range, rules and place', () => {
    const host = sketch({
      address: '10.1.2.3',
      stops: [{ what: ['dynamic-rpc'], how: 'drop', after: '10.0.3.1' }],
      ranges: [
        { from: 52_000, to: 54_999, state: 'filtered', exact: true },
        { from: 58_000, to: 61_999, state: 'filtered', exact: true },
      ],
    });
    const filters = [
      { ports: [53_000], how: 'drop', by: null, afterHop: '10.0.3.1' },
      { ports: [59_000], how: 'drop', by: null, afterHop: null, beforeHop: '10.0.3.2' },
    ] as const;
    const ports = [53_000, 59_000].flatMap((port) =>
      host.ports.flatMap((one) => (one.requirement === 'dynamic-rpc' ? [{ ...one, port }] : [])),
    );
    const groups = groupsOf([{ ...host, ports, path: { ...host.path, filters } }]);
    expect(groups.map(({ text }) => text)).toEqual([
      'After 10.0.3.1 (1 trace), TCP 52000-54999 is silently dropped for 10.1.2.3.',
      'Somewhere before 10.0.3.2, the first router that answers, TCP 58000-61999 is silently dropped for 10.1.2.3.',
    ]);
    expect(groups.map(({ commands }) => commands[1])).toEqual([
      'permit tcp EXPERT host 10.1.2.3 range 52000 54999',
      'permit tcp EXPERT host 10.1.2.3 range 58000 61999',
    ]);
  });

  it('say nothing of a filter to open where addresses are translated', () => {
    const stops: Stop[] = [{ what: ['dynamic-rpc'], how: 'reset', after: '10.0.3.1' }];
    expect(words({ address: '10.1.2.3', stops, rule: 'address-translation' })).toEqual([]);
  });

  it('name the dynamic range where all hosts that know it agree', () => {
    const stop: Stop = { what: ['dynamic-rpc'], how: 'drop' };
    const filtered = (from: number, exact = true) => [
      { from, to: 54_999, state: 'filtered' as const, exact },
    ];
    const one: Sketch = { address: '10.1.2.1', stops: [stop], ranges: filtered(50_000) };
    const unsure: Sketch = { address: '10.1.2.2', stops: [stop], ranges: filtered(49_000, false) };
    expect(words(one, unsure)[0]).toContain('TCP 50000-54999 is silently dropped for 2 of 2');
    const other: Sketch = { address: '10.1.2.3', stops: [stop], ranges: filtered(51_000) };
    expect(words(one, unsure, other)[0]).toContain('dynamic RPC ports are silently dropped for 3 of 3');
  });

  it('hold nothing that came from a hostile network or a typed name', () => {
    const hostile = { by: '\u001b[31m10.0.0.1', after: '=cmd|x' };
    const report = sketch({ address: 'fe80::1%eth0', target: '<b>pc</b>', stops: [{ ...DROP, ...hostile }] });
    expect(groupsOf([report])).toEqual([
      {
        signature: 'remote-desktop drop at an unknown place',
        hosts: 1,
        prefixes: ['fe80::1/128'],
        tools: expect.any(Array),
        commands: [
          'nft insert rule inet filter forward ip6 saddr EXPERT ip6 daddr fe80::1/128 tcp dport { 3389 } accept',
          'permit tcp EXPERT host fe80::1 eq 3389',
          'permit tcp host fe80::1 EXPERT established',
        ],
        text: 'At an unknown place, TCP 3389 is silently dropped for fe80::1.',
      },
    ]);
  });
});

describe('who belongs to a group', () => {
  const signatures = (...all: Sketch[]): string[] =>
    groupsOf(all.map(sketch)).map(({ signature, hosts }) => `${signature}: ${hosts}`);

  it('only blocked hosts whose failure is a filter, or may be one', () => {
    expect(
      signatures(
        { address: '10.1.2.1' },
        { address: '10.1.2.2', verdict: 'unreachable', stops: [LOCATED] },
        { address: '10.1.2.3', mapper: ['fail', 'mapper-refused', 'proven'] },
        { address: '10.1.2.4', ...STEALTH },
        { address: null, verdict: 'unreachable' },
      ),
    ).toEqual([]);
  });

  it('hosts of a /24 whose place is unknown, when one place is known there', () => {
    expect(
      signatures(
        { address: '10.1.2.1', stops: [LOCATED] },
        { address: '10.1.2.2', stops: [DROP] },
        { address: '10.1.3.2', stops: [DROP] },
      ),
    ).toEqual(['remote-desktop drop after 10.0.3.1: 2', 'remote-desktop drop at an unknown place: 1']);
  });

  it('nobody whose place may be either of two', () => {
    expect(
      signatures(
        { address: '10.1.2.1', stops: [LOCATED] },
        { address: '10.1.2.2', stops: [{ ...DROP, after: '10.0.3.9' }] },
        { address: '10.1.2.3', stops: [DROP] },
      ),
    ).toHaveLength(3);
  });

  it('hosts that a trace and hosts that only the sender places', () => {
    const icmp: Stop = { what: ['remote-desktop'], how: 'icmp', by: '10.0.3.2' };
    expect(
      signatures(
        { address: '10.1.2.1', stops: [{ ...icmp, after: '10.0.3.1' }] },
        { address: '10.1.2.2', stops: [icmp] },
        { address: '10.1.2.3', stops: [DROP] },
      ),
    ).toEqual(['remote-desktop icmp by 10.0.3.2 after 10.0.3.1: 3']);
  });

  it('hosts of which less could be seen, unless something speaks against it', () => {
    const both: Stop = { what: ['endpoint-mapper', 'dynamic-rpc'], how: 'drop', after: '10.0.3.1' };
    const mapper: Stop = { what: ['endpoint-mapper'], how: 'drop' };
    expect(
      signatures(
        { address: '10.1.2.1', stops: [both] },
        { address: '10.1.2.2', stops: [mapper], dynamic: ['undetermined', 'dynamic-silent', 'weak'] },
        { address: '10.1.2.3', stops: [mapper] },
      ),
    ).toEqual([
      'endpoint-mapper+dynamic-rpc drop after 10.0.3.1: 2',
      'endpoint-mapper drop at an unknown place: 1',
    ]);
  });

  it('not those whose sender nobody saw, with those that reject by themselves', () => {
    const icmp: Stop = { what: ['remote-desktop'], how: 'icmp' };
    expect(
      signatures(
        { address: '10.1.2.1', stops: [{ ...icmp, by: '10.1.2.1' }] },
        { address: '10.1.2.2', stops: [{ ...icmp, by: '10.1.2.2' }] },
        { address: '10.1.2.3', stops: [icmp] },
        { address: '10.1.2.4', stops: [DROP] },
      ),
    ).toEqual([
      'remote-desktop icmp by the host itself: 2',
      'remote-desktop drop at an unknown place: 1',
      'remote-desktop icmp at an unknown place: 1',
    ]);
  });

  it('two causes where a trace puts the silence elsewhere than the ICMP errors', () => {
    const what = ['dynamic-rpc'] as const;
    expect(
      signatures({
        address: '10.1.2.1',
        stops: [
          { what, how: 'icmp', by: '10.0.3.2', after: '10.0.3.1' },
          { what, how: 'drop', after: '10.0.1.1' },
        ],
      }),
    ).toEqual(['dynamic-rpc drop after 10.0.1.1: 1', 'dynamic-rpc icmp by 10.0.3.2 after 10.0.3.1: 1']);
  });

  it('one cause where silence stands beside ICMP errors of the same requirement', () => {
    const what = ['dynamic-rpc'] as const;
    expect(
      signatures({
        address: '10.1.2.1',
        stops: [
          { what, how: 'icmp', by: '10.0.3.2' },
          { what, how: 'drop' },
        ],
      }),
    ).toEqual(['dynamic-rpc icmp by 10.0.3.2: 1']);
  });
});

describe('hosts whose ports somebody refuses or drops in part', () => {
  const everything = (low: number): HostReport =>
    sketch({
      address: `10.1.2.${low}`,
      mapper: ['fail', 'mapper-refused', 'likely'],
      desktop: ['undetermined', 'desktop-refused-unverified', 'weak'],
      dynamic: ['undetermined', 'dynamic-refused-unverified', 'weak'],
    });

  it('are named where a router may refuse in their name, and get no rules to open', () => {
    expect(groupsOf(range(1, 8).map(everything))).toEqual([
      {
        signature: 'endpoint-mapper refused at an unknown place',
        hosts: 8,
        prefixes: ['10.1.2.0/28'],
        tools: expect.any(Array),
        commands: [],
        text: 'By the hosts, or by a device that sends resets on their behalf, TCP 135 is refused for 8 of 8 hosts in 10.1.2.0/28.',
      },
    ]);
  });

  it('are named with the place of resets no closer than it is known', () => {
    const reset = (low: number): HostReport =>
      sketch({
        address: `10.1.2.${low}`,
        stops: [{ what: ['remote-desktop'], how: 'reset', after: '10.0.3.1' }],
      });
    expect(groupsOf(range(1, 8).map(reset))[0]?.text).toBe(
      'At 10.0.3.1 or the device behind it, TCP 3389 is reset for 8 of 8 hosts in 10.1.2.0/28.',
    );
  });

  it('are a cause of their own where only some flows die', () => {
    const half = (low: number): HostReport =>
      sketch({
        address: `10.1.2.${low}`,
        mapper: ['fail', 'mapper-some-flows', 'proven'],
        stops: [{ what: ['endpoint-mapper'], how: 'drop', after: '10.0.3.1' }],
      });
    expect(groupsOf(range(1, 8).map(half))[0]?.text).toContain(
      'TCP 135 is silently dropped on some flows for 8 of 8 hosts',
    );
  });
});
