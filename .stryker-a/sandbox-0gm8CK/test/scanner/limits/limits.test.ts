import { describe, expect, it } from 'vitest';
import { InFlightWindow } from '../../../src/scanner/limits/in-flight-window.ts';
import { Lanes } from '../../../src/scanner/limits/lanes.ts';
import { Quota } from '../../../src/scanner/limits/quota.ts';
import { RateControl } from '../../../src/scanner/limits/rate-control.ts';
import { RateLimiter } from '../../../src/scanner/limits/rate-limiter.ts';
import { fakeClock } from '../clock.ts';
import { plan } from '../fakes.ts';

const held = fakeClock();

/** Packets that a limiter lets through in so many milliseconds when as many as it allows are sent. */
const sentIn = async (limiter: RateLimiter, ms: number): Promise<number> => {
  const end = held.clock.now + ms;
  for (let sent = 0; ; sent++) {
    if (!limiter.isFree) {
      if (held.clock.now + limiter.waitMs > end) return sent;
      await held.clock.pass(limiter.waitMs);
    }
    limiter.charge(1);
  }
};

describe('RateLimiter', () => {
  it('lets a burst through and then one a step', async () => {
    const limiter = new RateLimiter(1000, 10, new RateControl(1000));
    await held.clock.pass(1000);
    expect(await sentIn(limiter, 0)).toBe(11);
    expect(await sentIn(limiter, 1000)).toBeCloseTo(1000, -1);
  });

  it('has its whole burst from its first moment', async () => {
    expect(await sentIn(new RateLimiter(10, 10, new RateControl(10)), 0)).toBe(11);
  });

  it('halves its rate and ends bursts when it is slowed down, to a sixteenth at the slowest', async () => {
    const limiter = new RateLimiter(100, 40, new RateControl(100));
    await held.clock.pass(10_000);
    limiter.slowDown();
    expect(await sentIn(limiter, 10_000)).toBeCloseTo(500, -1);
    for (let i = 0; i < 20; i++) limiter.slowDown();
    expect(await sentIn(limiter, 10_000)).toBeLessThanOrEqual(64);
    expect(await sentIn(limiter, 10_000)).toBeGreaterThanOrEqual(61);
    expect(limiter.isResting).toBe(false);
  });

  it('never becomes faster by being slowed down', async () => {
    const limiter = new RateLimiter(1, 1, new RateControl(1));
    limiter.slowDown();
    await held.clock.pass(10_000);
    expect(await sentIn(limiter, 10_000)).toBeLessThanOrEqual(12);
  });

  it('follows the rate of the run', async () => {
    const control = new RateControl(100);
    const limiter = new RateLimiter(10, 1, control);
    control.setRate(1000);
    expect(await sentIn(limiter, 10_000)).toBeCloseTo(1000, -1.5);
  });
});

describe('InFlightWindow', () => {
  it('halves once for a bunch of failures, and grows back below the size that failed', () => {
    const shrunk: number[] = [];
    const window = new InFlightWindow(64, (size) => shrunk.push(size));
    for (let i = 0; i < 20; i++) window.shrink('EMFILE', 1000 + i);
    expect(shrunk).toEqual([32]);
    for (let i = 0; i < 100_000; i++) window.grow();
    expect(window.size).toBe(56);
    for (let t = 2000; t < 9000; t += 200) window.shrink('EMFILE', t);
    expect(window.size).toBe(1);
    expect(window.isFull).toBe(false);
  });

  it('is full at its size, also when that shrinks below what is in flight', () => {
    const window = new InFlightWindow(4, () => {});
    for (let i = 0; i < 4; i++) window.enter();
    expect(window.isFull).toBe(true);
    window.shrink('EMFILE', 0);
    for (let i = 0; i < 2; i++) window.leave();
    expect(window.isFull).toBe(true);
    window.leave();
    expect(window.isFull).toBe(false);
  });
});

describe('Lanes', () => {
  it('are one for an address and one for its subnet', () => {
    const lanes = new Lanes(plan(), new RateControl(1000));
    const [first, again, neighbour, far] = ['192.0.2.1', '192.0.2.1', '192.0.2.2', '192.0.3.1'].map((one) =>
      lanes.of(one, 4),
    );
    expect(again?.host).toBe(first?.host);
    expect(neighbour?.host).not.toBe(first?.host);
    expect(neighbour?.subnet).toBe(first?.subnet);
    expect(far?.subnet).not.toBe(first?.subnet);
  });

  it('remember what was slowed down, however many others come', () => {
    const lanes = new Lanes(plan(), new RateControl(1000));
    const slow = lanes.of('10.0.0.1', 4);
    slow.host.slowDown();
    for (let i = 0; i < 70_000; i++) lanes.of(`10.${1 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`, 4);
    expect(lanes.of('10.0.0.1', 4).host).toBe(slow.host);
  });
});

describe('Quota', () => {
  it('lets the first of each key through', () => {
    const quota = new Quota(2);
    expect(['a', 'a', 'b', 'a', 'b', 'b'].map((key) => quota.take(key))).toEqual([
      true,
      true,
      true,
      false,
      true,
      false,
    ]);
  });
});
