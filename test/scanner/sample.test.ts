import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Rate, Window } from '../../src/engine/pace.ts';
import { samplePorts } from '../../src/engine/sample.ts';
import { Throttle } from '../../src/engine/throttle.ts';
import { Timing } from '../../src/engine/timing.ts';
import { DYNAMIC_PORTS, MODERN_PORTS, type PortRange, portCount } from '../../src/model/target.ts';

const never = new AbortController().signal;

describe('Timing (RFC 6298)', () => {
  it('waits a second until something was measured, doubled for each repetition, never past the ceiling', () => {
    const timing = new Timing(3000, 0);
    expect([0, 1, 2].map((attempt) => timing.waitMs(attempt))).toEqual([1000, 2000, 3000]);
  });

  it('follows the measured round trip and its variance', () => {
    const timing = new Timing(3000, 0);
    timing.observe(200);
    expect(timing.waitMs(0)).toBe(200 + 4 * 100);
    timing.observe(200);
    expect(timing.waitMs(0)).toBe(200 + 4 * 75);
    // A steady round trip still leaves room for a busy machine: 100 ms on top of it.
    for (let i = 0; i < 100; i++) timing.observe(1);
    expect(timing.waitMs(0)).toBeCloseTo(101, 2);
  });

  it('never waits less than silence needs on this platform', () => {
    const timing = new Timing(5000, 3500);
    timing.observe(1);
    expect(timing.waitMs(0)).toBe(3500);
    expect(new Timing(1000, 3500).waitMs(0)).toBe(3500);
  });

  it('leaves out times that may belong to the second SYN of the kernel', () => {
    const timing = new Timing(3000, 0);
    timing.observe(1003);
    expect(timing.waitMs(0)).toBe(1000);
  });
});

describe('Window', () => {
  it('halves once for a bunch of failures, and grows back below the size that failed', async () => {
    const shrunk: number[] = [];
    const window = new Window(64, (size) => shrunk.push(size));
    for (let i = 0; i < 20; i++) window.shrink('EMFILE', 1000 + i);
    expect(shrunk).toEqual([32]);
    for (let i = 0; i < 100_000; i++) window.grow();
    expect(window.size).toBe(56);
    for (let t = 2000; t < 9000; t += 200) window.shrink('EMFILE', t);
    expect(window.size).toBe(1);
    await expect(window.run(async () => 'still works')).resolves.toBe('still works');
  });
});

describe('Rate', () => {
  it('lets a burst through and then one a step', async () => {
    const rate = new Rate(1000, 10, new Throttle(1000));
    const started = performance.now();
    for (let i = 0; i < 60; i++) await rate.take(never);
    const took = performance.now() - started;
    expect(took).toBeGreaterThan(40);
  });
});

describe('samplePorts', () => {
  const range = fc
    .tuple(fc.integer({ min: 1025, max: 65_535 }), fc.integer({ min: 1025, max: 65_535 }))
    .map(([a, b]): PortRange => ({ from: Math.min(a, b), to: Math.max(a, b) }));

  it('draws distinct ports of the range, as many as asked or all, always the same for a seed', () => {
    fc.assert(
      fc.property(range, fc.integer({ min: 1, max: 300 }), fc.nat(0xffffffff), (within, count, seed) => {
        const ports = samplePorts(within, count, seed);
        expect(ports).toHaveLength(Math.min(count, portCount(within)));
        expect(new Set(ports).size).toBe(ports.length);
        expect(ports.every((port) => port >= within.from && port <= within.to)).toBe(true);
        expect(ports).toEqual([...ports].sort((a, b) => a - b));
        expect(samplePorts(within, count, seed)).toEqual(ports);
      }),
    );
  });

  it('puts one port into each stratum and half of them where Windows allocates since Vista', () => {
    for (let seed = 0; seed < 50; seed++) {
      const ports = samplePorts(DYNAMIC_PORTS, 32, seed);
      const modern = ports.filter((port) => port >= MODERN_PORTS.from);
      expect(modern).toHaveLength(16);
      modern.forEach((port, stratum) => {
        expect(Math.floor((port - MODERN_PORTS.from) / 1024)).toBe(stratum);
      });
      expect(ports.filter((port) => port <= 5000)).toHaveLength(8);
    }
  });

  it('draws other ports for another seed', () => {
    expect(samplePorts(DYNAMIC_PORTS, 32, 1)).not.toEqual(samplePorts(DYNAMIC_PORTS, 32, 2));
  });
});
