import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { portsIn, portsOf, setBytes } from '../../src/responder-protocol/responder-ports.ts';
import { code } from './arbitraries.ts';

describe('the ports of a code', () => {
  it('are distinct, in the range, one in each stratum, with 3389 and 135 last', () => {
    fc.assert(
      fc.property(code, ({ seed, range }) => {
        const ports = portsOf({ seed, range });
        const { from, to } = range ?? { from: 1025, to: 65_535 };
        const drawn = ports.filter((port) => port !== 3389 && port !== 135);
        expect(new Set(ports).size).toBe(ports.length);
        expect(drawn.every((port) => port >= from && port <= to)).toBe(true);
        expect(ports).toEqual(expect.arrayContaining([3389, 135]));
        expect(ports.at(-1)).toBe(135);
        const size = to - from + 1;
        // 3389 may be one of those drawn.
        if (range) expect(drawn.length).toBeGreaterThanOrEqual(Math.min(64, size) - 1);
        if (range && size >= 64) {
          const edge = (stratum: number): number => from + Math.floor((stratum * size) / 64);
          const counts = Array.from(
            { length: 64 },
            (_, s) => ports.slice(0, 64).filter((port) => port >= edge(s) && port < edge(s + 1)).length,
          );
          expect(counts).toEqual(Array(64).fill(1));
        }
      }),
    );
  });

  it('are half in the range since Vista, where none was asked for', () => {
    const ports = portsOf({ seed: 7, range: null });
    expect(ports.filter((port) => port >= 49_152)).toHaveLength(32);
    expect(ports.filter((port) => port > 1024 && port <= 5000).length).toBeGreaterThanOrEqual(16);
  });

  it('are those that a script without this program draws too', () => {
    // Of SHA-256 of "ra-preflight ports 1:SEED:PLACE", as docs/responder.md has it.
    expect(portsOf({ seed: 1, range: null }).slice(0, 3)).toEqual([49590, 49977, 50179]);
    expect(portsOf({ seed: 1, range: { from: 50_000, to: 50_002 } })).toEqual([
      50_000, 50_001, 50_002, 3389, 135,
    ]);
  });

  it('are told as a set of bits', () => {
    fc.assert(
      fc.property(code, fc.func(fc.boolean()), ({ seed, range }, isIn) => {
        const draw = portsOf({ seed, range });
        const has = (port: number): boolean => isIn(port);
        expect(portsIn(draw, setBytes(draw, has))).toEqual(draw.filter(has));
      }),
    );
  });
});
