import { describe, expect, it } from 'vitest';
import { accepted, refused } from '../fakes.ts';
import { confirm, listener, type Network, observed, silence } from './flow-network.ts';

describe('a port of which flows were late', () => {
  // A required port is on its first flow, and late on so many others.
  const late = (flows: number, first = observed(3389, refused)) =>
    [
      [listener, first],
      { passes: (port: number, flow: number, turn: number) => port !== 3389 || flow > flows || turn > 0 },
    ] as const;

  it('is compared packet by packet with one that answers, where loss does not explain it', async () => {
    // No further flow is asked twice where the first one answers, so they are silent until they are asked again.
    const [observations, network] = late(1);
    const dropped = await confirm(observations, { ...network, single: (port) => port !== 3389 });
    expect(dropped.flowsOf(3389)).toEqual({ asked: 9, answered: 0, control: 9 });
    expect(dropped.flowsOf(135)).toEqual({ asked: 8, answered: 8 });
    const same = await confirm(observations, network);
    expect(same.flowsOf(3389)).toEqual({ asked: 8, answered: 8 });
    expect(same.packets).toBe(2 * 16);
    const explained = await confirm(observations, { ...network, loss: { path: 0.1 } });
    expect([explained.packets, explained.flowsOf(3389)]).toEqual([0, { asked: 8, answered: 8 }]);
    // Nor are more flows probed, as where nothing is lost on the path.
    expect([explained, dropped].map(({ flowsTo }) => flowsTo(3389))).toEqual([8, 8]);
  });

  it('is compared in an audit only from two on, and not for as long', async () => {
    const [observations, network] = late(1);
    expect((await confirm(observations, { ...network, bulk: true })).packets).toBe(0);
    const [two, more] = late(2);
    expect((await confirm(two, { ...more, bulk: true })).packets).toBe(2 * 8);
  });

  it('is compared on a path that loses packets only if as many more flows are late, too', async () => {
    const lossy = { bulk: true, loss: { path: 0.02 } };
    const [observations, network] = late(2);
    const byChance = await confirm(observations, { ...network, ...lossy });
    expect([byChance.packets, byChance.flowsTo(3389)]).toEqual([0, 1 + 7 + 8]);
    expect(byChance.of(3389)).toMatchObject({ attempts: 1 + 9 + 8, flows: { asked: 8, answered: 8 } });
    const [every, all] = late(99);
    const single = (port: number) => port !== 3389;
    const found = await confirm(every, { ...all, ...lossy, single });
    expect(found.flowsOf(3389)).toEqual({ asked: 9, answered: 0, control: 9 });
  });

  describe('on a path that loses one probe in ten', () => {
    const loss = { path: 0.1 };
    /** A port that drops the first packet on these flows: 1 to 7 are asked first, and 8 to 15 are as many more. */
    const dropping = (flows: readonly number[], network: Network = {}) =>
      confirm([listener, observed(3389, refused)], {
        passes: (port, flow, turn) => port !== 3389 || turn > 0 || !flows.includes(flow),
        ...{ loss, ...network },
      });

    it('is compared from six late flows of 17 on, which loss explains once in 200 times; five it explains once in 45', async () => {
      // Three of the first eight are more than loss explains once in 20 times, so more are asked.
      const five = await dropping([1, 2, 3, 8, 9]);
      expect([five.packets, five.flowsTo(3389)]).toEqual([0, 1 + 7 + 8]);
      const six = await dropping([1, 2, 3, 8, 9, 10]);
      expect(six.packets).toBeGreaterThan(0);
    });

    it('is compared, and found, where every other packet is dropped', async () => {
      // Eight of 17 are late, which loss explains once in 10,000 times: not so rarely that it proved anything by itself.
      const half = await dropping([1, 3, 5, 7, 9, 11, 13, 15], {
        single: (port, turn) => port !== 3389 || turn % 2 === 0,
      });
      expect(half.flowsOf(3389)).toEqual({ asked: 26, answered: 13, control: 26 });
    });
  });

  it('is not compared where no other port answers', async () => {
    const [[, first], network] = late(1);
    const { packets, flowsOf } = await confirm([first, observed(135, silence)], {
      passes: (port, flow, turn) => port !== 135 && network.passes(port, flow, turn),
    });
    expect([packets, flowsOf(3389)]).toEqual([0, { asked: 8, answered: 8 }]);
  });
});

describe('sampled ports that were late', () => {
  /** Of so many ports, each lost so many probes before it answered. */
  const sampled = (lost: readonly number[]) =>
    lost.map((each, at) => observed(2000 + at, refused, { lost: each, attempts: each + 1 }));
  const compare = async (lost: readonly number[], network: Network = {}) => {
    const found = await confirm([listener, ...sampled(lost)], {
      single: (port) => port === 135,
      ...network,
    });
    return found.amended.filter((port) => port !== 135);
  };

  it('have the one compared that was probed most often, from two on and a tenth of the sample', async () => {
    expect(await compare([1, 0, 0, 0])).toEqual([]);
    expect(await compare([1, 2, 0, 0])).toEqual([2001]);
    expect(await compare([2, 1, 2, 0])).toEqual([2000]);
    expect(await compare([1, 1, ...Array(19).fill(0)])).toEqual([]);
    expect(await compare([1, 1, ...Array(18).fill(0)])).toEqual([2000]);
  });

  it('are loss where the loss of others explains them', async () => {
    expect(await compare([1, 1, 0, 0], { loss: { others: 0.2 } })).toEqual([]);
    expect(await compare([1, 1, 0, 0], { loss: { others: 0.05 } })).toEqual([2000]);
  });

  it('are as they were where the comparison proves nothing', async () => {
    expect(await compare([1, 1, 0, 0], { single: () => true })).toEqual([]);
  });

  it('are compared with the port of another kind that lost least', async () => {
    const asked: number[] = [];
    await confirm(
      [observed(135, accepted, { lost: 2 }), observed(3389, accepted, { lost: 1 }), ...sampled([1, 1, 0, 0])],
      {
        single: (port) => {
          asked.push(port);
          return port !== 2000;
        },
        bulk: true,
      },
    );
    expect(new Set(asked)).toEqual(new Set([2000, 3389]));
    const other: number[] = [];
    await confirm(
      [observed(135, accepted, { lost: 1 }), observed(3389, accepted, { lost: 2 }), ...sampled([1, 1, 0, 0])],
      { single: (port) => other.push(port) > 0 && port !== 2000, bulk: true },
    );
    expect(new Set(other)).toEqual(new Set([2000, 135]));
  });

  it('are left alone, like all others, once the run is stopped', async () => {
    const { did, packets } = await confirm([listener, observed(3389, refused)], { isStopped: true });
    expect([did, packets]).toEqual([[], 0]);
  });
});
