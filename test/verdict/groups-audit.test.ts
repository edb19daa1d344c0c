import { describe, expect, it } from 'vitest';
import type { Reply } from '../../src/model/reply.ts';
import { groupsOf, HOPS, range, tallied } from './networks.ts';
import { SILENT, scanned } from './reports.ts';

const REJECTED: Reply = {
  kind: 'rejected',
  rttMs: 1,
  cause: { icmp: { version: 4, type: 3, code: 13 }, from: '10.0.4.1' },
};

describe('an audit of ten /24s behind two filters', () => {
  // Routers: one drops TCP 3389 to 10.1.0.0-10.1.4.0, the other rejects dynamic ports to 10.1.5.0-10.1.9.0.
  const blockedHosts = () =>
    range(0, 9).flatMap((net) =>
      range(1, 254).map((low) => {
        const address = `10.1.${net}.${low}`;
        if (net > 4) return scanned({ address, dynamic: REJECTED });
        return scanned({
          address,
          desktop: SILENT,
          ...(low <= 2 ? { route: HOPS, traced: { 3389: 2 } } : {}),
        });
      }),
    );

  it('reads as two findings', () => {
    const healthy = range(1, 50).map((low) => scanned({ address: `10.1.10.${low}` }));
    expect(groupsOf([...blockedHosts(), ...healthy])).toEqual([
      {
        signature: 'dynamic-rpc icmp by 10.0.4.1',
        hosts: 1270,
        prefixes: ['10.1.5.0/24', '10.1.6.0/23', '10.1.8.0/23'],
        tools: expect.any(Array),
        commands: [
          'nft insert rule inet filter forward ip saddr EXPERT ip daddr { 10.1.5.0/24, 10.1.6.0/23, 10.1.8.0/23 } tcp dport { 49152-65535 } accept',
          ...['10.1.5.0 0.0.0.255', '10.1.6.0 0.0.1.255', '10.1.8.0 0.0.1.255'].flatMap((network) => [
            `permit tcp EXPERT ${network} range 49152 65535`,
            `permit tcp ${network} EXPERT established`,
          ]),
        ],
        text: 'At 10.0.4.1, dynamic RPC ports are rejected with ICMP for 1270 of 1270 hosts in 10.1.5.0/24, 10.1.6.0/23 and 10.1.8.0/23.',
      },
      {
        signature: 'remote-desktop drop after 10.0.3.1',
        hosts: 1270,
        prefixes: ['10.1.0.0/22', '10.1.4.0/24'],
        tools: expect.any(Array),
        commands: [
          'nft insert rule inet filter forward ip saddr EXPERT ip daddr { 10.1.0.0/22, 10.1.4.0/24 } tcp dport { 3389 } accept',
          'permit tcp EXPERT 10.1.0.0 0.0.3.255 eq 3389',
          'permit tcp 10.1.0.0 0.0.3.255 EXPERT established',
          'permit tcp EXPERT 10.1.4.0 0.0.0.255 eq 3389',
          'permit tcp 10.1.4.0 0.0.0.255 EXPERT established',
        ],
        text: 'Between 10.0.3.1 and 10.0.3.2, TCP 3389 is silently dropped for 1270 of 1270 hosts in 10.1.0.0/22 and 10.1.4.0/24.',
      },
    ]);
  });

  it('is one report of the same numbers, whatever the order', () => {
    const hosts = blockedHosts();
    const shuffled = hosts.toSorted((a, b) =>
      a.target.split('').reverse().join('').localeCompare(b.target.split('').reverse().join('')),
    );
    expect(tallied(shuffled).groups()).toEqual(tallied(hosts).groups());
    expect(tallied(hosts).summary).toEqual({
      hosts: 2540,
      ready: 0,
      blocked: 2540,
      undetermined: 0,
      clearSoFar: 0,
      unreachable: 0,
    });
  });
});
