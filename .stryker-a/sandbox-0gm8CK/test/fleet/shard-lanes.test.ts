import { describe, expect, it } from 'vitest';
import type { GuardedWorker } from '../../src/fleet/guarded-worker.ts';
import { MOST_IN_HAND } from '../../src/fleet/messages.ts';
import { ShardLanes } from '../../src/fleet/shard-lanes.ts';

/** A worker whose shards send so many packets a second each, at most `rate` together. */
const laboratory = (perShard: number, rate = 1000) => {
  const lanes: { isBusy: boolean; isGone: boolean }[] = [];
  const state = { sent: 0, rate, waiting: 100, now: 0 };
  const make = (): GuardedWorker => {
    const lane = { isBusy: true, isGone: false };
    lanes.push(lane);
    const end = async (): Promise<void> => {
      lane.isGone = true;
    };
    return {
      ...{ close: end, retire: end, rebuilt: 0 },
      get isBusy() {
        return lane.isBusy;
      },
    };
  };
  const options = {
    make,
    sent: () => state.sent,
    rate: () => state.rate,
    waiting: async () => state.waiting,
  };
  const all = new ShardLanes(options, 0);
  /** Lets half a second pass, so often. */
  const pass = async (looks: number): Promise<number> => {
    for (let look = 0; look < looks; look += 1) {
      state.now += 500;
      const busy = lanes.filter((lane) => lane.isBusy && !lane.isGone).length;
      state.sent += Math.min(state.rate, busy * perShard) / 2;
      await all.look(state.now);
    }
    return all.count;
  };
  return { all, lanes, state, pass };
};

describe('the shards that a worker has in hand', () => {
  it('are one where that fills the rate', async () => {
    expect(await laboratory(950).pass(40)).toBe(1);
  });

  it('are as many as fill the rate', async () => {
    expect(await laboratory(300).pass(100)).toBe(3);
  });

  it('are never more than there is a limit for, and no more than wait', async () => {
    expect(await laboratory(1).pass(200)).toBe(MOST_IN_HAND);
    const few = laboratory(1);
    few.state.waiting = 0;
    expect(await few.pass(40)).toBe(1);
  });

  it('do not grow while no packet is allowed', async () => {
    const { state, pass } = laboratory(300);
    state.rate = 0;
    expect(await pass(40)).toBe(1);
  });

  it('are fewer again when no more come, and the last lane stays', async () => {
    const { all, lanes, pass } = laboratory(300);
    await pass(100);
    for (const lane of lanes) lane.isBusy = false;
    expect(await pass(10)).toBe(1);
    expect(lanes.filter(({ isGone }) => !isGone)).toHaveLength(1);
    await all.close();
    expect(lanes.every(({ isGone }) => isGone)).toBe(true);
  });
});
