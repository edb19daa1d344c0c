import { describe, expect, it } from 'vitest';
import type { ScanEvent } from '../../src/model/event.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Target } from '../../src/model/target.ts';
import type { Resolver } from '../../src/model/wire.ts';
import { RateControl } from '../../src/scanner/limits/rate-control.ts';
import { fakeClock } from './clock.ts';
import { collect, type Setting } from './collect.ts';
import { address, all, FakeWire, refused } from './fakes.ts';
import { FakeNetwork, path, windows } from './network.ts';

const held = fakeClock();
const NAME: Target = { kind: 'name', text: 'PC1', name: 'pc1' };
const at = (index: number): string => `192.0.${index >> 8}.${index & 255}`;
const hosts = (count: number): string[] => Array.from({ length: count }, (_, i) => at(i));

describe('a host that was not begun when the run was stopped', () => {
  const nothing = {
    resolution: null,
    otherAddresses: [],
    echo: { kind: 'not-observed', why: 'interrupted' },
    ports: [],
    mapped: [],
    traces: [],
    lossEstimate: 0,
    control: null,
    multipath: [],
    interrupted: true,
  };

  it('has evidence of nothing', async () => {
    const stop = new AbortController();
    stop.abort();
    const wire = new FakeWire(() => refused);
    const { evidence, end } = await collect(held.clock, wire, { hosts: [at(1), NAME], stop });
    expect(wire.sent).toEqual([]);
    expect(evidence).toEqual([
      { target: address(at(1)), address: at(1), family: 4, names: [], ...nothing },
      { target: NAME, address: null, family: null, names: ['pc1'], ...nothing },
    ]);
    expect(end.run.interrupted).toBe(true);
  });

  it('is not even taken from the order, in an audit', async () => {
    const stop = new AbortController();
    let taken = 0;
    const order = {
      *[Symbol.iterator]() {
        for (let i = 0; i < 5000; i++) {
          taken++;
          yield i;
        }
      },
    };
    const wire = new FakeWire(({ address: to }) => (to.endsWith('5') ? refused : 'silence'));
    const { evidence } = await collect(held.clock, wire, {
      assignment: { space: all(hosts(5000).map(address)).space, order },
      plan: { bulk: true, hostsAtOnce: 10 },
      stop,
      onEvent: ({ type }) => {
        if (type === 'host-finished') stop.abort();
      },
    });
    expect(evidence.length).toBeGreaterThan(0);
    expect(evidence.every(({ interrupted }) => !interrupted)).toBe(true);
    expect(taken).toBeLessThan(200);
  });
});

describe('hosts at the same time', () => {
  const mostAtOnce = async (changes: Partial<Plan>, count = 220): Promise<number> => {
    let underWay = 0;
    let most = 0;
    await collect(held.clock, new FakeWire(() => 'silence'), {
      hosts: hosts(count),
      plan: { sample: [], concurrency: 16_384, perSubnetRate: 1e6, ...changes },
      onEvent: ({ type }) => {
        if (type === 'host-started') most = Math.max(most, ++underWay);
        if (type === 'host-finished') underWay--;
      },
    });
    return most;
  };

  it('are as many as the plan says, in an audit no more than the rate is enough for', async () => {
    expect(await mostAtOnce({ hostsAtOnce: 7 })).toBe(7);
    expect(await mostAtOnce({ hostsAtOnce: 7, bulk: true })).toBe(7);
    expect(await mostAtOnce({ hostsAtOnce: 200 })).toBe(200);
    // 360 packets a second are enough for 200 hosts in five seconds, nine each.
    expect(await mostAtOnce({ hostsAtOnce: 16_384, bulk: true, rate: 360 })).toBe(200);
    expect(await mostAtOnce({ hostsAtOnce: 16_384, bulk: true, rate: 50 }, 100)).toBe(64);
  });
});

describe('what a run emits', () => {
  it('says once that answers stop, and of which host first', async () => {
    const { wire } = new FakeNetwork({ hosts: () => windows({ ban: { after: 9 } }) });
    const { events } = await collect(held.clock, wire, { hosts: hosts(3) });
    const notices = events.flatMap((event) => (event.type === 'notice' ? [event.text] : []));
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(
      /^192\.0\.0\.\d answered and then fell silent: a rate limit, scan detection, or it went away\. Its subnet is probed more slowly; see --rate$/,
    );
  });

  it('follows no single ports in an audit, also where a range is mapped', async () => {
    const wire = new FakeWire(({ port }) => (port > 5000 && port < 40_000 ? 'silence' : refused));
    const { events, evidence } = await collect(held.clock, wire, { plan: { bulk: true, map: true } });
    expect(evidence[0]?.mapped.length).toBeGreaterThan(0);
    expect([...new Set(events.map(({ type }) => type))]).toEqual([
      'run-started',
      'host-started',
      'host-finished',
      'run-finished',
    ]);
  });

  it('ends with the time that it took, and all packets', async () => {
    await held.clock.pass(5000);
    const control = new RateControl(1000);
    const { events, end } = await collect(held.clock, new FakeWire(() => refused), { control });
    expect(events[0]).toMatchObject({ type: 'run-started', hosts: 1, run: { id: 'test' } });
    expect(end.run).toMatchObject({ id: 'test', probesSent: control.sent, interrupted: false });
    expect(end.run.durationMs).toBe(held.clock.now - 5000);
  });
});

