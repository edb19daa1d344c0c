import { describe, expect, it } from 'vitest';
import type { Target } from '../../src/model/target.ts';
import type { Resolver } from '../../src/model/wire.ts';
import { TargetFeed } from '../../src/scanner/target-feed.ts';
import { fakeClock } from './clock.ts';
import { collect } from './collect.ts';
import { address, all, FakeWire, refused } from './fakes.ts';

const held = fakeClock();
const name = (text: string): Target => ({ kind: 'name', text, name: text });
const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Names that begin with `stale` take two seconds to be not found, others 10 ms. */
const slow = () => {
  let inFlight = 0;
  const seen = { most: 0 };
  const resolver: Resolver = {
    resolve: async (asked) => {
      seen.most = Math.max(seen.most, ++inFlight);
      await after(asked.startsWith('stale') ? 2000 : 10);
      inFlight--;
      return asked.startsWith('stale')
        ? { kind: 'not-found', code: 'ENOTFOUND' }
        : { kind: 'resolved', addresses: [{ address: `192.0.2.${asked.slice(2)}`, family: 4 }] };
    },
  };
  return { resolver, seen };
};

describe('look-ups', () => {
  it('do not hold up the targets behind them', async () => {
    const { resolver } = slow();
    const targets = [
      ...Array.from({ length: 40 }, (_, i) => name(`stale${i}`)),
      address('192.0.2.250'),
      name('pc1'),
    ];
    const at = new Map<number, number>();
    await collect(held.clock, new FakeWire(() => refused), {
      hosts: targets,
      resolver,
      plan: { bulk: true, hostsAtOnce: 4 },
      onEvent: (event) => {
        if (event.type === 'host-finished') at.set(event.host, held.clock.now);
      },
    });
    expect(at.size).toBe(42);
    expect(at.get(40)).toBeLessThan(500);
    expect(at.get(41)).toBeLessThan(500);
    expect(held.clock.now).toBeLessThan(3000);
  });

  it('run side by side, and so many at most', async () => {
    const { resolver, seen } = slow();
    await collect(held.clock, new FakeWire(() => refused), {
      hosts: Array.from({ length: 200 }, (_, i) => name(`stale${i}`)),
      resolver,
    });
    expect(seen.most).toBe(64);
    expect(held.clock.now).toBeLessThan(4 * 2000 + 100);
  });
});

describe('TargetFeed', () => {
  const feedOf = (count: number, onTaken: () => void = () => {}) => {
    const { space } = all(Array.from({ length: count }, (_, i) => name(`pc${i}`)));
    const order = {
      *[Symbol.iterator]() {
        for (let i = 0; i < count; i++) {
          onTaken();
          yield i;
        }
      },
    };
    return new TargetFeed(space, order, async () => {
      await after(10);
      return { kind: 'not-found', code: 'ENOTFOUND' };
    });
  };

  it('gives each target once to whoever asks, and then nothing', async () => {
    const feed = feedOf(1000);
    const given: number[] = [];
    const take = async (): Promise<void> => {
      for (let next = await feed.next(); next; next = await feed.next()) given.push(next.index);
    };
    await held.clock.run(Promise.all(Array.from({ length: 300 }, take)));
    expect(given.sort((a, b) => a - b)).toEqual([...Array(1000).keys()]);
    expect(await feed.next()).toBeUndefined();
  });

  it('gives an address at once while names are looked up, and the bug of a look-up to whoever asks', async () => {
    const { space } = all([name('pc1'), name('pc2'), address('192.0.2.1')]);
    const feed = new TargetFeed(space, [0, 1, 2], async (target) => {
      if (target.kind === 'address')
        return { kind: 'resolved', addresses: [{ address: target.address, family: 4 }] };
      await new Promise((resolve) => setTimeout(resolve, 10));
      throw new TypeError(`a bug at ${target.name}`);
    });
    expect(await feed.next()).toMatchObject({ index: 2, resolution: { kind: 'resolved' } });
    await expect(held.clock.run(feed.next())).rejects.toMatchObject({ message: 'a bug at pc1' });
    await expect(held.clock.run(feed.next())).rejects.toMatchObject({ message: 'a bug at pc1' });
  });

  it('walks its order no farther than it looks names up ahead', async () => {
    let taken = 0;
    const feed = feedOf(10_000, () => taken++);
    await held.clock.run(feed.next());
    expect(taken).toBeLessThanOrEqual(256);
  });
});
