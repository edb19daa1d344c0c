import { describe, expect, it } from 'vitest';
import type { Multipath, PortObservation } from '../../src/model/evidence.ts';
import { diesAtOnce, diesOnPath, passingPorts, pathReport, tracedPathOf } from '../../src/verdict/path.ts';
import { traceOf } from '../scenarios/notation.ts';

const WITNESS = '135: 10.0.1.1 10.0.2.1 10.0.3.1 > target';
const way = (traces: readonly string[], multipath: readonly Multipath[] = []) =>
  tracedPathOf(traces.map(traceOf), multipath);
const silent = (port: number): PortObservation => ({
  port,
  requirement: 'dynamic-rpc',
  why: 'sampled',
  reply: { kind: 'silent', waitedMs: 1, attempts: 7 },
  attempts: 7,
});

it('hops past the target are no hops of the way', () => {
  const [arrived] = [WITNESS].map(traceOf);
  if (!arrived) throw new Error('there is a trace');
  const early = { ...arrived, endTtl: 3 };
  const { hops, distance } = tracedPathOf([early], []);
  expect(distance).toBe(3);
  expect(hops.map(({ address }) => address)).toEqual(['10.0.1.1', '10.0.2.1']);
});

describe('a port that was last seen at a router beside the way', () => {
  const beside = (multipath: readonly Multipath[]): boolean =>
    diesOnPath(way([WITNESS, '50000: 10.0.1.9 at 2'], multipath), silent(50_000));

  it('dies on the way where that router shares the traffic, at its place', () => {
    expect(beside([])).toBe(false);
    expect(beside([{ ttl: 1, addresses: ['10.0.1.1', '10.0.1.9'] }])).toBe(true);
    expect(beside([{ ttl: 1, addresses: ['10.0.1.1', '10.0.1.8'] }])).toBe(false);
    expect(beside([{ ttl: 2, addresses: ['10.0.1.9', '10.0.2.1'] }])).toBe(false);
  });
});

describe('ports whose packets reach the last router', () => {
  it('are those that are silent behind it, ascending', () => {
    const whole = '10.0.1.1 10.0.2.1 10.0.3.1';
    const traces = [WITNESS, `60000: ${whole}`, `50000: ${whole}`, '3000: 10.0.1.1'];
    expect(passingPorts(way(traces))).toEqual([50_000, 60_000]);
    expect(passingPorts(way(traces.slice(1)))).toEqual([]);
  });

  it('are none where no router is between', () => {
    expect(passingPorts(way(['135:  > target', '50000: ']))).toEqual([]);
  });
});

it('packets die at once where the first hop answers to others only', () => {
  const traces = way([WITNESS, '50000:  at 1', '51000: 10.0.1.1', '52000: unasked']);
  expect(diesAtOnce(traces, 50_000)).toBe(true);
  for (const port of [51_000, 52_000, 53_000]) expect(diesAtOnce(traces, port)).toBe(false);
});

describe('the filter of a port that was not traced', () => {
  const filters = (traces: readonly string[], ...ports: readonly number[]) =>
    pathReport(way(traces), ports.map(silent)).filters;

  it('is that of its nearest neighbour; of two that are equally near the lower', () => {
    const traces = [WITNESS, '50000: 10.0.1.1 *', '52000: 10.0.1.1 10.0.2.1 *'];
    expect(filters(traces, 50_000, 51_000, 52_000).map(({ ports }) => ports)).toEqual([
      [50_000, 51_000],
      [52_000],
    ]);
    expect(filters(traces, 50_000, 51_001, 52_000).map(({ ports }) => ports)).toEqual([
      [50_000],
      [51_001, 52_000],
    ]);
  });

  it('sits before the first router that answers where that of its neighbour does', () => {
    const late = '135: * 10.0.2.1 10.0.3.1 > target';
    expect(filters([late, '50000: * at 2'], 50_000, 51_000)).toEqual([
      { ports: [50_000, 51_000], how: 'drop', by: null, afterHop: null, beforeHop: '10.0.2.1' },
    ]);
    expect(filters([WITNESS], 50_000)).toEqual([{ ports: [50_000], how: 'drop', by: null, afterHop: null }]);
  });
});
