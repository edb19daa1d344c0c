import { describe, expect, it } from 'vitest';
import { fakeClock } from '../clock.ts';
import { collect, portOf } from '../collect.ts';
import { FakeWire, fault, refused } from '../fakes.ts';
import { FakeNetwork, windows } from '../network.ts';

const held = fakeClock();

describe('confirming silence ends', () => {
  it('when it is stopped', async () => {
    const stop = new AbortController();
    const wire = new FakeWire(({ port, turn }) => {
      if (port === 20_000 && turn === 3) setTimeout(() => stop.abort(), 1);
      return port === 20_000 ? 'silence' : refused;
    });
    const { evidence } = await collect(held.clock, wire, { stop });
    expect(evidence[0]).toMatchObject({ interrupted: true });
    expect(portOf(evidence[0], 20_000)?.reply).toMatchObject({ kind: 'silent', attempts: 3 });
  });

  it('when this machine can no longer send', async () => {
    const wire = new FakeWire(({ port, turn }) => {
      if (port !== 20_000) return refused;
      return turn < 3 ? 'silence' : fault('no-route', 'ENETUNREACH');
    });
    const { evidence } = await collect(held.clock, wire);
    expect(portOf(evidence[0], 20_000)?.reply).toMatchObject({ kind: 'silent', attempts: 3 });
  });

  it('where a limit lets the repetition of every control through but never its first packet', async () => {
    const { wire } = new FakeNetwork({
      hosts: {
        '192.0.2.1': windows({
          port: (port, turn) =>
            port === 3389 || ((port === 135 || port === 1100) && turn % 2 === 1)
              ? 'drop'
              : port === 135
                ? 'accept'
                : 'refuse',
        }),
      },
    });
    const { evidence } = await collect(held.clock, wire);
    expect(evidence[0]?.control?.stoppedAfter).not.toBeNull();
    expect(wire.sent.length).toBeLessThan(200);
  });
});
