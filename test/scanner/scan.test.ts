import { describe, expect, it } from 'vitest';
import { scan } from '../../src/engine/scan.ts';
import { Throttle } from '../../src/engine/throttle.ts';
import type { ScanEvent } from '../../src/model/event.ts';
import type { HostEvidence } from '../../src/model/evidence.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Target } from '../../src/model/target.ts';
import type { Resolver, Wire } from '../../src/model/wire.ts';
import {
  accepted,
  address,
  all,
  fakeProbes,
  fakeWire,
  fault,
  noNames,
  noPing,
  plan,
  refused,
  run,
} from './fakes.ts';

interface Setting {
  readonly targets?: readonly Target[];
  readonly plan?: Partial<Plan>;
  readonly resolver?: Resolver;
  readonly guard?: (address: string) => string | null;
  readonly signal?: AbortSignal;
}

const collect = async (wire: Wire, setting: Setting = {}) => {
  const events: ScanEvent[] = [];
  const deps = {
    wire,
    resolver: setting.resolver ?? noNames,
    pinger: noPing,
    probes: fakeProbes,
    guard: setting.guard ?? (() => null),
    throttle: new Throttle(100_000),
  };
  const signal = setting.signal ?? new AbortController().signal;
  for await (const event of scan(
    all(setting.targets ?? [address('192.0.2.1')]),
    plan(setting.plan),
    deps,
    run,
    signal,
  )) {
    events.push(event);
  }
  const evidence = events.flatMap((event): HostEvidence[] =>
    event.type === 'host-finished' ? [event.evidence] : [],
  );
  const end = events.at(-1);
  if (end?.type !== 'run-finished') throw new Error('the stream must end with run-finished');
  return { events, evidence, end };
};

const replyOf = (evidence: HostEvidence | undefined, port: number) =>
  evidence?.ports.find((observation) => observation.port === port);

