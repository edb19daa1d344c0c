import { describe, expect, it } from 'vitest';
import type { Pinger } from '../../src/model/wire.ts';
import { fakeClock } from './clock.ts';
import { collect } from './collect.ts';
import { type Answer, accepted, FakeWire, fault, refused, unreachable } from './fakes.ts';
import { Random } from './random.ts';

const held = fakeClock();
/** By the clock on the wall, on a busy machine. */
const PATIENCE = { timeout: 120_000 };

/** Everything that can come back, at any moment, of any port: no host behaves like the one before. */
const anything = (random: Random): Answer => {
  const habits = new Map<string, number>();
  return ({ address, ttl, timeoutMs }) => {
    const habit = habits.get(address) ?? random.next();
    habits.set(address, habit);
    const rttMs = 1 + random.below(habit > 0.8 ? 2 * timeoutMs : 80);
    const die = random.next();
    if (habit < 0.2) return 'silence';
    if (die < 0.02) return fault('descriptors', 'EMFILE');
    if (die < 0.03) return fault('no-route', 'ENETUNREACH');
    if (die < 0.1 + habit / 3) return 'silence';
    if (ttl !== undefined && die < 0.8)
      return {
        ...unreachable(0, `10.0.${ttl}.1`, rttMs),
        cause: { icmp: { version: 4, type: 11, code: 0 }, from: `10.0.${ttl}.1` },
      };
    if (die < 0.6) return { ...refused, rttMs } as typeof refused;
    if (die < 0.9) return { ...accepted, rttMs } as typeof accepted;
    return unreachable(random.below(14), '10.0.0.9', rttMs);
  };
};

describe('whatever comes back', () => {
  it.each([
    ['a few hosts', { bulk: false }, 25],
    ['a few hosts, with places and ranges', { bulk: false, map: true, locate: true }, 12],
    ['an audit', { bulk: true }, 300],
    ['an audit with places and ranges', { bulk: true, map: true, locate: true }, 100],
  ])('every host of %s ends once, by small windows and rates', PATIENCE, async (_, changes, count) => {
    for (let seed = 1; seed <= 3; seed++) {
      const random = new Random(seed);
      const wire = new FakeWire(anything(random), {
        ttl: seed % 2 === 0,
        minTtl: seed === 2,
        seesTtl: seed === 3,
      });
      const pinger: Pinger = {
        echo: async () =>
          random.next() < 0.5 ? { kind: 'reply', rttMs: 1 } : { kind: 'no-reply', waitedMs: 1 },
        close: () => {},
      };
      const { evidence, events, end, control } = await collect(held.clock, wire, {
        hosts: Array.from({ length: count }, (_, i) => `192.0.${i >> 6}.${i & 63}`),
        pinger,
        plan: {
          ...changes,
          ping: true,
          hostsAtOnce: 16,
          concurrency: 9,
          perHost: 4,
          rate: 2000,
          perHostRate: 60,
          perSubnetRate: 700,
          timeoutMs: 1500,
        },
      });
      expect(new Set(evidence.map(({ address }) => address)).size).toBe(count);
      expect(evidence).toHaveLength(count);
      expect(evidence.every(({ interrupted }) => !interrupted)).toBe(true);
      expect(wire.peak.all).toBeLessThanOrEqual(9);
      expect(wire.peak.host).toBeLessThanOrEqual(4);
      expect(control.sent).toBeGreaterThanOrEqual(wire.sent.length);
      expect(end.run.interrupted).toBe(false);
      const echoed = events.filter(({ type }) => type === 'echoed').length;
      expect(echoed).toBe(changes.bulk ? 0 : count);
      // What is left is a wait for a first answer that nobody waits for any more.
      await held.clock.pass(200);
      expect(held.clock.pending).toBe(0);
    }
  });

  it('ends soon after a stop, at whatever moment', PATIENCE, async () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = new Random(seed);
      const stop = new AbortController();
      const stopAt = held.clock.now + 20 + random.below(12_000);
      setTimeout(() => stop.abort(), stopAt - held.clock.now);
      const bulk = seed % 2 === 0;
      await collect(
        held.clock,
        new FakeWire(anything(random), { ttl: true, minTtl: true, seesTtl: seed % 3 === 0 }),
        {
          hosts: Array.from({ length: 40 }, (_, i) => `192.0.2.${i}`),
          stop,
          plan: {
            bulk,
            map: true,
            locate: true,
            hostsAtOnce: 16,
            concurrency: 9,
            perHostRate: 60,
            timeoutMs: 1500,
          },
        },
      );
      expect(held.clock.now).toBeLessThan(stopAt + 200);
      await held.clock.pass(200);
      expect(held.clock.pending).toBe(0);
    }
  });
});
