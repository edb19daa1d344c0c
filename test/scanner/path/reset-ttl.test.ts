import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../src/model/reply.ts';
import { fakeClock } from '../clock.ts';
import { collect, portOf } from '../collect.ts';
import { type FakeHost, FakeNetwork, path, windows } from '../network.ts';

const held = fakeClock();
const HOST = '192.0.2.1';

/** What the wires see of TTLs. */
const WIRES = [
  ['TTLs of answers', { seesTtl: true }],
  ['a least TTL', { minTtl: true }],
] as const;

const scanOf = async (host: FakeHost, capabilities: object, changes: object = {}) => {
  const { wire } = new FakeNetwork({ hosts: { [HOST]: host }, capabilities, ...changes });
  const { evidence } = await collect(held.clock, wire);
  const replyOf = (port: number): Reply | undefined => portOf(evidence[0], port)?.reply;
  return { replyOf, wire };
};

/** The first of three routers resets some ports. */
const resetting = (resets: (port: number) => boolean, changes: Partial<FakeHost> = {}): FakeHost =>
  windows({ hops: path(3, { 1: { resets } }), ...changes });

describe.each(WIRES)('whose a refusal is, by %s', (_, capabilities) => {
  it('is told without a single trace: the host has its TTL, the router another', async () => {
    const { replyOf, wire } = await scanOf(
      resetting((port) => port === 3389 || port === 20_000),
      capabilities,
    );
    expect(replyOf(3389)).toMatchObject({ kind: 'refused', by: 'middlebox', ttlMatch: false });
    expect(replyOf(20_000)).toMatchObject({ by: 'middlebox', ttlMatch: false });
    expect(replyOf(50_000)).toMatchObject({ by: 'unknown', ttlMatch: true, ttl: 125 });
    expect(wire.sent.every(({ ttl }) => ttl === undefined)).toBe(true);
  });

  it.each([64, 128, 255])('holds for a host that begins with %i', async (initialTtl) => {
    const { replyOf } = await scanOf(
      resetting((port) => port === 3389, { initialTtl }),
      capabilities,
    );
    expect(replyOf(3389)).toMatchObject({ by: 'middlebox' });
    expect(replyOf(50_000)).toMatchObject({ ttlMatch: true, ttl: initialTtl - 3 });
  });

  it('is not told where the reset comes from as far away with another initial TTL', async () => {
    // The third router's resets pass two hops, the host's answers three; so a device in the host's own place.
    const host = windows({
      port: (port) => (port === 135 ? 'accept' : port === 3389 ? 'drop' : 'refuse'),
      hops: path(1),
    });
    const { replyOf } = await scanOf(
      { ...host, hops: path(1, { 1: { resets: (port) => port === 20_000 } }), initialTtl: 65 },
      capabilities,
    );
    // 65 - 1 and 64 - 0 arrive alike: the same TTL counts as the host's own.
    expect(replyOf(20_000)).toMatchObject({ ttlMatch: true });
  });

  it('is not told of a reset that began with 64 and passed as many hops as the answers of the host', async () => {
    // Answers of the host take another way back: 125 is three hops from 128, and so is 61 from 64.
    const hops = path(5, { 4: { resets: (port) => port === 3389 } });
    const { replyOf } = await scanOf(windows({ hops, initialTtl: 130 }), capabilities);
    expect(replyOf(3389)).toMatchObject({ kind: 'refused', by: 'unknown' });
    expect(replyOf(3389)).not.toHaveProperty('ttlMatch');
    expect(replyOf(50_000)).toMatchObject({ ttlMatch: true });
  });

  it('is not guessed where no port accepts', async () => {
    const { replyOf } = await scanOf(
      resetting((port) => port === 3389, { port: () => 'refuse' }),
      capabilities,
    );
    expect(replyOf(3389)).toMatchObject({ kind: 'refused', by: 'unknown' });
    expect(replyOf(3389)).not.toHaveProperty('ttlMatch');
  });

  it.each([4, 8, 9, 10, 12, 20, 40])(
    'is never told wrong behind a limit of %i a second',
    async (perSecond) => {
      for (const burst of [1, 3, 10, 30]) {
        const { wire } = new FakeNetwork({
          hosts: { [HOST]: windows({ hops: path(2) }) },
          limit: { perSecond, burst },
          capabilities,
        });
        const { evidence } = await collect(held.clock, wire);
        const foreign = evidence[0]?.ports.filter(({ reply }) => 'by' in reply && reply.by === 'middlebox');
        expect(foreign).toEqual([]);
      }
    },
  );

  it('is never told wrong where a tenth of the packets is lost', async () => {
    let told = 0;
    for (let seed = 1; seed <= 30; seed++) {
      const { replyOf } = await scanOf(
        resetting((port) => port === 3389),
        capabilities,
        { loss: 0.05, seed },
      );
      const reset = replyOf(3389);
      expect(reset?.kind === 'refused' && reset.ttlMatch, `seed ${seed}`).not.toBe(true);
      for (const port of [1100, 3000, 20_000, 30_000, 50_000, 60_000]) {
        const own = replyOf(port);
        expect(own?.kind === 'refused' && own.by, `seed ${seed}, port ${port}`).not.toBe('middlebox');
      }
      if (reset?.kind === 'refused' && reset.by === 'middlebox') told++;
    }
    expect(told).toBeGreaterThan(24);
  });
});

describe('neighbours', () => {
  it('tell of a refusal from before a host where nothing accepts', async () => {
    const resets = (port: number) => port === 3389;
    const hosts = {
      '192.0.2.1': windows({ hops: path(3, { 1: { resets: () => false } }) }),
      '192.0.2.2': windows({
        hops: path(3, { 1: { resets } }),
        port: (port) => (port === 135 ? 'drop' : 'refuse'),
      }),
    };
    const { wire } = new FakeNetwork({ hosts, capabilities: { seesTtl: true, ttl: true } });
    const { evidence } = await collect(held.clock, wire, {
      hosts: ['192.0.2.1', '192.0.2.2'],
      plan: { bulk: true, locate: true, hostsAtOnce: 1 },
    });
    const second = evidence.find(({ address }) => address === '192.0.2.2');
    expect(second && portOf(second, 3389)?.reply).toMatchObject({ by: 'middlebox' });
    // Hosts of one subnet are as far away, but for odd cases: likely, and no proof.
    expect(second && portOf(second, 3389)?.reply).not.toHaveProperty('ttlMatch');
  });
});
