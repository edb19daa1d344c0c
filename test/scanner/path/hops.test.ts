import { describe, expect, it } from 'vitest';
import type { Hop, Trace } from '../../../src/model/evidence.ts';
import type { Reply } from '../../../src/model/reply.ts';
import { compareHop, confirmTrace } from '../../../src/scanner/path/compare-hop.ts';
import { hopsOverFlows } from '../../../src/scanner/path/hop-flows.ts';
import { hopOf, tracePort } from '../../../src/scanner/path/traceroute.ts';
import { accepted, exceeded, unreachable } from '../fakes.ts';
import { type Meets, proberOf, router, silent } from './routers.ts';

const [PORT, CONTROL] = [3389, 135];
const hop = (ttl: number, address: string | null = router(ttl)): Hop => ({
  ttl,
  address,
  rttMs: address === null ? null : 1,
});

describe('the hop at a TTL', () => {
  it('is the router that says that the TTL ran out, and no other sender', () => {
    expect(hopOf(2, exceeded(router(2)))).toEqual(hop(2));
    const unknown: Reply = { kind: 'rejected', rttMs: 1, cause: { errno: 'EHOSTUNREACH' } };
    for (const reply of [unreachable(13), unknown, accepted, silent, undefined])
      expect(hopOf(2, reply)).toEqual(hop(2, null));
  });
});

describe('the packets of a trace', () => {
  const ttls = async (
    meets: (ttl: number, turn: number) => Reply,
    options: { readonly maxTtl?: number; readonly knownHops?: number; readonly quietEnd?: number } = {},
  ): Promise<number[]> => {
    const { prober, asked } = proberOf((_, ttl, turn) => meets(ttl, turn));
    await tracePort(PORT, prober, { maxTtl: 30, knownHops: 0, quietEnd: 4, ...options });
    expect(new Set(asked.map(({ flow }) => flow)).size).toBe(1);
    expect(asked[0]?.flow).toEqual({ sourcePort: null });
    return asked.map(({ ttl }) => ttl);
  };

  it('go on through silent hops that are known, and no farther', async () => {
    expect(await ttls(() => silent, { knownHops: 4, quietEnd: 2 })).toEqual([1, 2, 3, 4, 1, 2, 3, 4]);
    expect(await ttls(() => silent, { quietEnd: 2 })).toEqual([1, 2, 1]);
  });

  it('ask all silent hops before the end once more, and the last of them five times more', async () => {
    expect(await ttls((ttl) => (ttl < 3 ? silent : accepted))).toEqual([1, 2, 3, 1, 2, 2, 2, 2, 2, 2]);
    expect(await ttls((ttl) => (ttl < 2 ? silent : accepted))).toEqual([1, 2, 1, 1, 1, 1, 1, 1]);
    expect(await ttls(() => accepted)).toEqual([1]);
  });
});

describe('a hop that is asked by two ports', () => {
  /** The port is dropped, and its control is answered as said. */
  const compare = async (answers: (pair: number) => boolean, left = 24, waitedMs = 100) => {
    const { prober, asked } = proberOf((port, ttl, turn) =>
      port === CONTROL && answers(turn) ? exceeded(router(ttl)) : { kind: 'silent', waitedMs, attempts: 1 },
    );
    const pauses: number[] = [];
    const pausing = { ...prober, pause: async (ms: number) => void pauses.push(ms), isStopped: false };
    const budget = { left };
    return { compared: await compareHop(PORT, CONTROL, 3, pausing, budget), asked, pauses, budget };
  };

  it('is counted until a difference is proven, with the routers that answered', async () => {
    const { compared, pauses, budget } = await compare((pair) => pair < 5 || pair > 7);
    expect(compared).toEqual({
      kind: 'counted',
      comparison: { ttl: 3, flows: 13, passed: 0, control: 10 },
      hops: Array.from({ length: 10 }, () => hop(3)),
    });
    // The first four pairs leave at once.
    expect(pauses).toEqual(Array.from({ length: 9 }, () => 1100 - 100));
    expect(budget.left).toBe(24 - 13);
  });

  it('has waited long enough where silence lasted longer than a router saves up for', async () => {
    expect(new Set((await compare(() => true, 24, 2000)).pauses)).toEqual(new Set([0]));
  });

  it('is asked no longer than the budget lasts, nor than the rest of it could prove anything', async () => {
    const short = await compare(() => true, 3);
    expect(short.compared).toMatchObject({ kind: 'counted', comparison: { flows: 3, control: 3 } });
    expect([short.asked.length, short.budget.left]).toEqual([6, 0]);
    const vain = await compare((pair) => pair === 0, 11);
    expect(vain.compared).toMatchObject({ comparison: { flows: 8, control: 1 } });
  });

  it('is mute after five pairs that were both silent', async () => {
    const { compared, asked } = await compare(() => false);
    expect([compared, asked.length]).toEqual([{ kind: 'unknown' }, 10]);
    const late = await compare((pair) => pair >= 4);
    expect(late.compared).toMatchObject({ comparison: { flows: 8, control: 8 } });
  });

  it('is passed where the port is answered there', async () => {
    const { prober } = proberOf((_, ttl) => exceeded(router(ttl)));
    expect(await compareHop(PORT, CONTROL, 3, prober, { left: 9 })).toEqual({ kind: 'passes', hop: hop(3) });
  });
});

