import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../src/model/reply.ts';
import type { Conversation, Flow, WireCapabilities } from '../../../src/model/wire.ts';
import { HostProber, type RunContext } from '../../../src/scanner/host/host-prober.ts';
import { Lanes } from '../../../src/scanner/limits/lanes.ts';
import { RateControl } from '../../../src/scanner/limits/rate-control.ts';
import { fakeClock } from '../clock.ts';
import { accepted, fault, PLAIN, plan, refused, unreachable } from '../fakes.ts';

const held = fakeClock();

type Scheduled = Parameters<RunContext['scheduler']['send']>[1];
const SILENCE = 'silence';

/** A prober whose probes, counted from 0, get this reply: silence after the wait, all else after its round trip. */
const proberOn = (
  answer: (turn: number, port: number) => Reply | typeof SILENCE,
  capabilities: Partial<WireCapabilities> = {},
) => {
  const asked: (Scheduled & { readonly at: number })[] = [];
  const stop = new AbortController();
  const run = {
    lanes: new Lanes(plan(), new RateControl(1000)),
    signal: stop.signal,
    wire: { capabilities: { ...PLAIN, ...capabilities } },
    scheduler: {
      send: (_: unknown, probe: Scheduled, done: (reply: Reply) => void) => {
        const reply = answer(asked.length, probe.port);
        asked.push({ ...probe, at: held.clock.now });
        const seen: Reply =
          reply === SILENCE ? { kind: 'silent', waitedMs: probe.timeoutMs, attempts: 1 } : reply;
        setTimeout(() => done(seen), 'rttMs' in seen ? seen.rttMs : 'waitedMs' in seen ? seen.waitedMs : 0);
      },
    },
  } as unknown as RunContext;
  const prober = new HostProber({ address: '192.0.2.1', family: 4 }, run, plan());
  return { prober, asked, stop };
};

const usual = (attempts: number, earlier?: number) => ({
  attempts,
  waitMs: (attempt: number) => 100 * (attempt + 1),
  ...(earlier === undefined ? {} : { earlier }),
});

/** What this machine says of a neighbour that it looked for in vain. */
const noNeighbour = (rttMs: number): Reply => ({
  kind: 'rejected',
  rttMs,
  cause: { errno: 'EHOSTUNREACH' },
});

describe('a port that is asked', () => {
  it('is probed until it answers, longer each time and on one flow', async () => {
    const { prober, asked } = proberOn((turn) => (turn < 2 ? SILENCE : refused));
    prober.isAnswering = true;
    const flow: Flow = { sourcePort: 7 };
    const silences: number[] = [50];
    const result = await held.clock.run(prober.probeUntilAnswered(135, usual(5), undefined, flow, silences));
    expect(result).toEqual({ reply: refused, attempts: 3, lost: 3 });
    expect(asked.map(({ timeoutMs, attempt }) => [timeoutMs, attempt])).toEqual([
      [100, 0],
      [200, 1],
      [300, 2],
    ]);
    expect(asked.every((one) => one.flow === flow)).toBe(true);
    expect(silences).toEqual([50, 100, 200]);
    expect(prober.sent).toBe(3);
  });

  it('is given up after as many silences as it may cost, and the next attempts follow those before', async () => {
    const { prober, asked } = proberOn(() => SILENCE);
    prober.isAnswering = true;
    expect(await held.clock.run(prober.probeUntilAnswered(135, usual(3, 4)))).toEqual({
      reply: { kind: 'silent', waitedMs: 600, attempts: 3 },
      attempts: 3,
      lost: 0,
    });
    expect(asked.map(({ attempt }) => attempt)).toEqual([4, 5, 6]);
  });

  it('is given up after two where nothing ever answered', async () => {
    const { prober, asked } = proberOn(() => SILENCE);
    expect(await held.clock.run(prober.probeUntilAnswered(135, usual(5)))).toMatchObject({ attempts: 2 });
    expect(asked).toHaveLength(2);
    expect(prober.isAnswering).toBe(false);
  });

  it('is not probed again once the run is stopped', async () => {
    const { prober, asked, stop } = proberOn(() => SILENCE);
    prober.isAnswering = true;
    setTimeout(() => stop.abort(), 50);
    expect(await held.clock.run(prober.probeUntilAnswered(135, usual(5)))).toMatchObject({ attempts: 1 });
    expect(asked).toHaveLength(1);
  });

  it('waits up to half of a wait before each repetition', async () => {
    const { prober, asked } = proberOn(() => SILENCE);
    prober.isAnswering = true;
    prober.rtt.observe(1);
    await held.clock.run(prober.probeUntilAnswered(135, usual(9)));
    // The round trip is 1 ms, so a wait is 101.
    const pauses = asked.slice(1).map(({ at }, i) => at - (asked[i]?.at ?? 0) - (asked[i]?.timeoutMs ?? 0));
    expect(new Set(pauses).size).toBe(8);
    expect(Math.min(...pauses)).toBeGreaterThan(0);
    expect(Math.max(...pauses)).toBeLessThan(51);
    expect(Math.max(...pauses)).toBeGreaterThan(25);
  });
});

