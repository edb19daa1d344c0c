import { describe, expect, it } from 'vitest';
import { scan } from '../../src/engine/scan.ts';
import { Throttle } from '../../src/engine/throttle.ts';
import type { HostEvidence } from '../../src/model/evidence.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Reply } from '../../src/model/reply.ts';
import type { Endpoint } from '../../src/model/target.ts';
import type { Patience, Sweeper, SweepOptions, SweepProbe, SweepReply } from '../../src/model/wire.ts';
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

/** `later`: nothing for now, the question stays under way. */
type Answer = (endpoint: Endpoint, turn: number) => Reply | 'silence' | 'later';

/**
 * A sweeper whose every answer is a function of the endpoint and of how often it was asked; it takes no time. What is under
 * way is told when the probes pause or when there is more than `most` of it, with the patience that it has by then.
 */
const fakeSweeper = (answer: Answer, most = Number.POSITIVE_INFINITY) => {
  const asked: (Endpoint & { timeoutMs: number })[] = [];
  const paces: number[] = [];
  const turns = new Map<string, number>();
  const changes: { port: number; timeoutMs: number }[] = [];
  const resolve = <P extends SweepProbe>(endpoint: P, standard: Patience): SweepReply<P> | null => {
    const { timeoutMs: usualMs, retries, lastMs = usualMs } = endpoint.patience ?? standard;
    const { address: to, family, port: number } = endpoint;
    for (let attempts = 1; ; attempts++) {
      const turn = turns.get(`${to} ${number}`) ?? 0;
      const reply = answer(endpoint, turn);
      if (reply === 'later') return null;
      turns.set(`${to} ${number}`, turn + 1);
      const timeoutMs = attempts > retries ? lastMs : usualMs;
      asked.push({ address: to, family, port: number, timeoutMs });
      if (reply !== 'silence') return { endpoint, reply, attempts };
      const waitedMs = usualMs * (attempts - 1) + timeoutMs;
      if (attempts > retries) return { endpoint, reply: { kind: 'silent', waitedMs, attempts }, attempts };
    }
  };
  const sweep = async <P extends SweepProbe>(probes: Iterable<P | null>, options: SweepOptions<P>) => {
    let packets = 0;
    const underWay = new Set<P>();
    const told = new Set<P>();
    const tell = (): void => {
      const replies = [...underWay].flatMap((probe) => resolve(probe, options) ?? []);
      for (const { attempts, endpoint } of replies) {
        packets += attempts;
        told.add(endpoint);
        underWay.delete(endpoint);
      }
      if (replies.length > 0) options.onReplies(replies);
    };
    for (const probe of probes) {
      if (options.signal.aborted) break;
      if (probe !== null) {
        if (told.has(probe)) throw new Error('a probe came again after it was told');
        if (underWay.has(probe)) {
          changes.push({ port: probe.port, timeoutMs: (probe.patience ?? options).timeoutMs });
        }
        underWay.add(probe);
        paces.push(options.perSecond);
        if (underWay.size > most) tell();
        continue;
      }
      tell();
      await new Promise((resolve) => setImmediate(resolve));
    }
    return { isStopped: options.signal.aborted, probes: told.size, packets, ignored: 0, overruns: 0 };
  };
  return { sweep, asked, paces, changes } satisfies Sweeper & Record<'asked' | 'paces' | 'changes', unknown>;
};

