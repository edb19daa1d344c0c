import { describe, expect, it } from 'vitest';
import { confirmTrace, type TurnAsker } from '../../src/engine/confirm-trace.ts';
import type { Hop, Trace } from '../../src/model/evidence.ts';
import type { Reply } from '../../src/model/reply.ts';

const silent: Reply = { kind: 'silent', waitedMs: 1, attempts: 1 };
const hop = (ttl: number): Hop => ({ ttl, address: `10.0.${ttl}.1`, rttMs: 1 });
const way = [hop(1), hop(2), hop(3)];

/** Three routers with so many ICMP errors left to send; one more each for every pause. `diesAt`: TTL that is not passed. */
const routers = (tokens: number[], diesAt: Readonly<Record<number, number>>) => {
  let pauses = 0;
  let asked = 0;
  const asker: TurnAsker = {
    askAt: async (port, ttl) => {
      asked++;
      if (ttl >= (diesAt[port] ?? 99)) return silent;
      if ((tokens[ttl] ?? 0) < 1) return silent;
      tokens[ttl] = (tokens[ttl] ?? 0) - 1;
      return {
        kind: 'rejected',
        rttMs: 1,
        cause: { icmp: { version: 4, type: 11, code: 0 }, from: `10.0.${ttl}.1` },
      };
    },
    pause: async () => {
      pauses++;
      for (const ttl of tokens.keys()) tokens[ttl] = Math.min(6, (tokens[ttl] ?? 0) + 1);
    },
  };
  return { asker, pauses: () => pauses, asked: () => asked };
};

const traceOf = (passed: number): Trace => ({
  port: 3389,
  hops: way.map((one) => (one.ttl <= passed ? one : { ttl: one.ttl, address: null, rttMs: null })),
  end: silent,
  endTtl: null,
});

describe('confirmTrace', () => {
  it('confirms a drop at once where routers speak freely', async () => {
    const net = routers([9, 9, 9, 9], { 3389: 2 });
    const trace = await confirmTrace(traceOf(1), 135, way, net.asker);
    expect(trace).toMatchObject({
      confirmed: true,
      hops: [{ address: '10.0.1.1' }, { address: null }, { address: null }],
    });
    expect([net.pauses(), net.asked()]).toEqual([0, 4]);
  });

  it('finds that the port passed hops that had only run out of errors to send', async () => {
    const net = routers([0, 0, 0, 0], {});
    const trace = await confirmTrace(traceOf(1), 135, way, net.asker);
    expect(trace.hops.map(({ address }) => address)).toEqual(['10.0.1.1', '10.0.2.1', '10.0.3.1']);
    expect(trace.confirmed).toBeUndefined();
  });

  it('confirms a drop behind routers that have run out of errors, by waiting for them', async () => {
    const net = routers([0, 0, 0, 0], { 3389: 3 });
    const trace = await confirmTrace(traceOf(1), 135, way, net.asker);
    expect(trace.hops.map(({ address }) => address)).toEqual(['10.0.1.1', '10.0.2.1', null]);
    expect(trace.confirmed).toBe(true);
    expect(net.pauses()).toBeGreaterThan(0);
  });

  it('does not confirm where nobody hears the hop', async () => {
    const mute: TurnAsker = { askAt: async () => silent, pause: async () => {} };
    expect(await confirmTrace(traceOf(1), 135, way, mute)).toMatchObject({ confirmed: false });
  });

  it('has nothing to ask when the port passed every hop that is known', async () => {
    const net = routers([9, 9, 9, 9], {});
    expect((await confirmTrace(traceOf(3), 135, way, net.asker)).confirmed).toBeUndefined();
    expect(net.asked()).toBe(0);
  });
});