describe('a port with a soft ICMP error', () => {
  it('is asked again after half a second, and after one and a half', async () => {
    const { prober, asked } = proberOn(() => unreachable(1));
    const result = await held.clock.run(prober.probeUntilAnswered(135, usual(2)));
    expect(result).toEqual({ reply: unreachable(1), attempts: 3, lost: 0 });
    expect(asked.map(({ at }) => at)).toEqual([0, 501, 2002]);
  });

  it('is not where it is probed once only, or the error is final', async () => {
    const once = proberOn(() => unreachable(1));
    expect(await held.clock.run(once.prober.probeUntilAnswered(135, usual(1)))).toMatchObject({
      attempts: 1,
    });
    const final = proberOn(() => unreachable(13));
    expect(await held.clock.run(final.prober.probeUntilAnswered(135, usual(3)))).toMatchObject({
      attempts: 1,
    });
  });

  it.each([
    [2500, 2],
    [2499, 3],
    [3000, 2],
  ])(
    'of this machine itself, after a search of %i ms for the neighbour, is asked %i times',
    async (rttMs, times) => {
      const { prober, asked } = proberOn(() => noNeighbour(rttMs));
      expect(await held.clock.run(prober.probeUntilAnswered(135, usual(3)))).toMatchObject({
        attempts: times,
      });
      expect(asked).toHaveLength(times);
    },
  );

  it('of a router is asked three times, however late it comes', async () => {
    const { prober, asked } = proberOn(() => unreachable(1, '192.0.2.254', 2900));
    await held.clock.run(prober.probeUntilAnswered(135, usual(3)));
    expect(asked).toHaveLength(3);
  });

  it('is no more once the run is stopped', async () => {
    const { prober, asked, stop } = proberOn(() => unreachable(1));
    setTimeout(() => stop.abort(), 0);
    expect(await held.clock.run(prober.probeUntilAnswered(135, usual(3)))).toMatchObject({ attempts: 1 });
    expect(asked).toHaveLength(1);
  });
});

describe('losses before an answer', () => {
  it('are silences longer than any round trip', () => {
    const { prober } = proberOn(() => SILENCE);
    prober.rtt.observe(100);
    expect(prober.lostOf(accepted, [50, 100, 101, 200])).toBe(2);
    expect(prober.lostOf(accepted, [])).toBe(0);
    expect(prober.lostOf(fault('no-route', 'E'), [500])).toBe(0);
  });
});

describe('a port that is asked patiently', () => {
  const waits = (prober: HostProber, retries: number): number[] => {
    const { attempts, waitMs } = prober.patiently(retries);
    return Array.from({ length: attempts }, (_, attempt) => waitMs(attempt));
  };

  it('waits as RFC 6298 says, and longest at last where nothing ever answered', () => {
    const { prober } = proberOn(() => SILENCE);
    expect([0, 1, 2, 3].map((retries) => waits(prober, retries))).toEqual([
      [1000],
      [1000, 3000],
      [1000, 3000, 3000],
      [1000, 3000, 3000, 3000],
    ]);
    prober.rtt.observe(100);
    prober.noteAnswer(0);
    expect(waits(prober, 3)).toEqual([300, 600, 1200, 2400]);
  });
});

