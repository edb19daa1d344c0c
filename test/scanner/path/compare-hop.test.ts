import { describe, expect, it } from 'vitest';
import type { Hop, Trace } from '../../../src/model/evidence.ts';
import { fisherExact, WRONG_PROOF } from '../../../src/model/inference.ts';
import { confirmTrace } from '../../../src/scanner/path/compare-hop.ts';
import { exceeded, fault } from '../fakes.ts';
import { Random } from '../random.ts';
import { type Meets, proberOf, router, silent } from './routers.ts';

const hop = (ttl: number): Hop => ({ ttl, address: router(ttl), rttMs: 1 });
const known = [hop(1), hop(2), hop(3)];

/** Three routers with so many ICMP errors left to send; one more each for every pause. `diesAt`: TTL that a port does not pass. */
const routers = (tokens: number[], diesAt: Readonly<Record<number, number>>) => {
  const meets: Meets = (port, ttl) => {
    if (ttl >= (diesAt[port] ?? 99) || (tokens[ttl] ?? 0) < 1) return silent;
    tokens[ttl] = (tokens[ttl] ?? 0) - 1;
    return exceeded(router(ttl));
  };
  const net = proberOf(meets);
  const prober = {
    ...net.prober,
    pause: async () => {
      net.state.pauses++;
      for (const ttl of tokens.keys()) tokens[ttl] = Math.min(6, (tokens[ttl] ?? 0) + 1);
    },
  };
  return { ...net, prober };
};

const traceOf = (passed: number): Trace => ({
  port: 3389,
  hops: known.map((one) => (one.ttl <= passed ? one : { ttl: one.ttl, address: null, rttMs: null })),
  end: silent,
  endTtl: null,
});

describe('confirmTrace', () => {
  it('proves a drop where routers speak freely, by eight flows each', async () => {
    const net = routers([99, 99, 99, 99], { 3389: 2 });
    const trace = await confirmTrace(traceOf(1), 135, known, net.prober, 20);
    expect(trace.comparison).toEqual({ ttl: 2, flows: 8, passed: 0, control: 8 });
    expect(trace.hops.map(({ address }) => address)).toEqual([router(1), null, null]);
    // All but the first leave a pause apart, for routers that send one error a second.
    expect([net.state.pauses, net.asked.length]).toEqual([4, 16]);
    // A new flow each time.
    expect(net.asked.every(({ flow }) => flow === undefined)).toBe(true);
  });

  it('finds that the port passed hops that had only run out of errors to send', async () => {
    const net = routers([0, 0, 0, 0], {});
    const trace = await confirmTrace(traceOf(1), 135, known, net.prober, 20);
    expect(trace.hops.map(({ address }) => address)).toEqual([router(1), router(2), router(3)]);
    expect(trace.comparison).toBeUndefined();
  });

  it('proves a drop behind routers that run out of errors, by waiting for them', async () => {
    const net = routers([4, 4, 4, 4], { 3389: 3 });
    const trace = await confirmTrace(traceOf(1), 135, known, net.prober, 20);
    expect(trace.hops.map(({ address }) => address)).toEqual([router(1), router(2), null]);
    expect(trace.comparison).toMatchObject({ ttl: 3, passed: 0 });
    expect(fisherExact(trace.comparison ?? expect.unreachable())).toBeLessThanOrEqual(WRONG_PROOF);
    expect(net.state.pauses).toBeGreaterThan(0);
  });

  it('says nothing where the hop answers to neither', async () => {
    const net = proberOf(() => silent);
    expect((await confirmTrace(traceOf(1), 135, known, net.prober, 20)).comparison).toBeUndefined();
    expect(net.asked.length).toBeLessThan(30);
  });

  it('says nothing about what our own trouble hid', async () => {
    const net = proberOf(() => fault('no-route', 'E'));
    expect((await confirmTrace(traceOf(1), 135, known, net.prober, 20)).comparison).toBeUndefined();
    expect(net.asked).toHaveLength(2);
  });

  it('has nothing to ask when the port passed every hop that is known', async () => {
    const net = routers([9, 9, 9, 9], {});
    expect((await confirmTrace(traceOf(3), 135, known, net.prober, 20)).comparison).toBeUndefined();
    expect(net.asked).toEqual([]);
  });

  it.each([0.25, 0.5, 0.75])(
    'is never deceived by equal-cost routers of which a share of %d is mute',
    async (mute) => {
      let wrong = 0;
      for (let seed = 1; seed <= 3000; seed++) {
        const random = new Random(seed);
        const net = proberOf((_, ttl) => (random.next() < mute ? silent : exceeded(router(ttl))));
        const { comparison } = await confirmTrace(traceOf(1), 135, known, net.prober, 20);
        if (comparison && fisherExact(comparison) <= WRONG_PROOF) wrong++;
      }
      // One in ten thousand is allowed; the seeds are fixed.
      expect(wrong).toBeLessThanOrEqual(2);
    },
  );

  it('proves a drop as often as not behind equal-cost routers of which half are mute', async () => {
    let proven = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const random = new Random(seed);
      const net = proberOf((port, ttl) =>
        port === 3389 || random.next() < 0.5 ? silent : exceeded(router(ttl)),
      );
      const { comparison } = await confirmTrace(traceOf(1), 135, known, net.prober, 20);
      if (comparison && fisherExact(comparison) <= WRONG_PROOF) proven++;
    }
    expect(proven).toBeGreaterThan(80);
  });
});