describe('a silent trace that is made sure of', () => {
  const trace: Trace = { port: PORT, hops: [hop(1)], end: silent, endTtl: null };
  const known = [hop(1), hop(2, null), hop(3), hop(4)];
  const confirm = async (meets: Meets) => {
    const { prober, asked } = proberOf(meets);
    const seen: Hop[] = [];
    const confirmed = await confirmTrace(trace, CONTROL, known, prober, 20, (hops) => seen.push(...hops));
    return { confirmed, seen, ttls: new Set(asked.map(({ ttl }) => ttl)) };
  };

  it('goes on from hop to hop that answers, and says which did', async () => {
    const { confirmed, seen, ttls } = await confirm((port, ttl) =>
      port === PORT && ttl > 3 ? silent : exceeded(router(ttl)),
    );
    expect(ttls).toEqual(new Set([3, 4]));
    expect(confirmed).toEqual({
      ...trace,
      hops: [hop(1), hop(2, null), hop(3)],
      comparison: { ttl: 4, flows: 8, passed: 0, control: 8 },
    });
    expect(seen).toEqual([hop(3), ...Array.from({ length: 8 }, () => hop(4))]);
  });

  it('counts the pairs of all its hops', async () => {
    const { confirmed } = await confirm((port, ttl, turn) =>
      port === CONTROL && (turn < 5 || turn > 7) ? exceeded(router(ttl)) : silent,
    );
    expect(confirmed.comparison).toEqual({ ttl: 3, flows: 13, passed: 0, control: 10 });
  });

  it('is as it was where the hop answers to neither', async () => {
    expect((await confirm(() => silent)).confirmed).toEqual(trace);
  });
});

describe('the hops of a trace over further flows', () => {
  const over = async (hops: readonly Hop[], meets: Meets) => {
    const { prober, asked } = proberOf(meets);
    const found = await hopsOverFlows({ port: PORT, hops, end: accepted, endTtl: 9 }, prober);
    return { found, asked };
  };

  it('are asked at each that answered but the first, over a new flow each: eight, or sixteen in all', async () => {
    const { found, asked } = await over([hop(1), hop(2), hop(3, null), hop(4)], (_, ttl, turn) =>
      ttl === 4 && turn === 0 ? silent : exceeded(router(ttl)),
    );
    expect(asked.map(({ ttl }) => ttl)).toEqual([...Array(8).fill(2), ...Array(8).fill(4)]);
    expect(new Set(asked.map(({ flow }) => flow)).size).toBe(16);
    expect(asked[0]?.flow).toEqual({ sourcePort: null });
    expect(found).toEqual([...Array(8).fill(hop(2)), ...Array(7).fill(hop(4))]);
    expect(
      (
        await over(
          [2, 3, 4, 5, 6].map((ttl) => hop(ttl)),
          (_, ttl) => exceeded(router(ttl)),
        )
      ).asked,
    ).toHaveLength(15);
    expect((await over([hop(2)], (_, ttl) => exceeded(router(ttl)))).asked).toHaveLength(8);
  });

  it('are none where none but the first answered', async () => {
    const { found, asked } = await over([hop(1), hop(2, null)], () => accepted);
    expect([found, asked]).toEqual([[], []]);
  });
});
