import { describe, expect, it } from 'vitest';
import { upper95 } from './bounds.ts';
import { LINUX_LIMIT } from './network.ts';
import { simulationTimeout, worlds } from './scale.ts';
import { type TraceOutcome, traceWorlds } from './trace-world.ts';

const count = (outcomes: readonly TraceOutcome[], is: (one: TraceOutcome) => boolean): number =>
  outcomes.filter(is).length;
const isWrong = ({ isProven, isFiltered }: TraceOutcome): boolean => isProven && !isFiltered;
const share = (outcomes: readonly TraceOutcome[], is: (one: TraceOutcome) => boolean): number =>
  count(outcomes, is) / outcomes.length;
const quantile = (outcomes: readonly TraceOutcome[], part: number): number =>
  outcomes.map(({ extra }) => extra).toSorted((a, b) => a - b)[Math.ceil(outcomes.length * part) - 1] ?? 0;

/** One path whose routers are as they come, with nobody else asking. */
const SINGLE = { widest: 1, mute: 0, elsewhere: 0, limits: [LINUX_LIMIT], isRested: true } as const;

describe('traces over simulated networks', { timeout: simulationTimeout }, () => {
  it('proves a filter where there is none less than once in 10,000 traces', async () => {
    const outcomes = await traceWorlds(worlds(30_000), 1, { share: 'none' });
    const wrong = count(outcomes, isWrong);
    if (process.env['RA_SIMULATIONS']) {
      console.log({ traces: outcomes.length, wrong, bound: upper95(wrong, outcomes.length) });
    }
    expect(upper95(wrong, outcomes.length)).toBeLessThanOrEqual(1e-4);
  });

  it('does not take errors that a router earns while a port is waited for, for a difference', async () => {
    // Silence lasts longer than the router needs for its next error: the control would always have one.
    const slow = { share: 'none', widest: 1, loss: 0.2, limits: [{ burst: 1, perSecond: 2 }] } as const;
    expect(count(await traceWorlds(worlds(2000), 2, slow), isWrong)).toBe(0);
  });

  it('proves every filter on a single path without loss, where a later hop shows it, with 16 packets more', async () => {
    const outcomes = await traceWorlds(worlds(1500), 3, { ...SINGLE, share: 'all', loss: 0 });
    const decidable = outcomes.filter(({ isDecidable }) => isDecidable);
    expect(decidable.length).toBeGreaterThan(worlds(1000));
    expect(share(decidable, ({ isProven, isPlaceRight }) => isProven && isPlaceRight)).toBe(1);
    expect(quantile(outcomes, 1)).toBe(16);
  });

  it('is right in 95 of 100 traces with 20 % lost each way and one ICMP error a second', async () => {
    const outcomes = await traceWorlds(worlds(1500), 4, {
      ...SINGLE,
      share: 'all',
      loss: 0.2,
      isRested: false,
    });
    const decidable = outcomes.filter(({ isDecidable }) => isDecidable);
    expect(share(decidable, ({ isProven }) => isProven)).toBeGreaterThanOrEqual(0.94);
    expect(share(decidable, ({ isProven, isPlaceRight }) => isProven && !isPlaceRight)).toBe(0);
    const open = await traceWorlds(worlds(1500), 5, { ...SINGLE, share: 'none', loss: 0.2, isRested: false });
    expect(share([...decidable, ...open], (one) => one.isProven === one.isFiltered)).toBeGreaterThanOrEqual(
      0.95,
    );
  });

  it('names no wrong place for a filter on all paths, and stays within its packets', async () => {
    const outcomes = await traceWorlds(worlds(3000), 6, { share: 'all' });
    expect(count(outcomes, ({ isProven, isPlaceRight }) => isProven && !isPlaceRight)).toBe(0);
    expect(count(outcomes, ({ isProven }) => isProven)).toBeGreaterThan(outcomes.length / 3);
    expect(quantile(outcomes, 0.5)).toBeLessThanOrEqual(24);
    // 24 pairs, those to hops of the control that are asked again included.
    expect(quantile(outcomes, 1)).toBeLessThanOrEqual(48);
  });

  it('takes 40 packets more at most where few are lost', async () => {
    for (const loss of [0, 0.04]) {
      const outcomes = await traceWorlds(worlds(1500), 7, { share: 'all', loss });
      expect(quantile(outcomes, 1)).toBeLessThanOrEqual(40);
      expect(count(outcomes, ({ isProven }) => isProven)).toBeGreaterThan(outcomes.length / 3);
    }
  });
});
