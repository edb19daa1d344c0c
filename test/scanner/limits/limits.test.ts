import { describe, expect, it } from 'vitest';
import { InFlightWindow } from '../../../src/scanner/limits/in-flight-window.ts';
import { Lanes } from '../../../src/scanner/limits/lanes.ts';
import { Quota } from '../../../src/scanner/limits/quota.ts';
import { RateControl } from '../../../src/scanner/limits/rate-control.ts';
import { RateLimiter } from '../../../src/scanner/limits/rate-limiter.ts';
import { runLimiter } from '../../../src/scanner/limits/run-limiter.ts';
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

  it('says how long it takes until the next may leave, whatever left together', async () => {
    const limiter = new RateLimiter(10, 5, new RateControl(10));
    limiter.charge(7);
    expect([limiter.isFree, limiter.waitMs]).toEqual([false, 200]);
    await held.clock.pass(200);
    expect([limiter.isFree, limiter.waitMs]).toEqual([true, 0]);
    await held.clock.pass(50);
    expect(limiter.waitMs).toBe(-50);
  });

  it('is at rest when a whole burst is free again and it was never slowed down', async () => {
    const limiter = new RateLimiter(10, 5, new RateControl(10));
    expect([limiter.isResting, limiter.isSlowed]).toEqual([true, false]);
    limiter.charge(1);
    await held.clock.pass(99);
    expect(limiter.isResting).toBe(false);
    await held.clock.pass(1);
    expect(limiter.isResting).toBe(true);
    limiter.slowDown();
    await held.clock.pass(100_000);
    expect([limiter.isResting, limiter.isSlowed]).toEqual([false, true]);
  });

  it('of a run lets a fiftieth of a second leave at once, and one packet always', async () => {
    expect(await sentIn(runLimiter(1000, new RateControl(1000)), 0)).toBe(21);
    expect(await sentIn(runLimiter(10, new RateControl(10)), 0)).toBe(2);
  });

  it('follows the rate of the run', async () => {
    const control = new RateControl(100);
    const limiter = new RateLimiter(10, 1, control);
    control.setRate(1000);
    expect(await sentIn(limiter, 10_000)).toBeCloseTo(1000, -1.5);
  });
});

describe('RateControl', () => {
  it('keeps the rate within one and a million packets a second, and says so to whoever watches', () => {
    const control = new RateControl(100);
    control.setRate(50);
    let changes = 0;
    control.watch(() => changes++);
    const set = (perSecond: number): number[] => {
      control.setRate(perSecond);
      return [control.rate, control.scale];
    };
    expect([0, 200, 2_000_000].map(set)).toEqual([
      [1, 0.01],
      [200, 2],
      [1_000_000, 10_000],
    ]);
    expect(changes).toBe(3);
  });

  it('is paused until it is resumed, which whoever watches gets to know', () => {
    const control = new RateControl(100);
    let changes = 0;
    expect(control.paused).toBe(false);
    control.pause();
    expect(control.paused).toBe(true);
    control.resume();
    expect(control.paused).toBe(false);
    control.watch(() => changes++);
    control.pause();
    control.resume();
    expect(changes).toBe(1);
  });

  it('counts what was sent', () => {
    const control = new RateControl(100);
    control.countSent();
    control.countSent(3);
    expect(control.sent).toBe(4);
  });
});

describe('InFlightWindow', () => {
  it('says of which shortage it shrank, by its own clock, and takes those within 100 ms for one', async () => {
    const shrunk: [number, string][] = [];
    const window = new InFlightWindow(64, (size, code) => shrunk.push([size, code]));
    window.shrink('EMFILE');
    await held.clock.pass(99);
    window.shrink('ENOBUFS');
    await held.clock.pass(1);
    window.shrink('EADDRNOTAVAIL');
    expect(shrunk).toEqual([
      [32, 'EMFILE'],
      [16, 'EADDRNOTAVAIL'],
    ]);
  });

  it('grows by one for each whole window that was sent without shortage, counted from the last one', () => {
    const window = new InFlightWindow(8, () => {});
    for (let i = 0; i < 100; i++) window.grow();
    expect(window.size).toBe(8);
    window.shrink('EMFILE', 1000);
    const grow = (times: number): number => {
      for (let i = 0; i < times; i++) window.grow();
      return window.size;
    };
    expect([grow(3), grow(1), grow(4), grow(1), grow(3)]).toEqual([4, 5, 5, 6, 6]);
    window.shrink('EMFILE', 2000);
    expect([grow(2), grow(1)]).toEqual([3, 4]);
  });

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

describe('Lanes of many addresses', () => {
  const text = (number: number): string => `10.${number >> 16}.${(number >> 8) & 255}.${number & 255}`;

  it('are forgotten when they are at rest, a thousand new ones after there are too many', () => {
    const lanes = new Lanes(plan(), new RateControl(1000));
    const [first, busy] = [lanes.of(text(0), 4).host, lanes.of(text(1), 4).host];
    busy.charge(1);
    for (let number = 2; number < 65_536 + 1023; number++) lanes.of(text(number), 4);
    expect(lanes.of(text(0), 4).host).toBe(first);
    lanes.of(text(65_536 + 1023), 4);
    expect(lanes.of(text(0), 4).host).not.toBe(first);
    expect(lanes.of(text(1), 4).host).toBe(busy);
  });

  it('have the rates of the plan: one of the host, one of its subnet', () => {
    const lane = new Lanes(plan({ perHostRate: 10, perSubnetRate: 1000 }), new RateControl(1000)).of(
      '10.0.0.1',
      4,
    );
    lane.host.charge(50);
    lane.subnet.charge(150);
    expect([lane.host.waitMs, lane.subnet.waitMs]).toEqual([200, 50]);
  });
});

describe('Quota', () => {
  it('forgets the oldest of very many keys, and only that', () => {
    const quota = new Quota(1);
    for (let key = 0; key < 65_536; key++) quota.take(`${key}`);
    expect(quota.take('1')).toBe(false);
    expect(quota.take('new')).toBe(true);
    expect(quota.take('1')).toBe(false);
    expect(quota.take('0')).toBe(true);
  });

  it('forgets none for a key that it knows', () => {
    const quota = new Quota(2);
    for (let key = 0; key < 65_536; key++) quota.take(`${key}`);
    expect(['1', '0', '0'].map((key) => quota.take(key))).toEqual([true, true, false]);
  });

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
