import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RateShares } from '../../src/fleet/rate-shares.ts';

const many = (...ids: string[]) => ids.map((id) => ({ id, most: 1_000_000 }));

describe('shares of a rate', () => {
  it('are equal, and bounded by what a worker would send at most', () => {
    expect([...new RateShares(1000).grant(many('a', 'b'), 0)]).toEqual([
      ['a', 500],
      ['b', 500],
    ]);
    expect(new RateShares(1000).grant([{ id: 'a', most: 30 }], 0).get('a')).toBe(30);
  });

  it('wait for what others hold', () => {
    const shares = new RateShares(1000);
    expect(shares.grant(many('a'), 0).get('a')).toBe(1000);
    const [a, b] = ['a', 'b'].map((id) => shares.grant(many('a', 'b'), 1000).get(id));
    expect([a, b]).toEqual([500, undefined]);
    expect(shares.grant(many('a', 'b'), 9500).get('b')).toBe(500);
  });

  it('are 0 for all while the run is paused, and at once again what they were', () => {
    const shares = new RateShares(1000);
    shares.grant(many('a', 'b'), 0);
    shares.cap = 0;
    expect([...shares.grant(many('a', 'b'), 500)]).toEqual([
      ['a', 0],
      ['b', 0],
    ]);
    shares.cap = 1000;
    expect([...shares.grant(many('a', 'b'), 1000).values()]).toEqual([500, 500]);
  });

  it('of a worker that is gone come back', () => {
    const shares = new RateShares(1000);
    shares.grant(many('a', 'b'), 0);
    expect(shares.grant(many('a'), 1000).get('a')).toBe(500);
    expect(shares.grant(many('a'), 8001).get('a')).toBe(1000);
  });

  it('never exceed the rate, whoever comes and goes', () => {
    const step = fc.record({
      wait: fc.integer({ min: 0, max: 6000 }),
      live: fc.subarray(['a', 'b', 'c', 'd', 'e']),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), fc.integer({ min: 1, max: 5000 }), (steps, cap) => {
        const shares = new RateShares(cap);
        /** What each worker may send, and until when, as it would read each lease at the last moment. */
        const leases: { id: string; rate: number; until: number }[] = [];
        let now = 0;
        for (const { wait, live } of steps) {
          now += wait;
          for (const [id, rate] of shares.grant(many(...live), now))
            leases.push({ id, rate, until: now + 8000 });
          const held = new Map<string, number>();
          for (const { id, rate, until } of leases)
            if (until > now) held.set(id, Math.max(held.get(id) ?? 0, rate));
          expect([...held.values()].reduce((sum, rate) => sum + rate, 0)).toBeLessThanOrEqual(cap);
        }
      }),
    );
  });
});
