import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../src/model/reply.ts';
import type { Flow } from '../../../src/model/wire.ts';
import { confirmSplit, divergence, type FlowResult } from '../../../src/scanner/path/flows.ts';
import type { TtlProber } from '../../../src/scanner/path/traceroute.ts';
import { SPLIT_ROUNDS } from '../../../src/scanner/retry/policy.ts';
import { fakeClock } from '../clock.ts';
import { collect, portOf } from '../collect.ts';
import { exceeded, FakeWire, fault, refused } from '../fakes.ts';
import { type FakeHost, FakeNetwork, path, windows } from '../network.ts';

const held = fakeClock();
const HOST = '192.0.2.1';
const A = '10.0.2.1';
const B = '10.0.2.2';

/** Three hops, the second of which is one of two routers; A drops some ports. */
const twoWays = (drops: (port: number) => boolean, changes: Partial<FakeHost> = {}): FakeHost =>
  windows({
    hops: [[{ address: '10.0.1.1' }], [{ address: A, drops }, { address: B }], [{ address: '10.0.3.1' }]],
    ...changes,
  });

describe('the flows of a required port', () => {
  it('tell a port that one of two equal-cost paths drops, and over which router', async () => {
    let places = 0;
    for (let seed = 1; seed <= 20; seed++) {
      const { wire } = new FakeNetwork({
        hosts: { [HOST]: twoWays((port) => port === 135) },
        seed,
        capabilities: { ttl: true },
      });
      // Flows differ by seed: so many local ports were used before.
      const skipped = Array.from({ length: seed }, (_, i) => `203.0.113.${i}`);
      const { evidence } = await collect(held.clock, wire, {
        hosts: [...skipped, HOST],
        plan: { locate: true, hostsAtOnce: 1, sample: [20_000], timeoutMs: 500 },
      });
      const host = evidence.find(({ address }) => address === HOST);
      const one = portOf(host, 135);
      expect(one?.reply.kind).toBe('accepted');
      expect(one?.flows?.asked).toBe(8);
      expect(one?.flows?.answered).toBeGreaterThan(0);
      if (one?.flows?.answered === 8) continue;
      expect([undefined, A]).toContain(one?.flows?.over);
      if (one?.flows?.over === A) places++;
      expect(portOf(host, 3389)?.flows).toEqual({ asked: 8, answered: 8 });
      expect(host?.control?.stoppedAfter).toBeNull();
      expect(host?.lossEstimate).toBe(0);
    }
    expect(places).toBeGreaterThan(15);
  });

  it('answer all where there is one path, and nothing of it is called multipath', async () => {
    const { wire } = new FakeNetwork({
      hosts: { [HOST]: windows({ hops: path(3) }) },
      capabilities: { ttl: true },
    });
    const { evidence } = await collect(held.clock, wire, { plan: { locate: true } });
    expect(portOf(evidence[0], 135)?.flows).toEqual({ asked: 8, answered: 8 });
    expect(evidence[0]?.multipath).toEqual([]);
  });

  it.each([9, 11, 13, 16, 19])('say nothing when the host shut us out after %i probes', async (after) => {
    const { wire } = new FakeNetwork({ hosts: { [HOST]: windows({ ban: { after } }) } });
    const { evidence } = await collect(held.clock, wire);
    for (const { flows } of evidence[0]?.ports ?? []) expect(flows?.answered).toBe(flows?.asked);
    expect(evidence[0]?.control?.stoppedAfter).not.toBeNull();
  });

  it('are not made fewer by trouble of this machine, nor by a stop', async () => {
    let asked = 0;
    const troubled = new FakeWire(({ port }) =>
      port === 135 && ++asked === 5 ? fault('no-route', 'E') : refused,
    );
    const { evidence } = await collect(held.clock, troubled);
    expect(portOf(evidence[0], 135)?.flows).toEqual({ asked: 7, answered: 7 });

    const stop = new AbortController();
    let silent = 0;
    const stopped = new FakeWire(({ port }) => {
      if (port !== 3389 || ++silent < 4) return refused;
      if (silent === 12) setTimeout(() => stop.abort(), 1);
      return 'silence';
    });
    const cut = await collect(held.clock, stopped, { stop });
    expect(cut.evidence[0]?.interrupted).toBe(true);
    expect(portOf(cut.evidence[0], 3389)?.flows).toBeUndefined();
  });

  it('heal loss: five of a hundred packets each way make no flow fall silent', async () => {
    for (let seed = 1; seed <= 100; seed++) {
      const { wire } = new FakeNetwork({ hosts: { [HOST]: windows() }, seed, loss: 0.05 });
      const { evidence } = await collect(held.clock, wire, { plan: { sample: [20_000] } });
      expect(portOf(evidence[0], 135)?.flows, `seed ${seed}`).toEqual({ asked: 8, answered: 8 });
    }
  });
});

