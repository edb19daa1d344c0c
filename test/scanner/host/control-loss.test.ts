import { describe, expect, it } from 'vitest';
import { fakeClock } from '../clock.ts';
import { collect, portOf } from '../collect.ts';
import { FakeNetwork, windows } from '../network.ts';
import { filtered, HOST, networkOf } from './filtered-host.ts';

const held = fakeClock();

describe('loss of 5 % each way', () => {
  it('is never taken for answers that stopped, nor for a filter', async () => {
    for (let seed = 1; seed <= 150; seed++) {
      const { wire } = networkOf(filtered(), seed, 0.05);
      const { evidence } = await collect(held.clock, wire);
      const [host] = evidence;
      expect(host?.control?.stoppedAfter, `seed ${seed}`).toBeNull();
      const wrong = host?.ports.filter(({ port, reply }) => port !== 3389 && reply.kind === 'silent');
      expect(wrong, `seed ${seed}`).toEqual([]);
    }
  });

  it.each([
    ['where nothing is filtered', windows()],
    ['with the controls beside a port that is', filtered()],
  ])('is estimated well %s', async (_, host) => {
    let sum = 0;
    const runs = 100;
    for (let seed = 1; seed <= runs; seed++) {
      const { wire } = networkOf(host, seed, 0.05);
      const { evidence } = await collect(held.clock, wire);
      sum += evidence[0]?.lossEstimate ?? 0;
    }
    // Lost there or back: 9.75 %.
    expect(sum / runs).toBeGreaterThan(0.06);
    expect(sum / runs).toBeLessThan(0.14);
  });
});

describe('slow links', () => {
  it.each([
    [1500, 3000, 2],
    [2200, 3000, 2],
    [2200, 20_000, 5],
    [6000, 20_000, 5],
  ])(
    'of %i ms are asked with the patience of --timeout %i: nothing lost, nothing filtered',
    async (rttMs, timeoutMs, retries) => {
      for (const seesTtl of [false, true]) {
        const { wire } = new FakeNetwork({
          hosts: { [HOST]: windows({ rttMs }) },
          capabilities: { seesTtl },
        });
        const { evidence } = await collect(held.clock, wire, { plan: { timeoutMs, retries } });
        const [host] = evidence;
        expect(host?.ports.map(({ reply }) => reply.kind)).toEqual(
          [135, 1100, 3000, 3389, 20_000, 30_000, 50_000, 60_000].map((port) =>
            port === 135 || port === 3389 ? 'accepted' : 'refused',
          ),
        );
        expect(host?.lossEstimate).toBe(0);
        expect(host?.control?.stoppedAfter ?? null).toBeNull();
      }
    },
  );

  it('are found in an audit among fast subnets, too', async () => {
    const hosts = (to: string) => windows({ rttMs: to.startsWith('192.0.2.') ? 5 : 1800 });
    const { wire } = new FakeNetwork({ hosts });
    const { evidence } = await collect(held.clock, wire, {
      hosts: [...Array.from({ length: 80 }, (_, i) => `192.0.2.${i + 1}`), '198.51.100.1'],
      plan: { bulk: true, hostsAtOnce: 64 },
    });
    const slow = evidence.find(({ address }) => address === '198.51.100.1');
    expect(portOf(slow, 135)?.reply.kind).toBe('accepted');
  });
});
