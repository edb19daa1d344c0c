import { describe, expect, it } from 'vitest';
import { fakeClock } from '../clock.ts';
import { collect, portOf } from '../collect.ts';
import { FakeNetwork, windows } from '../network.ts';

const held = fakeClock();

/** Three of eight hosts answer everywhere, four only where they listen, and of the last one nothing answers. */
const kindOf = (address: string): 'usual' | 'stealthy' | 'dead' => {
  const at = Number(address.split('.')[3]) % 8;
  return at < 3 ? 'usual' : at < 7 ? 'stealthy' : 'dead';
};
const HOSTS = Array.from({ length: 240 }, (_, i) => `192.0.2.${i + 1}`);

const audit = async (loss: number, seed = 1) => {
  const { wire } = new FakeNetwork({
    hosts: (to) =>
      ({
        usual: windows({ halfOpenMs: 500 }),
        stealthy: windows({ port: (port) => (port === 135 ? 'accept' : 'drop'), halfOpenMs: 500 }),
        dead: undefined,
      })[kindOf(to)],
    ...{ loss, seed },
  });
  const { evidence } = await collect(held.clock, wire, {
    hosts: HOSTS,
    plan: { bulk: true, retries: 1, hostsAtOnce: 256, rate: 20_000, perSubnetRate: 20_000 },
  });
  const missed = evidence.filter(
    (one) => kindOf(one.address ?? '') === 'stealthy' && portOf(one, 135)?.reply.kind !== 'accepted',
  );
  const toDead = HOSTS.filter((host) => kindOf(host) === 'dead').map(
    (host) => wire.sent.filter(({ address }) => address === host).length,
  );
  return { missed: missed.length, toDead };
};

describe('hosts that answer on one port only', () => {
  it.each([0.01, 0.05])('are found, where the path loses %d each way', async (loss) => {
    let missed = 0;
    for (let seed = 1; seed <= 6; seed++) missed += (await audit(loss, seed)).missed;
    // Of 720: with 5 % one probe in ten is lost there or back, and three are sent.
    expect(missed).toBeLessThanOrEqual(2);
  });
});

it('addresses without a host get no packet more, where nothing is lost', async () => {
  const { missed, toDead } = await audit(0);
  expect(missed).toBe(0);
  // 135, 3389 and three of the sample, and the required ones once more; two looks at those that came before any neighbour had answered.
  expect(Math.max(...toDead)).toBeLessThanOrEqual(9);
  expect(Math.min(...toDead)).toBe(7);
});
