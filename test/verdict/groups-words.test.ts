import { describe, expect, it } from 'vitest';
import { DROP, groupsOf, HOPS, LOCATED, range } from './networks.ts';
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
