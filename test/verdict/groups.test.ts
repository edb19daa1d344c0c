import { describe, expect, it } from 'vitest';
import type { HostReport } from '../../src/model/report.ts';
import { DROP, groupsOf, LOCATED, range, STEALTH } from './networks.ts';
import { type Sketch, type Stop, sketch } from './reports.ts';

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