describe('flows that stay silent while others of the same port answer', () => {
  const flows = (count: number): Flow[] => Array.from({ length: count }, () => ({ sourcePort: null }));
  const split = (answering: number, silent: number): FlowResult => ({
    flows: { asked: answering + silent, answered: answering },
    answering: flows(answering),
    silent: flows(silent),
    late: 1,
    attempts: 20,
  });
  /** Answers as `passes` says, which is told the flow and how many packets came before. */
  const proberOf = (passes: (flow: Flow, before: number) => boolean) => {
    let sent = 0;
    const silence: Reply = { kind: 'silent', waitedMs: 100, attempts: 1 };
    const prober = {
      signal: new AbortController().signal,
      rtt: { waitMs: () => 100 },
      probe: async (_: number, { flow }: { flow?: Flow }) =>
        flow && passes(flow, sent++) ? ({ kind: 'refused', rttMs: 1, ttl: 126 } as Reply) : silence,
    };
    return { prober: prober as unknown as Parameters<typeof confirmSplit>[0], sent: () => sent };
  };

  it('were met by a limit, when they answer once it has passed', async () => {
    const result = split(6, 2);
    const { prober } = proberOf((_, before) => before > 8);
    expect(await confirmSplit(prober, 135, result)).toMatchObject({
      flows: { asked: 8, answered: 8 },
      silent: [],
      late: 3,
    });
  });

  it.each([
    [7, 1],
    [4, 4],
    [1, 7],
  ])(
    'are dropped on some paths, when %i answer each time beside %i that never do',
    async (answering, silent) => {
      const result = split(answering, silent);
      const { prober, sent } = proberOf((flow) => result.answering.includes(flow));
      const confirmed = await confirmSplit(prober, 135, result);
      expect(confirmed).toMatchObject({ flows: result.flows, silent: result.silent, late: 1 });
      expect(confirmed?.attempts).toBe(result.attempts + sent());
      expect(sent()).toBeLessThanOrEqual(28);
    },
  );

  it('prove nothing where the flows that answered are as silent now', async () => {
    const result = split(5, 3);
    const { prober, sent } = proberOf(() => false);
    expect(await confirmSplit(prober, 135, result)).toBeNull();
    expect(sent()).toBe(SPLIT_ROUNDS * 6);
  });

  it('prove nothing where that is so after one of them was late', async () => {
    const result = split(5, 3);
    const { prober } = proberOf((flow, before) => before < 6 && flow === result.silent[0]);
    expect(await confirmSplit(prober, 135, result)).toBeNull();
  });
});

