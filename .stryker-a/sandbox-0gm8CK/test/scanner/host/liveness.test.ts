import { describe, expect, it } from 'vitest';
import type { Echo } from '../../../src/model/wire.ts';
import { fakeClock } from '../clock.ts';
import { collect } from '../collect.ts';
import { FakeWire, noPing, refused, SAMPLE, unreachable } from '../fakes.ts';

const held = fakeClock();
const REQUIRED = [135, 3389];
const ALL = [...REQUIRED, ...SAMPLE].sort((a, b) => a - b);

describe('a host of an audit of which only one port answers', () => {
  const portsAsked = async (answering: number, by: 'unknown' | 'middlebox' = 'unknown') => {
    const wire = new FakeWire(({ port }) => (port === answering ? { ...refused, by } : 'silence'));
    const { evidence } = await collect(held.clock, wire, { plan: { bulk: true, retries: 1 } });
    return evidence[0]?.ports.map(({ port }) => port);
  };

  it.each([
    ['a required one', 3389],
    ['of the first third of the sample', 3000],
    ['of the second third', 30_000],
    ['of the last third', 60_000],
  ])('is not taken for dead, so all its ports are asked: %s', async (_, port) => {
    expect(await portsAsked(port)).toEqual(ALL);
  });

  it('is asked about everything where a device resets in its name: a filter has spoken for it', async () => {
    expect(await portsAsked(135, 'middlebox')).toEqual(ALL);
  });

  it('is asked about five ports where none of those answers', async () => {
    expect(await portsAsked(1100)).toEqual([135, 3000, 3389, 30_000, 60_000]);
  });
});

describe('a host of an audit that answers with ICMP errors alone', () => {
  /** `host-unreach`, which a router sends that finds no host. */
  const HOST_UNREACH = 1;
  const portsAsked = async (from: string, echo: Echo) => {
    const wire = new FakeWire(({ port }) => (port === 135 ? unreachable(HOST_UNREACH, from) : 'silence'));
    const pinger = { ...noPing, echo: async () => echo };
    const { evidence } = await collect(held.clock, wire, {
      plan: { bulk: true, retries: 1, ping: true },
      pinger,
    });
    return evidence[0]?.ports.map(({ port }) => port);
  };
  const noEcho: Echo = { kind: 'no-reply', waitedMs: 1000 };
  const FEW = [135, 3000, 3389, 30_000, 60_000];

  it('is asked about everything where it sent them itself, as its verdict will count it as alive', async () => {
    expect(await portsAsked('192.0.2.1', noEcho)).toEqual(ALL);
  });

  it('is not there for a router that finds no way to it', async () => {
    expect(await portsAsked('192.0.2.254', noEcho)).toEqual(FEW);
  });

  it.each([
    ['the host refuses the echo by itself', '192.0.2.1', ALL],
    ['a router refuses the echo', '192.0.2.254', FEW],
  ])('%s', async (_, from, ports) => {
    expect(await portsAsked('192.0.2.254', { kind: 'unreachable', from })).toEqual(ports);
  });
});
