import { describe, expect, it } from 'vitest';
import {
  controlsAtOnce,
  edgeSilence,
  enoughSilence,
  flowSilence,
  kernelRetransmissions,
  MOST_EDGE_SILENCE,
  voidRoundsInARow,
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

  it('waits beside controls no longer than the last four round trips say, though the variance remembers an earlier one', () => {
    const rtt = new RttEstimator(3000, 0);
    for (const ms of [80, 10, 11]) rtt.observe(ms);
    const before = rtt.besideControlsMs;
    rtt.observe(12);
    expect(rtt.besideControlsMs).toBeGreaterThan(200);
    expect(rtt.besideControlsMs).toBeLessThan(before);
    rtt.observe(12);
    expect(rtt.besideControlsMs).toBe(12 + 30);
    for (const ms of [12, 12, 40]) rtt.observe(ms);
    // Round trips that differ are waited for longer.
    expect(rtt.besideControlsMs).toBeGreaterThan(100);
    // Others are waited for as RFC 6298 says.
    expect(rtt.waitMs(0)).toBeGreaterThan(140);
    // A system that repeated a SYN: all earlier ones are forgotten.
    const late = new RttEstimator(3000, 0);
    for (const ms of [1010, 10, 10, 10, 10]) late.observe(ms);
    expect(late.besideControlsMs).toBe(10 + 30);
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

  it('keeps every wait between what silence needs here, 100 ms at least, and the timeout', () => {
    const usual = new RttEstimator(3000, 0);
    expect([0, 99, 100, 2000, 9000].map((ms) => usual.bounded(ms))).toEqual([100, 100, 100, 2000, 3000]);
    expect(new RttEstimator(3000, 500).bounded(1)).toBe(500);
    expect([usual.ceilingMs, new RttEstimator(3000, 5000).ceilingMs]).toEqual([3000, 5000]);
    const hasty = new RttEstimator(60, 0);
    expect([1, 70].map((ms) => hasty.bounded(ms))).toEqual([60, 60]);
  });

  it('keeps those beside controls between the same, but for the 100 ms', () => {
    const besideControls = (timeoutMs: number, minTimeoutMs: number): number => {
      const rtt = new RttEstimator(timeoutMs, minTimeoutMs);
      rtt.observe(4);
      return rtt.besideControlsMs;
    };
    expect([besideControls(3000, 0), besideControls(3000, 500), besideControls(20, 0)]).toEqual([
      34, 500, 20,
    ]);
  });

  it('knows nothing before the first answer, and the longest of all after it', () => {
    const rtt = new RttEstimator(3000, 0);
    expect([rtt.srttMs, rtt.longestMs]).toEqual([null, 0]);
    for (const ms of [100, 300, 200]) rtt.observe(ms);
    expect(rtt.longestMs).toBe(300);
    // RFC 6298 section 2.3, with alpha 1/8: 100, 125, 134.375.
    expect(rtt.srttMs).toBe(134.375);
  });

  it('waits longer where round trips vary (RFC 6298 section 2.3, with beta 1/4)', () => {
    const rtt = new RttEstimator(3000, 0);
    for (const ms of [100, 300]) rtt.observe(ms);
    expect(rtt.waitMs(0)).toBe(125 + 4 * (0.75 * 50 + 0.25 * 200));
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

  it.each([1000, 3000, 7000])(
    'takes no answer that came %i ms later than others: somebody repeated a SYN or a SYN-ACK by then',
    (afterMs) => {
      const rtt = new RttEstimator(60_000, 0);
      rtt.observe(20);
      for (const later of [-50, 0, 300]) rtt.observe(20 + afterMs + later);
      expect([rtt.srttMs, rtt.longestMs]).toEqual([20, 20]);
      rtt.observe(20 + afterMs - 51);
      rtt.observe(20 + afterMs + 301);
      expect(rtt.longestMs).toBe(20 + afterMs + 301);
      // The shortest counts, and the other way round the first one was such an answer.
      const late = new RttEstimator(60_000, 0);
      late.observe(25 + afterMs);
      late.observe(25);
      late.observe(15);
      late.observe(30 + afterMs);
      expect(late.longestMs).toBe(25);
    },
  );

  it('takes all answers of a path that is as slow as that', () => {
    const rtt = new RttEstimator(60_000, 0);
    for (const ms of [2000, 2100, 2400]) rtt.observe(ms);
    expect(rtt.longestMs).toBe(2400);
  });
});

describe('how often silence is asked about', () => {
  it('follows the loss', () => {
    expect([0, 0.05, 0.1, 0.2, 0.3, 0.5, 1].map(enoughSilence)).toEqual([7, 7, 7, 9, 12, 12, 12]);
  });

  it('of a control is so often probed at once as loss explains, and void rounds in a row as it does', () => {
    expect([0, 0.01, 0.03, 0.1, 0.2, 0.5, 1].map(controlsAtOnce)).toEqual([2, 2, 3, 4, 6, 6, 6]);
    expect([0, 0.1, 0.3, 0.5, 0.9, 1].map(voidRoundsInARow)).toEqual([3, 7, 14, 24, 153, 153]);
  });

  it('is shared by flows that are silent together, but for what each must show by itself', () => {
    expect([1, 2, 4, 8].map((silent) => flowSilence(0.1, silent))).toEqual([7, 4, 3, 3]);
    expect(flowSilence(0.3, 1)).toBe(12);
    expect([0, 0.5, 1].map((loss) => flowSilence(loss, 8))).toEqual([3, 10, 12]);
    expect(flowSilence(0.1, 0)).toBe(7);
  });

  it('follows the loss at edges, the more carefully the fewer answers measured it', () => {
    expect([10, 30, 1000].map((answers) => edgeSilence(0, answers))).toEqual([6, 4, 4]);
    expect([0, 0.02, 0.1, 0.2].map((loss) => edgeSilence(loss, 1000))).toEqual([4, 4, 6, 9]);
    // By hand: of one answer none lost may be a loss of 1/2, of two 1/3; ten of twenty at most 0.609, one of three at most 0.615.
    expect([0, 1, 2].map((answers) => edgeSilence(0, answers))).toEqual([19, 19, 12]);
    expect([edgeSilence(0.5, 20), edgeSilence(1 / 3, 3), edgeSilence(1, 9)]).toEqual([26, 27, 121]);
    expect(edgeSilence(0.4, 30)).toBeGreaterThan(MOST_EDGE_SILENCE);
  });

  it('counts the SYNs that Linux sends by itself: after 1, 3 and 7 seconds', () => {
    expect([0, 999, 1000, 2999, 3000, 6999, 7000].map(kernelRetransmissions)).toEqual([0, 0, 1, 1, 2, 2, 3]);
  });
});
