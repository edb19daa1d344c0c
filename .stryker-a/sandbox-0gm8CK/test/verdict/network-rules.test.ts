import { describe, expect, it } from 'vitest';
import { networkRules } from '../../src/verdict/remedies/network-rules.ts';

const PORTS = [
  { from: 135, to: 135 },
  { from: 49_152, to: 65_535 },
];

describe('networkRules', () => {
  it('lets experts through to one host, before what drops now, and the answers back', () => {
    expect(networkRules('10.9.0.7', PORTS)).toEqual({
      commands: [
        'nft insert rule inet filter forward ip saddr EXPERT ip daddr 10.9.0.7 tcp dport { 135, 49152-65535 } accept',
        'permit tcp EXPERT host 10.9.0.7 eq 135',
        'permit tcp EXPERT host 10.9.0.7 range 49152 65535',
        'permit tcp host 10.9.0.7 EXPERT established',
      ],
      tools: ['nftables', 'cisco', 'cisco', 'cisco'],
    });
  });

  it('speaks IPv6, without the zone', () => {
    const [nft = '', cisco] = networkRules('fe80::7%eth0', PORTS).commands;
    expect(nft).toContain('ip6 saddr EXPERT ip6 daddr fe80::7 tcp');
    expect(cisco).toBe('permit tcp EXPERT host fe80::7 eq 135');
  });

  it('has nothing to paste for what is not an address', () => {
    expect(networkRules('10.9.0.7; reboot', PORTS).commands).toEqual([]);
  });
});