describe('what an answer shows of its host', () => {
  it('is its round trip, of a repetition too where each has a connection of its own', async () => {
    const { prober } = proberOn(() => ({ kind: 'refused', rttMs: 40, by: 'unknown' }));
    await held.clock.run(prober.probe(135, { attempt: 1, timeoutMs: 500 }));
    expect([prober.rtt.srttMs, prober.isAnswering, prober.answeredAt]).toEqual([40, true, 0]);
  });

  it('is an upper bound, of a repetition on one flow (Karn), which the next measurement replaces', async () => {
    const { prober } = proberOn(() => ({ kind: 'refused', rttMs: 40, by: 'unknown' }), { seesTtl: true });
    await held.clock.run(prober.probe(135, { attempt: 1, timeoutMs: 500 }));
    expect(prober.rtt.srttMs).toBe(540);
    await held.clock.run(prober.probe(135));
    expect(prober.rtt.srttMs).toBe(40);
  });

  it('is nothing where the packet went to a router, this machine failed, or nothing came', async () => {
    const { prober } = proberOn((turn) =>
      turn === 0
        ? { kind: 'refused', rttMs: 40, by: 'unknown' }
        : turn === 1
          ? fault('no-route', 'E')
          : SILENCE,
    );
    await held.clock.run(prober.probe(135, { ttl: 3 }));
    await held.clock.run(prober.probe(135));
    expect(prober.queue.stage).toBe('new');
    await held.clock.run(prober.probe(135));
    expect([prober.rtt.srttMs, prober.isAnswering, prober.answeredAt]).toEqual([
      null,
      false,
      Number.NEGATIVE_INFINITY,
    ]);
    // What is silent is confirmed.
    expect(prober.queue.stage).toBe('confirming');
  });

  it('is when the latest probe left that was answered, whichever answer comes last', () => {
    const { prober } = proberOn(() => SILENCE);
    prober.noteAnswer(20);
    prober.noteAnswer(10);
    expect(prober.answeredAt).toBe(20);
    prober.noteAnswer(30, true);
    expect(prober.answeredAt).toBe(20);
  });

  it('is known to who waits for the first one', async () => {
    const { prober } = proberOn(() => refused);
    let isKnown = false;
    void prober.firstAnswer.then(() => {
      isKnown = true;
    });
    await held.clock.pass(1000);
    expect(isKnown).toBe(false);
    await held.clock.run(prober.probe(135));
    expect(isKnown).toBe(true);
  });

  it('is whether an ICMP error is its own', () => {
    const { prober } = proberOn(() => SILENCE);
    expect(['192.0.2.1', '192.0.2.2'].map(prober.isHost)).toEqual([true, false]);
  });
});

describe('a conversation', () => {
  const limits = { totalMs: 1000, idleMs: 100, maxBytes: 5 };
  const IO = {} as Conversation;

  it('may take eight round trips more in all, and one more between two pieces', async () => {
    const { prober, asked } = proberOn(() => SILENCE);
    await held.clock.pass(5);
    void prober.probe(135, { talk: { limits, exchange: async () => {} } });
    const { talk } = asked[0] ?? {};
    await held.clock.pass(30);
    expect(talk?.limits).toEqual({ totalMs: 1000 + 8 * 30, idleMs: 130, maxBytes: 5 });
    prober.rtt.observe(70);
    expect(talk?.limits).toEqual({ totalMs: 1000 + 8 * 70, idleMs: 170, maxBytes: 5 });
  });

  it('shows that the port accepts when it begins, and how far the host is at most', async () => {
    const { prober, asked } = proberOn(() => SILENCE);
    const talks: Conversation[] = [];
    await held.clock.pass(5);
    void prober.probe(135, { talk: { limits, exchange: async (io) => void talks.push(io) } });
    await held.clock.pass(20);
    await asked[0]?.talk?.exchange(IO);
    expect(talks).toEqual([IO]);
    expect([prober.isAnswering, prober.answeredAt, prober.rtt.srttMs]).toEqual([true, 5, 20]);
  });

  it('does not show when it ends that the host still answers', async () => {
    const { prober } = proberOn(() => ({ kind: 'accepted', rttMs: 40 }));
    await held.clock.run(prober.probe(135, { talk: { limits, exchange: async () => {} } }));
    expect([prober.isAnswering, prober.rtt.srttMs]).toEqual([false, 40]);
    const other = proberOn(() => refused);
    await held.clock.run(other.prober.probe(135, { talk: { limits, exchange: async () => {} } }));
    expect(other.prober.isAnswering).toBe(true);
  });
});
