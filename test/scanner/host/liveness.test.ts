import { describe, expect, it } from 'vitest';
import { fakeClock } from '../clock.ts';
import { collect } from '../collect.ts';
import { FakeWire, refused, SAMPLE } from '../fakes.ts';

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