describe('names and neighbours of a host', () => {
  const dead = (more?: Setting['more']) =>
    collect(held.clock, new FakeWire(() => 'silence'), { ...(more && { more }), plan: { sample: [] } });

  it('are none where nobody looks them up', async () => {
    const { evidence } = await dead();
    expect(evidence[0]?.names).toEqual([]);
    expect(evidence[0]).not.toHaveProperty('withoutNeighbour');
  });

  it('are looked up by its address', async () => {
    const { evidence } = await dead({
      namesOf: async (of) => [`name of ${of}`],
      lacksNeighbour: async (of) => of === '192.0.2.1',
    });
    expect(evidence[0]).toMatchObject({ names: ['name of 192.0.2.1'], withoutNeighbour: true });
  });

  it('add to the name that it was given by, and a host that answers lacks no neighbour', async () => {
    const resolver: Resolver = {
      resolve: async () => ({ kind: 'resolved', addresses: [{ address: '192.0.2.1', family: 4 }] }),
    };
    const { evidence } = await collect(held.clock, new FakeWire(() => refused), {
      hosts: [NAME],
      resolver,
      more: { namesOf: async () => ['pc1', 'other'], lacksNeighbour: async () => true },
    });
    expect(evidence[0]?.names).toEqual(['pc1', 'other']);
    expect(evidence[0]).not.toHaveProperty('withoutNeighbour');
  });

  it('are not looked up without an address', async () => {
    const { evidence, events } = await collect(held.clock, new FakeWire(() => refused), {
      hosts: [NAME],
      more: { namesOf: async () => ['wrong'] },
    });
    expect(evidence[0]?.names).toEqual(['pc1']);
    const echo = { kind: 'not-observed', why: 'no address to ask' };
    expect(evidence[0]?.echo).toEqual(echo);
    expect(events.filter(({ type }) => type === 'echoed')).toEqual([{ type: 'echoed', host: 0, echo }]);
  });
});

describe('witnesses', () => {
  const WITNESS = 1;
  const portOf = (port: number) =>
    port === 135 ? 'accept' : port === 3389 || (port >= 20_000 && port < 40_000) ? 'drop' : 'refuse';
  const witnessed = (setting: Setting & { readonly targets?: readonly Target[] } = {}) => {
    const { targets = [address(at(0)), address(at(1))], ...rest } = setting;
    const { wire } = new FakeNetwork({
      hosts: () => windows({ hops: path(2), port: portOf }),
      capabilities: { ttl: true },
    });
    const echoes: string[] = [];
    const finished = (events: readonly ScanEvent[]) =>
      events.flatMap((event) =>
        event.type === 'host-finished' ? [[event.host, event.evidence] as const] : [],
      );
    const run = collect(held.clock, wire, {
      assignment: { ...all(targets), witnesses: new Set([WITNESS]) },
      pinger: {
        echo: async (to) => {
          echoes.push(to);
          return { kind: 'reply', rttMs: 1 };
        },
        close: () => {},
      },
      ...rest,
      plan: {
        sample: Array.from({ length: 24 }, (_, i) => 2000 + 2500 * i),
        ...{ locate: true, map: true, ping: true },
        ...rest.plan,
      },
    });
    return { wire, echoes, run, finished };
  };

  it('are probed again when all others are done: at eight ports of the sample, without a closer look', async () => {
    const { wire, echoes, run, finished } = witnessed();
    const done = finished((await run).events);
    expect(done.map(([host]) => host).sort()).toEqual([0, 1, 1]);
    const [last, still] = done.at(-1) ?? [];
    expect(last).toBe(WITNESS);
    expect(still?.ports.map(({ port }) => port).filter((port) => port !== 135 && port !== 3389)).toEqual(
      Array.from({ length: 8 }, (_, i) => 2000 + 7500 * i),
    );
    expect([still?.traces, still?.mapped]).toEqual([[], []]);
    expect(still?.echo).toMatchObject({ why: 'switched off with --no-ping' });
    const before = done.find(([host]) => host === WITNESS)?.[1];
    expect(before?.traces.length).toBeGreaterThan(0);
    expect(before?.mapped.length).toBeGreaterThan(0);
    expect(echoes.sort()).toEqual([at(0), at(1)]);
    expect(wire.sent.length).toBeGreaterThan(0);
  });

  it('are not probed again when the run is stopped, nor looked up', async () => {
    const stop = new AbortController();
    let lookUps = 0;
    const resolver: Resolver = {
      resolve: async () => {
        lookUps++;
        return { kind: 'resolved', addresses: [{ address: at(1), family: 4 }] };
      },
    };
    let ends = 0;
    const { run, finished } = witnessed({
      targets: [address(at(0)), NAME],
      resolver,
      stop,
      plan: { hostsAtOnce: 1 },
      onEvent: ({ type }) => {
        if (type === 'host-finished' && ++ends === 1) stop.abort();
      },
    });
    const done = finished((await run).events);
    expect(done).toHaveLength(2);
    expect(lookUps).toBe(1);
  });

  it('take no part in extra probes', async () => {
    const extra = { name: 'own', ports: [445] };
    const { run, finished } = witnessed({ more: { extraProbes: [extra] } });
    const done = finished((await run).events);
    const extras = (of: number) => done.filter(([host]) => host === of).map(([, one]) => one.extras?.length);
    expect(extras(0)).toEqual([1]);
    expect(extras(WITNESS)).toEqual([undefined, undefined]);
  });

  it('are looked up again, and forgotten where the stop comes meanwhile', async () => {
    const stop = new AbortController();
    let lookUps = 0;
    const resolver: Resolver = {
      resolve: async (_, signal) => {
        if (++lookUps === 2) stop.abort();
        expect(signal.aborted).toBe(lookUps === 2);
        return { kind: 'resolved', addresses: [{ address: at(1), family: 4 }] };
      },
    };
    const { run, finished } = witnessed({ targets: [address(at(0)), NAME], resolver, stop });
    const done = finished((await run).events);
    expect(lookUps).toBe(2);
    expect(done).toHaveLength(2);
  });
});
