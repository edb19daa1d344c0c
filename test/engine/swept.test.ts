import { describe, expect, it } from 'vitest';
import { scan } from '../../src/engine/scan.ts';
import { Throttle } from '../../src/engine/throttle.ts';
import type { HostEvidence } from '../../src/model/evidence.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Reply } from '../../src/model/reply.ts';
import type { Endpoint } from '../../src/model/target.ts';
import type { Sweeper, SweepOptions } from '../../src/model/wire.ts';
import {
  accepted,
  address,
  all,
  fakeProbes,
  fakeWire,
  noNames,
  noPing,
  plan,
  refused,
  run,
} from './fakes.ts';

const SAMPLE = [1100, 3000, 20_000, 30_000, 50_000, 60_000];

type Answer = (endpoint: Endpoint, turn: number) => Reply | 'silence';

/** A sweeper whose every answer is a function of the endpoint and of how often it was asked; it takes no time. */
const fakeSweeper = (answer: Answer) => {
  const asked: (Endpoint & { timeoutMs: number })[] = [];
  const paces: number[] = [];
  const turns = new Map<string, number>();
  const sweep = async (
    probes: Iterable<Endpoint>,
    { retries, timeoutMs, perSecond, onReplies }: SweepOptions,
  ) => {
    let [count, packets] = [0, 0];
    paces.push(perSecond);
    for (const endpoint of probes) {
      count++;
      let reply: Reply | 'silence' = 'silence';
      let attempts = 0;
      while (reply === 'silence' && attempts <= retries) {
        const key = `${endpoint.address} ${endpoint.port}`;
        const turn = turns.get(key) ?? 0;
        turns.set(key, turn + 1);
        asked.push({ ...endpoint, timeoutMs });
        reply = answer(endpoint, turn);
        attempts++;
        packets++;
      }
      const said: Reply =
        reply === 'silence' ? { kind: 'silent', waitedMs: timeoutMs * attempts, attempts } : reply;
      onReplies([{ endpoint, reply: said, attempts }]);
    }
    return { isStopped: false, probes: count, packets, ignored: 0, overruns: 0 };
  };
  return { sweep, asked, paces } satisfies Sweeper & { asked: unknown; paces: unknown };
};

const audit = async (
  answer: Answer,
  hosts = ['192.0.2.1'],
  changes: Partial<Plan> = {},
  guard = () => null as string | null,
) => {
  const sweeper = fakeSweeper(answer);
  const wire = fakeWire(({ port, ...endpoint }) => {
    const reply = answer({ ...endpoint, port }, 1000);
    return reply;
  });
  const evidence: HostEvidence[] = [];
  const throttle = new Throttle(100_000);
  const deps = { wire, sweeper, resolver: noNames, pinger: noPing, probes: fakeProbes, guard, throttle };
  const what = plan({ bulk: true, sample: SAMPLE, map: false, locate: false, ...changes });
  const events = scan(all(hosts.map(address)), what, deps, run, new AbortController().signal);
  for await (const event of events) if (event.type === 'host-finished') evidence.push(event.evidence);
  return { evidence, sweeper, wire, throttle };
};

const port = (evidence: HostEvidence | undefined, number: number) =>
  evidence?.ports.find((one) => one.port === number);

describe('a bulk scan that can sweep', () => {
  it('asks nothing again that a sweep heard', async () => {
    const { evidence, sweeper, wire, throttle } = await audit(() => refused);
    expect(wire.asked).toEqual([]);
    expect(sweeper.asked).toHaveLength(8);
    expect(evidence[0]?.ports.map((one) => [one.port, one.reply.kind, one.attempts])).toEqual(
      [135, 1100, 3000, 3389, 20_000, 30_000, 50_000, 60_000].map((number) => [number, 'refused', 1]),
    );
    expect(throttle.sent).toBe(8);
  });

  it('asks a host without life for it with patience before it counts as silent', async () => {
    const { evidence, sweeper, wire } = await audit(() => 'silence');
    expect(wire.asked).toEqual([]);
    expect(sweeper.asked).toHaveLength(5 + 2);
    expect(sweeper.asked.filter(({ timeoutMs }) => timeoutMs === 1000).map((one) => one.port)).toEqual([
      135, 3389,
    ]);
    expect(port(evidence[0], 135)).toMatchObject({ attempts: 2, reply: { kind: 'silent', attempts: 2 } });
  });

  it('finds a host that is farther away than the first wait, and asks it everything', async () => {
    const { evidence } = await audit(({ port: number }, turn) =>
      turn === 0 && number < 5000 ? 'silence' : turn === 0 ? 'silence' : refused,
    );
    expect(evidence[0]?.ports).toHaveLength(8);
    expect(evidence[0]?.ports.every(({ reply }) => reply.kind === 'refused')).toBe(true);
  });

  it('asks silence of a living host until it stands, with patience too', async () => {
    const { evidence, sweeper, wire } = await audit(({ port: number }) =>
      number === 3389 ? 'silence' : refused,
    );
    expect(port(evidence[0], 3389)?.attempts).toBe(6);
    expect(sweeper.asked.some((one) => one.port === 3389 && one.timeoutMs === 1000)).toBe(true);
    expect(wire.asked).toEqual([]);
  });

  it('takes the answer of one sweep over the silence of another', async () => {
    const { evidence } = await audit(({ port: number }, turn) =>
      number === 135 && turn < 3 ? 'silence' : refused,
    );
    expect(port(evidence[0], 135)?.reply.kind).toBe('refused');
  });

  it('holds conversations on connections, and keeps the TTL that the sweep saw', async () => {
    const { evidence, wire } = await audit(({ port: number }) =>
      number === 135 ? { ...accepted, ttl: 126 } : { ...refused, ttl: 126 },
    );
    expect(wire.asked).toEqual([]);
    expect(port(evidence[0], 135)?.reply).toMatchObject({ kind: 'accepted', ttl: 126 });
  });

  it('leaves our own trouble to the usual way, which waits for it to pass', async () => {
    let troubled = 0;
    const { evidence, wire } = await audit((endpoint, turn) => {
      if (turn !== 1000 && endpoint.port === 20_000) {
        troubled++;
        return { kind: 'unknown', fault: { kind: 'buffers', code: 'ENOBUFS', text: 'made up' } };
      }
      return refused;
    });
    expect(troubled).toBeGreaterThan(0);
    expect(wire.asked.map((one) => one.port)).toEqual([20_000]);
    expect(port(evidence[0], 20_000)?.reply.kind).toBe('refused');
  });

  it('sweeps no host that must not be asked', async () => {
    const { evidence, sweeper, wire } = await audit(
      () => refused,
      ['192.0.2.1'],
      {},
      () => 'is out of scope',
    );
    expect([sweeper.asked, wire.asked]).toEqual([[], []]);
    expect(evidence[0]).toMatchObject({ address: null });
  });

  it('keeps to the rates of hosts and subnets, in all sweeps together', async () => {
    const hosts = Array.from({ length: 50 }, (_, i) => `192.0.${i % 2}.${i}`);
    const { sweeper } = await audit(({ port: number }) => (number === 135 ? 'silence' : refused), hosts, {
      rate: 10_000,
      perSubnetRate: 100,
      perHostRate: 50,
    });
    expect(sweeper.paces[0]).toBe(200);
    expect(sweeper.paces.slice(1, 4).reduce((sum, pace) => sum + pace, 0)).toBeCloseTo(200);
  });
});
