import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DYNAMIC_PORTS, MODERN_PORTS, type PortRange, portCount } from '../../src/model/target.ts';
import { samplePorts } from '../../src/scanner/sample.ts';

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

  it('puts the only one there, and no more into a zone than the range has of it', () => {
    for (let seed = 0; seed < 10; seed++) {
      expect(samplePorts(DYNAMIC_PORTS, 1, seed)[0]).toBeGreaterThanOrEqual(MODERN_PORTS.from);
      const ports = samplePorts({ from: 4999, to: 60_000 }, 32, seed);
      expect(ports.filter((port) => port <= 5000)).toEqual([4999, 5000]);
      expect(new Set(ports).size).toBe(32);
      expect(ports.every((port) => port >= 4999 && port <= 60_000)).toBe(true);
    }
  });

  it('draws other ports for another seed', () => {
    expect(samplePorts(DYNAMIC_PORTS, 32, 1)).not.toEqual(samplePorts(DYNAMIC_PORTS, 32, 2));
  });
});