describe('scan', () => {
  it('asks 135, 3389 and the sample once each when everything answers, and counts what it sent', async () => {
    const wire = fakeWire(() => refused);
    const { events, evidence, end } = await collect(wire);
    expect(wire.asked.map(({ port }) => port).sort((a, b) => a - b)).toEqual([
      135, 1100, 3000, 3389, 20_000, 50_000, 60_000,
    ]);
    expect(evidence[0]?.ports.map(({ attempts }) => attempts)).toEqual([1, 1, 1, 1, 1, 1, 1]);
    expect(end.run.probesSent).toBe(7);
    expect(events.map(({ type }) => type)).toEqual([
      'run-started',
      'host-started',
      'asking',
      'echoed',
      ...Array.from({ length: 7 }, () => 'answered'),
      'host-finished',
      'run-finished',
    ]);
  });

  it('asks only silence again, and takes the late answer', async () => {
    const wire = fakeWire(({ port }, turn) => (port === 20_000 && turn === 0 ? 'silence' : refused));
    const { evidence } = await collect(wire);
    expect(replyOf(evidence[0], 20_000)).toMatchObject({ reply: { kind: 'refused' }, attempts: 2 });
    expect(evidence[0]?.lossEstimate).toBeCloseTo(1 / 8);
  });

  it('asks a lone silence more often than the retries before it stands', async () => {
    const lone = await collect(fakeWire(({ port }) => (port === 20_000 ? 'silence' : refused)));
    expect(replyOf(lone.evidence[0], 20_000)).toMatchObject({
      reply: { kind: 'silent', attempts: 6 },
      attempts: 6,
    });
    const found = await collect(
      fakeWire(({ port }, turn) => (port === 20_000 && turn < 5 ? 'silence' : refused)),
    );
    expect(replyOf(found.evidence[0], 20_000)).toMatchObject({ reply: { kind: 'refused' }, attempts: 6 });
    const plain = await collect(
      fakeWire(({ port }) => (port === 20_000 ? 'silence' : refused)),
      { plan: { retries: 0 } },
    );
    expect(replyOf(plain.evidence[0], 20_000)).toMatchObject({ reply: { kind: 'silent' }, attempts: 1 });
  });

  it('leaves a host that never answers alone after two rounds', async () => {
    const wire = fakeWire(() => 'silence');
    const { evidence } = await collect(wire, { plan: { retries: 5 } });
    expect(evidence[0]?.ports.every(({ attempts }) => attempts === 2)).toBe(true);
    expect(wire.asked).toHaveLength(14);
  });

  it('never blames the target for a shortage on this machine: everything is asked in the end', async () => {
    let free = 8;
    const wire = fakeWire(() => refused);
    const starved: Wire = {
      ...wire,
      connect: async (endpoint, options) => {
        if (free === 0) return fault('descriptors', 'EMFILE');
        free--;
        try {
          return await wire.connect(endpoint, options);
        } finally {
          free++;
        }
      },
    };
    const targets = Array.from({ length: 40 }, (_, i) => address(`192.0.2.${i + 1}`));
    const { evidence, events } = await collect(starved, { targets });
    expect(evidence).toHaveLength(40);
    expect(evidence.flatMap(({ ports }) => ports).every(({ reply }) => reply.kind === 'refused')).toBe(true);
    expect(evidence.every(({ ports }) => ports.length === 7)).toBe(true);
    expect(events.some((event) => event.type === 'notice' && event.text.includes('EMFILE'))).toBe(true);
  });

  it('keeps a fault that will not pass as what it is', async () => {
    const { evidence } = await collect(fakeWire(() => fault('no-route', 'ENETUNREACH')));
    expect(evidence[0]?.ports.every(({ reply }) => reply.kind === 'unknown')).toBe(true);
  });

  it('stays within the limits for one host and for all', async () => {
    const wire = fakeWire(() => refused);
    const targets = Array.from({ length: 20 }, (_, i) => address(`192.0.2.${i + 1}`));
    await collect(wire, { targets, plan: { concurrency: 7 } });
    expect(wire.peak()).toBeLessThanOrEqual(7);
    const one = fakeWire(() => refused);
    await collect(one, { plan: { perHost: 3 } });
    expect(one.peak()).toBeLessThanOrEqual(3);
  });

  it('holds the rate', async () => {
    const started = performance.now();
    const targets = Array.from({ length: 20 }, (_, i) => address(`192.0.2.${i + 1}`));
    await collect(
      fakeWire(() => refused),
      { targets, plan: { rate: 400 } },
    );
    // 140 questions, 40 of them as a burst: a quarter of a second at least.
    expect(performance.now() - started).toBeGreaterThan(200);
  });

  it('gives every target its evidence when interrupted, with what was learnt by then', async () => {
    const controller = new AbortController();
    const wire = fakeWire(({ address: at, port }) => {
      if (at === '192.0.2.1' && port === 135) setTimeout(() => controller.abort(), 20);
      return at === '192.0.2.1' && port < 30_000 ? accepted : 'silence';
    });
    const targets = Array.from({ length: 100 }, (_, i) => address(`192.0.2.${i + 1}`));
    const { evidence, end } = await collect(wire, {
      targets,
      signal: controller.signal,
      plan: { timeoutMs: 5000 },
    });
    expect(evidence).toHaveLength(100);
    expect(end.run.interrupted).toBe(true);
    expect(evidence.every(({ interrupted }) => interrupted)).toBe(true);
    expect(
      replyOf(
        evidence.find(({ address: at }) => at === '192.0.2.1'),
        135,
      )?.reply.kind,
    ).toBe('accepted');
    expect(evidence.flatMap(({ ports }) => ports).some(({ reply }) => reply.kind === 'unknown')).toBe(false);
  });

  it('stops asking when nobody reads any more', async () => {
    const wire = fakeWire(() => 'silence');
    const deps = {
      wire,
      resolver: noNames,
      pinger: noPing,
      probes: fakeProbes,
      guard: () => null,
      throttle: new Throttle(100_000),
    };
    for await (const event of scan(
      all([address('192.0.2.1')]),
      plan({ timeoutMs: 60 }),
      deps,
      run,
      new AbortController().signal,
    )) {
      if (event.type === 'asking') break;
    }
    const sent = wire.asked.length;
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(wire.asked.length).toBe(sent);
  });

  it('throws the bug of a probe to its reader instead of hanging', async () => {
    const wire: Wire = {
      ...fakeWire(() => refused),
      connect: async () => {
        throw new TypeError('bug');
      },
    };
    await expect(collect(wire)).rejects.toThrow('bug');
  });
});

