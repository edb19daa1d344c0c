import { describe, expect, it } from 'vitest';
import { fakeClock } from '../clock.ts';
import { collect } from '../collect.ts';
import { FakeWire, refused } from '../fakes.ts';
import { type FakeHost, FakeNetwork, windows } from '../network.ts';

const held = fakeClock();

describe('neighbours of a dead host, in an audit', () => {
  const alive = ['192.0.2.1', '192.0.2.2', '192.0.2.3'];
  const audit = (hosts: Record<string, FakeHost>, targets: readonly string[]) =>
    collect(held.clock, new FakeNetwork({ hosts }).wire, {
      hosts: targets,
      plan: { bulk: true, retries: 1, hostsAtOnce: 64 },
    });

  it('vouch for its silence while they answer', async () => {
    const { evidence } = await audit(Object.fromEntries(alive.map((one) => [one, windows()])), [
      ...alive,
      '192.0.2.9',
    ]);
    const dead = evidence.find(({ address }) => address === '192.0.2.9');
    expect(dead?.control).toMatchObject({ of: 'neighbour', stoppedAfter: null });
    expect(dead?.control?.answered).toBeGreaterThanOrEqual(1);
  });

  it('do not where they stopped answering as well', async () => {
    const { evidence, events } = await audit(
      Object.fromEntries(alive.map((one) => [one, windows({ goesAtMs: 300 })])),
      [...alive, '192.0.2.9'],
    );
    const dead = evidence.find(({ address }) => address === '192.0.2.9');
    expect(dead?.control).toMatchObject({ of: 'neighbour', answered: 0 });
    expect(dead?.control?.stoppedAfter).toBeGreaterThan(0);
    expect(events.filter(({ type }) => type === 'notice')).toHaveLength(1);
  });

  it('do not when all that still comes is the word of a router that they are gone', async () => {
    const wire = new FakeWire(({ address, at }) => {
      if (!alive.includes(address)) return 'silence';
      return at < 300
        ? refused
        : {
            kind: 'rejected',
            rttMs: 1,
            cause: { icmp: { version: 4, type: 3, code: 1 }, from: '192.0.2.254' },
          };
    });
    const { evidence } = await collect(held.clock, wire, {
      hosts: [...alive, '192.0.2.8', '192.0.2.9'],
      plan: { bulk: true, retries: 1 },
    });
    for (const dead of ['192.0.2.8', '192.0.2.9']) {
      expect(evidence.find(({ address }) => address === dead)?.control?.stoppedAfter).toBeGreaterThan(0);
    }
  });

  it('slow their subnet down once when the one that is asked has merely gone away', async () => {
    const hosts = { '192.0.2.1': windows({ goesAtMs: 200 }) };
    const dead = Array.from({ length: 60 }, (_, i) => `192.0.2.${i + 2}`);
    await collect(held.clock, new FakeNetwork({ hosts }).wire, {
      hosts: ['192.0.2.1', ...dead],
      plan: { bulk: true, retries: 1, hostsAtOnce: 4, perSubnetRate: 100 },
    });
    // Seven probes each at fifty a second, and for each four at a time the controls of the neighbour; at two a second it takes minutes.
    expect(held.clock.now).toBeLessThan(15 * (4 * 3500 + 300 + 4500));
  });

  it('of other subnets vouch where its own has none', async () => {
    const { evidence } = await audit({ '192.0.2.1': windows() }, ['192.0.2.1', '198.51.100.9']);
    const dead = evidence.find(({ address }) => address === '198.51.100.9');
    expect(dead?.control).toMatchObject({ of: 'neighbour', stoppedAfter: null });
  });

  it('are not there when nobody ever answered', async () => {
    const { evidence } = await audit({}, ['192.0.2.8', '192.0.2.9']);
    expect(evidence.map(({ control }) => control)).toEqual([null, null]);
  });
});
