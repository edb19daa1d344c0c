import { describe, expect, it } from 'vitest';
import { upper95 } from './bounds.ts';
import { type FlowOutcome, flowWorlds } from './flow-world.ts';
import { simulationTimeout, worlds } from './scale.ts';

const count = (outcomes: readonly FlowOutcome[], is: (one: FlowOutcome) => boolean): number =>
  outcomes.filter(is).length;
const most = (numbers: readonly number[]): number => Math.max(...numbers);

describe('flows over simulated networks', { timeout: simulationTimeout }, () => {
  it('finds a filter on half of the paths in 99 of 100', async () => {
    // All eight flows take the same half twice in 256 times; nobody can find it then.
    const bySplit = 1 - 2 / 2 ** 8;
    for (const loss of [0, 0.1]) {
      const outcomes = await flowWorlds(worlds(3000), 1, { share: 'half', loss });
      const split = outcomes.filter(({ dropped }) => dropped > 0 && dropped < 8);
      const found = count(split, ({ isMixed }) => isMixed) / split.length;
      expect(found * bySplit).toBeGreaterThanOrEqual(0.99);
    }
  });

  it('counts silent flows right', async () => {
    const outcomes = await flowWorlds(worlds(2000), 2, { share: 'half', loss: 0.1 });
    const isWrong = ({ isMixed, result: { flows }, dropped }: FlowOutcome): boolean =>
      isMixed && flows.asked - flows.answered !== dropped;
    expect(count(outcomes, isWrong) / outcomes.length).toBeLessThanOrEqual(0.005);
  });

  it('names a router only where it is the filter', async () => {
    const outcomes = await flowWorlds(worlds(2000), 3, { share: 'half', widest: 2 });
    const named = outcomes.filter(({ over }) => typeof over === 'string');
    expect(named.length).toBeGreaterThan(outcomes.length / 8);
    expect(count(named, ({ isPlaceRight }) => !isPlaceRight) / named.length).toBeLessThanOrEqual(0.01);
  });

  it('takes loss for a filter on some paths less than once in 1,000 with 10 % lost each way, whatever was measured', async () => {
    const outcomes = await flowWorlds(worlds(8000), 4, { share: 'none', loss: 0.1 });
    const wrong = count(outcomes, ({ isMixed }) => isMixed);
    expect(upper95(wrong, outcomes.length)).toBeLessThanOrEqual(1 / 1000);
  });

  it('costs seven packets where a port answers, and 14 where it never does', async () => {
    const open = await flowWorlds(worlds(300), 5, { share: 'none', loss: 0 });
    expect(most(open.map(({ asked, traced }) => asked + traced))).toBe(7);
    const shut = await flowWorlds(worlds(300), 6, { share: 'all', loss: 0 });
    expect(most(shut.map(({ asked, traced }) => asked + traced))).toBe(14);
  });

  it('costs 40 packets at most where half of the paths drop the port', async () => {
    const half = await flowWorlds(worlds(1000), 7, { share: 'half', loss: 0 });
    expect(most(half.map(({ asked }) => asked))).toBeLessThanOrEqual(40);
  });
});
