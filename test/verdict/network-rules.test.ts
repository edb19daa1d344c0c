import { describe, expect, it } from 'vitest';
import { networkRules, prefixRules } from '../../src/verdict/remedies/network-rules.ts';

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

describe('prefixRules', () => {
  const one = [{ from: 135, to: 135 }];

  it('names each prefix as the device does, by family', () => {
    expect(prefixRules(['10.1.2.0/24', '10.1.3.7/32', 'fd00::/64', 'fd00::7/128'], one)).toEqual({
      commands: [
        'nft insert rule inet filter forward ip saddr EXPERT ip daddr { 10.1.2.0/24, 10.1.3.7/32 } tcp dport { 135 } accept',
        'nft insert rule inet filter forward ip6 saddr EXPERT ip6 daddr { fd00::/64, fd00::7/128 } tcp dport { 135 } accept',
        'permit tcp EXPERT 10.1.2.0 0.0.0.255 eq 135',
        'permit tcp 10.1.2.0 0.0.0.255 EXPERT established',
        'permit tcp EXPERT host 10.1.3.7 eq 135',
        'permit tcp host 10.1.3.7 EXPERT established',
        'permit tcp EXPERT fd00::/64 eq 135',
        'permit tcp fd00::/64 EXPERT established',
        'permit tcp EXPERT host fd00::7 eq 135',
        'permit tcp host fd00::7 EXPERT established',
      ],
      tools: ['nftables', 'nftables', ...Array.from({ length: 8 }, () => 'cisco')],
    });
  });

  it('needs no set for a single prefix, and no rule for a family that has none', () => {
    const { commands } = prefixRules(['10.1.2.0/30'], one);
    expect(commands[0]).toContain('ip daddr 10.1.2.0/30 tcp dport');
    expect(commands).toHaveLength(3);
    expect(commands[1]).toContain('10.1.2.0 0.0.0.3 ');
  });

  it('leaves more than sixteen prefixes to somebody who thinks', () => {
    const prefixes = Array.from({ length: 17 }, (_, i) => `10.1.${2 * i}.0/24`);
    expect(prefixRules(prefixes, one).commands).toEqual([]);
    expect(prefixRules(prefixes.slice(1), one).commands).toHaveLength(33);
  });
});
