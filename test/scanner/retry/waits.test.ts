import { describe, expect, it } from 'vitest';
import { RttEstimator } from '../../../src/scanner/retry/rto.ts';
import { fakeClock } from '../clock.ts';
import { collect } from '../collect.ts';
import { FakeNetwork, windows } from '../network.ts';

const held = fakeClock();
const HOST = '192.0.2.1';
const filtered = (rttMs: number) =>
  windows({ rttMs, port: (port) => (port === 3389 ? 'drop' : port === 135 ? 'accept' : 'refuse') });

describe('the last probe of a required port that is silent', () => {
  it.each([
    ['a check of a fast host: past the first retransmission of a kernel', false, 10, 1300],
    ['a check of a slow host: four round trips', false, 700, 2800],
    ['an audit of a fast host: neighbours have shown the path', true, 10, 200],
    ['an audit of a slow host: four round trips', true, 90, 360],
  ])('waits in %s', async (_, bulk, rttMs, waitMs) => {
    const { wire } = new FakeNetwork({ hosts: { [HOST]: filtered(rttMs) } });
    await collect(held.clock, wire, { plan: { bulk, timeoutMs: 10_000 } });
    const last = wire.sent.find(({ port, attempt }) => port === 3389 && attempt === 6);
    expect(last?.timeoutMs).toBe(waitMs);
  });
});

describe('looks at a dead host of an audit', () => {
  it.each([
    ['fast neighbours, by the shortest waits', 10, 3, [100, 400]],
    ['slow neighbours', 100, 3, [275, 400]],
    ['neighbours so slow that the first look has its most', 150, 3, [300, 600]],
    ['two neighbours, which are too few to go by', 10, 2, [300, 3000]],
  ])('wait as the round trips of %s say', async (_, rttMs, alive, waits) => {
    const neighbours = Array.from({ length: alive }, (_, i) => `192.0.2.${i + 1}`);
    const hosts = Object.fromEntries(neighbours.map((one) => [one, windows({ rttMs })]));
    const { wire } = new FakeNetwork({ hosts });
    await collect(held.clock, wire, {
      hosts: [...neighbours, '192.0.2.9'],
      plan: { bulk: true, retries: 1, hostsAtOnce: 1 },
    });
    const looks = wire.sent.filter(({ address, port }) => address === '192.0.2.9' && port === 135);
    expect(looks.map(({ timeoutMs }) => timeoutMs)).toEqual(waits);
  });

  it('are four where a limit slowed its subnet down, for one more is lost like the first', async () => {
    const banned = windows({
      port: (port) => (port === 3389 ? 'drop' : port === 135 ? 'accept' : 'refuse'),
      ban: { after: 8 },
    });
    const { wire } = new FakeNetwork({ hosts: { '192.0.2.1': banned, '192.0.2.2': windows() } });
    await collect(held.clock, wire, {
      hosts: ['192.0.2.1', '192.0.2.9'],
      plan: { bulk: true, retries: 1, hostsAtOnce: 1 },
    });
    const looks = wire.sent.filter(({ address, port }) => address === '192.0.2.9' && port === 135);
    expect(looks).toHaveLength(1 + 4);
  });
});

describe('repetitions of probes that left together', () => {
  it('leave apart, within half of a wait', async () => {
    const hosts = Array.from({ length: 20 }, (_, i) => `192.0.2.${i + 1}`);
    const { wire } = new FakeNetwork({ hosts: Object.fromEntries(hosts.map((one) => [one, filtered(10)])) });
    await collect(held.clock, wire, { hosts, plan: { sample: [20_000] } });
    const delays = hosts.map((host) => {
      const [first, again] = wire.sent.filter(({ address, port }) => address === host && port === 3389);
      return (again?.at ?? 0) - (first?.at ?? 0) - (first?.timeoutMs ?? 0);
    });
    expect(new Set(delays).size).toBeGreaterThan(10);
    for (const delay of delays) {
      expect(delay).toBeGreaterThanOrEqual(0);
      // The host has answered after 10 ms: its wait is 110 ms.
      expect(delay).toBeLessThan(110);
    }
  });
});

describe('round trips of one host', () => {
  const measuring = (...measured: number[]): RttEstimator => {
    const rtt = new RttEstimator(10_000, 0);
    for (const ms of measured) rtt.observe(ms);
    return rtt;
  };

  it('are an upper bound until the first is measured', () => {
    const rtt = measuring();
    expect(rtt.isBound).toBe(false);
    rtt.observeBound(50);
    expect([rtt.isBound, rtt.longestMs]).toEqual([true, 50]);
    rtt.observe(10);
    expect([rtt.isBound, rtt.longestMs]).toEqual([false, 10]);
  });

  it('are none a second later than the shortest, and begin anew where the first was that', () => {
    expect(measuring(100, 20, 1020).longestMs).toBe(100);
    expect(measuring(1020, 20).longestMs).toBe(20);
    expect(measuring(600, 400).longestMs).toBe(600);
  });
});
