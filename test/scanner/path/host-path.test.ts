import { describe, expect, it } from 'vitest';
import { fisherExact, WRONG_PROOF } from '../../../src/model/inference.ts';
import { fakeClock } from '../clock.ts';
import { collect, portOf } from '../collect.ts';
import { FakeNetwork, path, type Router, windows } from '../network.ts';

const held = fakeClock();
const HOST = '192.0.2.1';
const LOCATE = { locate: true } as const;

/** Two routers of equal cost at the second of three hops. */
const diamond = (a: Partial<Router>, b: Partial<Router> = {}): Router[][] => [
  [{ address: '10.0.1.1' }],
  [
    { address: '10.0.2.1', ...a },
    { address: '10.0.2.2', ...b },
  ],
  [{ address: '10.0.3.1' }],
];

describe('where filters of a host sit', () => {
  it('is shown by traces, and proven by hops that answer to the control and not to the port', async () => {
    const hops = path(4, { 3: { drops: (port) => port === 3389 } }).map((routers) =>
      routers.map((one) => ({ ...one, errorsPerSecond: 1 })),
    );
    const { wire } = new FakeNetwork({ hosts: { [HOST]: windows({ hops }) }, capabilities: { ttl: true } });
    const { evidence } = await collect(held.clock, wire, { plan: LOCATE });
    const traces = evidence[0]?.traces ?? [];
    expect(traces.find(({ port }) => port === 135)).toMatchObject({
      endTtl: 5,
      hops: [1, 2, 3, 4].map((ttl) => ({ ttl, address: `10.0.${ttl}.1` })),
    });
    const { comparison } = traces.find(({ port }) => port === 3389) ?? {};
    // A router sends its own time exceeded before it drops.
    expect(comparison).toMatchObject({ ttl: 4, passed: 0 });
    expect(comparison && fisherExact(comparison)).toBeLessThanOrEqual(WRONG_PROOF);
  });

  it('is named for resets without TTLs of answers, too', async () => {
    const hops = path(3, { 2: { resets: (port) => port === 3389 } });
    const { wire } = new FakeNetwork({ hosts: { [HOST]: windows({ hops }) }, capabilities: { ttl: true } });
    const { evidence } = await collect(held.clock, wire, { plan: LOCATE });
    expect(portOf(evidence[0], 3389)?.reply).toMatchObject({ by: 'middlebox', from: '10.0.2.1' });
  });

  it('is not looked for with --no-locate, nor on loopback, nor by a wire that cannot', async () => {
    const hosts = { [HOST]: windows({ hops: path(3) }), '127.0.0.1': windows() };
    for (const [host, locate, ttl] of [
      [HOST, false, true],
      ['127.0.0.1', true, true],
      [HOST, true, false],
    ] as const) {
      const { wire } = new FakeNetwork({ hosts, capabilities: { ttl } });
      const { evidence } = await collect(held.clock, wire, { hosts: [host], plan: { locate } });
      expect(evidence[0]?.traces).toEqual([]);
      expect(wire.sent.every((sent) => sent.ttl === undefined)).toBe(true);
    }
  });
});

describe('equal-cost paths', () => {
  it('with a mute router and a stealthy host behind them are never taken for a filter', async () => {
    let seen = 0;
    for (let seed = 1; seed <= 25; seed++) {
      const host = windows({
        hops: diamond({ isMute: true }),
        port: (port) => (port === 135 ? 'accept' : 'drop'),
      });
      const warmUp = Array.from({ length: seed }, (_, i) => `203.0.113.${i}`);
      const { wire } = new FakeNetwork({ hosts: { [HOST]: host }, seed, capabilities: { ttl: true } });
      const { evidence } = await collect(held.clock, wire, {
        hosts: [...warmUp, HOST],
        plan: { ...LOCATE, hostsAtOnce: 1, timeoutMs: 300 },
      });
      const one = evidence.find(({ address }) => address === HOST);
      for (const { port, comparison } of one?.traces ?? []) {
        if (!comparison) continue;
        seen++;
        expect(fisherExact(comparison), `seed ${seed}, port ${port}`).toBeGreaterThan(WRONG_PROOF);
      }
    }
    expect(seen).toBeLessThan(25);
  });

  it('are reported where several routers answer at one TTL', async () => {
    let found = 0;
    for (let i = 0; i < 10; i++) {
      const { wire } = new FakeNetwork({
        hosts: { [HOST]: windows({ hops: diamond({ drops: (port) => port === 135 }) }) },
        capabilities: { ttl: true },
      });
      const warmUp = Array.from({ length: i }, (_, at) => `203.0.113.${at}`);
      const { evidence } = await collect(held.clock, wire, {
        hosts: [...warmUp, HOST],
        plan: { ...LOCATE, hostsAtOnce: 1, timeoutMs: 300 },
      });
      const one = evidence.find(({ address }) => address === HOST);
      if (one?.multipath.some(({ ttl }) => ttl === 2)) found++;
      for (const { ttl, addresses } of one?.multipath ?? []) {
        expect([ttl, ...addresses]).toEqual([2, '10.0.2.1', '10.0.2.2']);
      }
    }
    expect(found).toBeGreaterThan(5);
  });
});

describe('an audit', () => {
  it('looks closely at the first hosts of a subnet that share what is filtered', async () => {
    const hops = path(3, { 2: { drops: (port) => port === 3389 } });
    const hosts = () => windows({ hops });
    const { wire } = new FakeNetwork({ hosts, capabilities: { ttl: true } });
    const { evidence } = await collect(held.clock, wire, {
      hosts: Array.from({ length: 30 }, (_, i) => `192.0.2.${i + 1}`),
      plan: { ...LOCATE, bulk: true, hostsAtOnce: 4 },
    });
    const close = evidence.filter(({ traces }) => traces.length > 0);
    expect(close.length).toBeGreaterThanOrEqual(10);
    expect(close.length).toBeLessThan(20);
    const withFlows = evidence.filter((one) => portOf(one, 135)?.flows !== undefined);
    expect(withFlows).toHaveLength(2);
  });
});