describe('mapping', () => {
  const filtered = ({ port }: { port: number }) =>
    port >= 10_000 && port <= 55_000 ? ('silence' as const) : refused;

  it('finds the exact edges of what is filtered', async () => {
    const { evidence } = await collect(fakeWire(filtered), {
      plan: { sample: [1100, 3000, 20_000, 30_000, 50_000, 60_000] },
    });
    expect(evidence[0]?.mapped).toEqual([
      { from: 1025, to: 9999, state: 'reachable', exact: true },
      { from: 10_000, to: 55_000, state: 'filtered', exact: true },
      { from: 55_001, to: 65_535, state: 'reachable', exact: true },
    ]);
    expect(evidence[0]?.ports.some(({ why }) => why === 'mapped')).toBe(false);
  });

  it('asks nothing more with --no-map', async () => {
    const wire = fakeWire(filtered);
    const { evidence } = await collect(wire, { plan: { map: false } });
    expect(evidence[0]?.mapped).toEqual([]);
    expect(new Set(wire.asked.map(({ port }) => port)).size).toBe(7);
  });

  it('traces with a wire that can, and not with --no-locate', async () => {
    const tracing = (): Wire & { readonly ttls: number[] } => {
      const ttls: number[] = [];
      const wire = fakeWire((endpoint, _turn, { ttl }) => {
        if (ttl !== undefined) ttls.push(ttl);
        if (ttl !== undefined && ttl < 3) {
          return {
            kind: 'rejected',
            rttMs: 1,
            cause: { icmp: { version: 4, type: 11, code: 0 }, from: `10.0.${ttl}.1` },
          };
        }
        return filtered(endpoint);
      });
      return { ...wire, ttls, capabilities: { icmp: true, ttl: true, minTimeoutMs: 0 } };
    };
    const on = tracing();
    const traced = await collect(on, { plan: { map: false } });
    expect(traced.evidence[0]?.traces[0]).toMatchObject({
      port: 135,
      endTtl: 3,
      hops: [{ address: '10.0.1.1' }, { address: '10.0.2.1' }],
    });
    const off = tracing();
    const plain = await collect(off, { plan: { map: false, locate: false } });
    expect([plain.evidence[0]?.traces, off.ttls]).toEqual([[], []]);
  });
});

describe('names', () => {
  const name: Target = { kind: 'name', text: 'PC1', name: 'pc1' };
  const two: Resolver = {
    resolve: async () => ({
      kind: 'resolved',
      addresses: [
        { address: '2001:db8::1', family: 6 },
        { address: '192.0.2.9', family: 4 },
      ],
    }),
  };

  it('takes the first address that serves best and keeps what the others said', async () => {
    const wire = fakeWire(({ family }) => (family === 6 ? fault('no-route', 'ENETUNREACH') : refused));
    const { evidence } = await collect(wire, { targets: [name], resolver: two });
    expect(evidence[0]).toMatchObject({ address: '192.0.2.9', otherAddresses: [{ address: '2001:db8::1' }] });
  });

  it('asks only the families of the plan', async () => {
    const wire = fakeWire(() => refused);
    const { evidence } = await collect(wire, {
      targets: [name],
      resolver: two,
      plan: { families: { v4: false, v6: true } },
    });
    expect(evidence[0]).toMatchObject({ address: '2001:db8::1', otherAddresses: [] });
    expect(wire.asked.every(({ family }) => family === 6)).toBe(true);
  });

  it('sends nothing to what the guard forbids, and says so', async () => {
    const wire = fakeWire(() => refused);
    const { evidence } = await collect(wire, { targets: [name], resolver: two, guard: () => 'out of scope' });
    expect(wire.asked).toEqual([]);
    expect(evidence[0]?.resolution).toMatchObject({
      kind: 'failed',
      fault: { text: expect.stringContaining('out of scope') },
    });
  });

  it('is a result, not a crash, when the name is unknown', async () => {
    const wire = fakeWire(() => refused);
    const { evidence } = await collect(wire, { targets: [name] });
    expect(wire.asked).toEqual([]);
    expect(evidence[0]).toMatchObject({ address: null, ports: [], resolution: { kind: 'not-found' } });
  });
});
