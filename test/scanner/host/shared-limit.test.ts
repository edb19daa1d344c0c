import { describe, expect, it } from 'vitest';
import type { HostEvidence } from '../../../src/model/evidence.ts';
import { isMoreThanLimit } from '../../../src/model/inference.ts';
import { isReachable } from '../../../src/model/reply.ts';
import { fakeClock } from '../clock.ts';
import { collect } from '../collect.ts';
import { FakeNetwork, type NetworkSetting, type Port } from '../network.ts';

const held = fakeClock();

/** Whether all that was seen of a host is silence that no limit explains: it counts as off or gone. */
const looksGone = ({ ports, control }: HostEvidence): boolean =>
  !ports.some(({ reply }) => isReachable(reply)) &&
  control?.stoppedAfter == null &&
  isMoreThanLimit(control, Math.max(0, ...ports.map(({ attempts }) => attempts)));

/** Every eighth address has no host. */
const isDead = (address: string): boolean => Number(address.split('.')[3]) % 8 === 0;

const audit = async (many: number, setting: Omit<NetworkSetting, 'hosts'>, closed: Port = 'refuse') => {
  const rttMs = 5 + 3 * (setting.seed ?? 1);
  const { wire } = new FakeNetwork({
    ...setting,
    hosts: (to) =>
      isDead(to) ? undefined : { port: (port) => (port === 135 || port === 3389 ? 'accept' : closed), rttMs },
  });
  const { evidence } = await collect(held.clock, wire, {
    hosts: Array.from({ length: many }, (_, i) => `192.0.2.${i + 1}`),
    plan: { bulk: true, hostsAtOnce: 256, perHostRate: 150, perSubnetRate: 500, rate: 2000 },
  });
  const gone = evidence.filter(looksGone).map(({ address }) => address ?? '');
  return { wrong: gone.filter((address) => !isDead(address)), right: gone.filter(isDead).length };
};

describe('a limit on new connections that all hosts of a subnet share', () => {
  it.each([
    [20, 16],
    [20, 64],
    [50, 16],
    [50, 64],
    [100, 64],
  ])('of %i a second makes none of %i hosts look gone', async (perSecond, many) => {
    for (let seed = 1; seed <= 6; seed++) {
      expect(
        (await audit(many, { seed, limit: { perSecond, burst: perSecond } })).wrong,
        `seed ${seed}`,
      ).toEqual([]);
    }
  });

  it.each([60, 100])(
    'of %i in all makes no stealthy host look gone, of which only the listeners answer',
    async (burst) => {
      for (let seed = 1; seed <= 6; seed++) {
        const { wrong } = await audit(16, { seed, limit: { perSecond: 1 / 3, burst } }, 'drop');
        expect(wrong, `seed ${seed}`).toEqual([]);
      }
    },
  );

  it('that is not met hides no host that is off', async () => {
    expect(await audit(64, { limit: { perSecond: 400, burst: 400 } })).toEqual({ wrong: [], right: 8 });
  });
});

it.each([0.01, 0.05])('a loss of %d each way leaves no doubt about hosts that are off', async (loss) => {
  expect(await audit(64, { loss })).toEqual({ wrong: [], right: 8 });
});