const audit = async (
  answer: Answer,
  hosts = ['192.0.2.1'],
  changes: Partial<Plan> = {},
  guard = () => null as string | null,
  onJudged: () => void = () => {},
  mostUnderWay?: number,
) => {
  const sweeper = fakeSweeper(answer, mostUnderWay);
  const wire = fakeWire(({ port, ...endpoint }) => {
    const reply = answer({ ...endpoint, port }, 1000);
    return reply === 'later' ? 'silence' : reply;
  });
  const evidence: HostEvidence[] = [];
  const throttle = new Throttle(100_000);
  const deps = { wire, sweeper, resolver: noNames, pinger: noPing, probes: fakeProbes, guard, throttle };
  const what = plan({ bulk: true, sample: SAMPLE, map: false, locate: false, timeoutMs: 3000, ...changes });
  const events = scan(all(hosts.map(address)), what, deps, run, new AbortController().signal);
  for await (const event of events) {
    if (event.type !== 'host-finished') continue;
    evidence.push(event.evidence);
    onJudged();
  }
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
    const waits = sweeper.asked.filter((one) => one.port === 3389).map(({ timeoutMs }) => timeoutMs);
    expect(waits).toEqual([300, 75, 75, 75, 75, 75, 200]);
    expect(port(evidence[0], 3389)?.attempts).toBe(7);
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

  it('keeps to the rates of hosts and subnets', async () => {
    const timed = async (hosts: string[], changes: Partial<Plan>): Promise<number> => {
      const started = performance.now();
      await audit(() => refused, hosts, { rate: 10_000, ...changes });
      return performance.now() - started;
    };
    // 8 questions each to 25 hosts of one subnet; 100 may leave at once.
    const subnet = Array.from({ length: 25 }, (_, i) => `192.0.2.${i}`);
    expect(await timed(subnet, { perSubnetRate: 1000 })).toBeGreaterThan(95);
    // 102 questions to one host, of which 40 may leave at once.
    const sample = Array.from({ length: 100 }, (_, i) => 2000 + i);
    expect(await timed(['192.0.2.1'], { perHostRate: 1000, sample })).toBeGreaterThan(57);
  });

  it('goes as fast as it is told by now', async () => {
    const { sweeper, throttle } = await audit(() => refused, ['192.0.2.1'], { rate: 10_000 });
    expect(new Set(sweeper.paces)).toEqual(new Set([10_000]));
    expect(throttle.sent).toBe(8);
  });

  it('hands out a host while the silence of another lasts', async () => {
    let isJudged = false;
    const { evidence } = await audit(
      ({ address: to }) => (to === '192.0.2.2' && !isJudged ? 'later' : refused),
      ['192.0.2.2', '192.0.2.1'],
      {},
      () => null,
      () => {
        isJudged = true;
      },
    );
    expect(evidence.map((one) => one.address)).toEqual(['192.0.2.1', '192.0.2.2']);
  });

  it('takes silence by the round trips of a host as soon as it has answered', async () => {
    let rounds = 0;
    const { sweeper } = await audit(({ port: number }) => {
      if (number !== 3389) return refused;
      return ++rounds < 3 ? 'later' : refused;
    });
    expect(sweeper.changes).toEqual([{ port: 3389, timeoutMs: 75 }]);
  });

  it('waits less for a silent host whose neighbours answered soon', async () => {
    const near = ['192.0.2.1', '192.0.2.2', '192.0.2.3'];
    let waited = 0;
    const { sweeper } = await audit(
      ({ address: to }) => {
        if (near.includes(to)) return refused;
        return ++waited < 20 ? 'later' : 'silence';
      },
      [...near, '192.0.2.4'],
    );
    const patient = sweeper.asked.filter((one) => one.address === '192.0.2.4' && one.timeoutMs !== 300);
    expect(patient.map(({ port: number, timeoutMs }) => [number, timeoutMs])).toEqual([
      [135, 400],
      [3389, 400],
    ]);
  });

  it('waits less for the first answer of a host, too, when it was asked after its neighbours answered', async () => {
    const most = 64;
    const hosts = Array.from({ length: most + 10 }, (_, at) => `192.0.2.${at + 1}`);
    const { sweeper } = await audit(
      ({ address: to }) => (Number(to.split('.')[3]) > most ? 'silence' : refused),
      hosts,
      // So slow that no more than these are swept at once.
      { rate: 5000 },
    );
    const firstWaits = new Map<string, number>();
    for (const { address: to, timeoutMs } of sweeper.asked) {
      if (!firstWaits.has(to)) firstWaits.set(to, timeoutMs);
    }
    expect(firstWaits.get('192.0.2.1')).toBe(300);
    expect(firstWaits.get(`192.0.2.${most + 10}`)).toBe(100);
  });

  it('asks one host all before the next, new hosts and known ones in turn, so that silence begins early', async () => {
    const hosts = Array.from({ length: 60 }, (_, at) => `192.0.2.${at + 1}`);
    const sample = Array.from({ length: 16 }, (_, at) => 2000 + 3000 * at);
    const rates = { perHostRate: 1e6, perSubnetRate: 1e6 };
    const { sweeper } = await audit(() => refused, hosts, { sample, ...rates }, undefined, undefined, 30);
    const order = sweeper.asked.map(({ address: to }) => to);
    expect(order).toHaveLength(60 * 18);
    expect(order.lastIndexOf('192.0.2.1')).toBeLessThan(order.indexOf('192.0.2.20'));
    expect(order.indexOf('192.0.2.60')).toBeLessThan(0.7 * order.length);
  });
});
