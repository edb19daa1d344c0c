import { describe, expect, it } from 'vitest';
import {
  edgeSilence,
  enoughSilence,
  flowSilence,
  kernelRetransmissions,
  MOST_EDGE_SILENCE,
} from '../../../src/scanner/retry/policy.ts';
import { RttEstimator } from '../../../src/scanner/retry/rto.ts';

describe('RttEstimator (RFC 6298)', () => {
  it('waits a second until something was measured, doubled for each repetition, never past the ceiling', () => {
    const rtt = new RttEstimator(3000, 0);
    expect([0, 1, 2].map((attempt) => rtt.waitMs(attempt))).toEqual([1000, 2000, 3000]);
  });

  it('follows the measured round trip and its variance', () => {
    const rtt = new RttEstimator(3000, 0);
    rtt.observe(200);
    expect(rtt.waitMs(0)).toBe(200 + 4 * 100);
    rtt.observe(200);
    expect(rtt.waitMs(0)).toBe(200 + 4 * 75);
    // A steady round trip still leaves room for a busy machine: 100 ms on top of it.
    for (let i = 0; i < 100; i++) rtt.observe(1);
    expect(rtt.waitMs(0)).toBeCloseTo(101, 2);
  });

  it('waits less beside controls, but for a path whose round trips vary', () => {
    const rtt = new RttEstimator(3000, 0);
    expect(rtt.besideControlsMs).toBe(1000);
    rtt.observe(200);
    expect(rtt.besideControlsMs).toBe(200 + 4 * 100);
    for (let i = 0; i < 100; i++) rtt.observe(200);
    expect(rtt.besideControlsMs).toBeCloseTo(230, 2);
  });

  it('learns round trips of a second and more', () => {
    const rtt = new RttEstimator(20_000, 0);
    rtt.observe(2200);
    expect(rtt.waitMs(0)).toBe(2200 + 4 * 1100);
    expect(rtt.longestMs).toBe(2200);
  });

  it('never waits less than silence needs on this platform', () => {
    const rtt = new RttEstimator(5000, 3500);
    rtt.observe(1);
    expect(rtt.waitMs(0)).toBe(3500);
    expect(new RttEstimator(1000, 3500).waitMs(0)).toBe(3500);
  });

  it('takes an upper bound only until something is measured', () => {
    const rtt = new RttEstimator(60_000, 0);
    rtt.observeBound(30_000);
    expect(rtt.longestMs).toBe(30_000);
    rtt.observe(10);
    expect([rtt.srttMs, rtt.longestMs]).toEqual([10, 10]);
    rtt.observeBound(5000);
    expect([rtt.srttMs, rtt.longestMs]).toEqual([10, 10]);
  });
});

describe('how often silence is asked about', () => {
  it('follows the loss', () => {
    expect([0, 0.05, 0.1, 0.2, 0.3, 0.5, 1].map(enoughSilence)).toEqual([7, 7, 7, 9, 12, 12, 12]);
  });

  it('is shared by flows that are silent together, but for what each must show by itself', () => {
    expect([1, 2, 4, 8].map((silent) => flowSilence(0.1, silent))).toEqual([7, 4, 3, 3]);
    expect(flowSilence(0.3, 1)).toBe(12);
  });

  it('follows the loss at edges, the more carefully the fewer answers measured it', () => {
    expect([10, 30, 1000].map((answers) => edgeSilence(0, answers))).toEqual([6, 4, 4]);
    expect([0, 0.02, 0.1, 0.2].map((loss) => edgeSilence(loss, 1000))).toEqual([4, 4, 6, 9]);
    expect(edgeSilence(0.4, 30)).toBeGreaterThan(MOST_EDGE_SILENCE);
  });

  it('counts the SYNs that Linux sends by itself: after 1, 3 and 7 seconds', () => {
    expect([0, 999, 1000, 2999, 3000, 6999, 7000].map(kernelRetransmissions)).toEqual([0, 0, 1, 1, 2, 2, 3]);
  });
});
