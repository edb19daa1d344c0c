import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../src/model/reply.ts';
import type { Flow } from '../../../src/model/wire.ts';
import { confirmSplit, type FlowResult } from '../../../src/scanner/path/flows.ts';
import { SPLIT_ROUNDS } from '../../../src/scanner/retry/policy.ts';
import { fakeClock } from '../clock.ts';
import { collect, portOf } from '../collect.ts';
import { FakeWire, fault, refused } from '../fakes.ts';
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
});