describe('the router that silent flows pass last', () => {
  const END = 5;
  const silence: Reply = { kind: 'silent', waitedMs: 100, attempts: 1 };
  const flow = (sourcePort: number): Flow => ({ sourcePort });
  /** Flows by their source port: what its routers at TTL 1, 2, ... are, null for a mute one; silence behind them, or the host. */
  const find = async (
    answering: readonly (readonly (string | null)[])[],
    silent: readonly (readonly (string | null)[])[],
    end = END,
  ) => {
    const asked: [flow: number, ttl: number][] = [];
    const of = (ways: readonly unknown[], from: number) => ways.map((_, i) => flow(from + i));
    const prober = {
      isStopped: false,
      pause: async () => {},
      at: async (_: number, ttl: number, { sourcePort }: Flow) => {
        const [ways, at] = Number(sourcePort) < 100 ? [answering, 0] : [silent, 100];
        asked.push([Number(sourcePort), ttl]);
        const hop = ways[Number(sourcePort) - at]?.[ttl - 1];
        if (hop) return exceeded(hop);
        return at === 0 && ttl >= end ? refused : silence;
      },
    } as TtlProber;
    const found = await divergence(prober, 135, {
      ...{ answering: of(answering, 0), silent: of(silent, 100) },
    });
    const hops = found.hops.map(({ ttl, address }) => `${ttl} ${address}`);
    return { over: found.over, hops, asked };
  };
  const PASSES = ['r1', 'a', 'r3', 'r4'];
  const DIES = ['r1', 'b'];

  it('is named where all silent flows pass it, and no other does', async () => {
    const { over, hops, asked } = await find([PASSES, PASSES, PASSES], [DIES, DIES]);
    expect(over).toBe('b');
    expect(hops).toEqual([
      ...['1 r1', '2 a', '3 r3', '4 r4', '1 r1', '2 b', '3 null', '4 null', '5 null'],
      ...['2 b', '2 b', '2 a', '2 a', '2 a'],
    ]);
    // One packet each for what the traces did not show: first to the flows that are answered.
    expect(asked.slice(-3)).toEqual([
      [1, 2],
      [2, 2],
      [101, 2],
    ]);
    expect(asked.filter(([from, ttl]) => from === 0 && ttl === 2)).toHaveLength(1);
    expect(asked.filter(([from, ttl]) => from === 100 && ttl === 2)).toHaveLength(1);
  });

  it('is the last that the silent flow passes, of several', async () => {
    const longer = ['r1', 'b', 'b3'];
    expect((await find([PASSES, PASSES], [longer, longer])).over).toBe('b3');
  });

  it.each<[string, (string | null)[][], (string | null)[][]]>([
    ['another silent flow passes another', [PASSES, PASSES], [DIES, DIES, ['r1', 'c']]],
    ['an answered flow passes it, too', [PASSES, PASSES, ['r1', 'b', 'r3', 'r4']], [DIES, DIES]],
    ['only one silent flow shows it', [PASSES, PASSES, PASSES], [DIES]],
    ['only one answered flow shows another', [PASSES], [DIES, DIES]],
    [
      'no more than one router of the answered flows speaks',
      [['r1', null, 'r3', 'r4'], PASSES],
      [DIES, DIES],
    ],
    ['nor of the silent ones', [PASSES, PASSES], [DIES, ['r1', null]]],
  ])('is not known where %s', async (_, answering, silent) => {
    expect((await find(answering, silent)).over).toBeNull();
  });

  it('is known beside silent flows of which nothing is seen there', async () => {
    expect((await find([PASSES, PASSES], [DIES, ['r1', null], DIES])).over).toBe('b');
  });

  it.each<[string, (string | null)[], number]>([
    ['that all flows pass', ['r1'], 9],
    ['that answers', [], 8],
  ])('is none where the silent flow passes none behind one %s', async (_, dies, seen) => {
    const { over, hops } = await find([PASSES, PASSES], [dies, dies]);
    expect(over).toBeNull();
    expect(hops).toHaveLength(seen);
  });

  it('is looked for as far as the host is, or until four are silent where that is not known', async () => {
    const far = [...PASSES, 'r5', 'r6', 'r7'];
    const near = await find([far, far], [DIES, DIES], 8);
    expect(Math.max(...near.asked.filter(([from]) => from === 100).map(([, ttl]) => ttl))).toBe(7);
    const open = await find([PASSES, PASSES], [DIES, DIES], 99);
    expect(Math.max(...open.asked.filter(([from]) => from === 100).map(([, ttl]) => ttl))).toBe(6);
    expect(Math.max(...open.asked.filter(([from]) => from === 0).map(([, ttl]) => ttl))).toBe(30);
  });

  it('is not looked for without a flow of each kind', async () => {
    for (const [answering, silent] of [
      [[PASSES], []],
      [[], [DIES]],
    ] as const) {
      const { asked, ...found } = await find(answering, silent);
      expect([found, asked]).toEqual([{ over: null, hops: [] }, []]);
    }
  });
});
