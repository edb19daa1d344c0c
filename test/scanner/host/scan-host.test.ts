import { describe, expect, it } from 'vitest';
import type { Control } from '../../../src/model/evidence.ts';
import type { Plan } from '../../../src/model/plan.ts';
import { Neighbours } from '../../../src/scanner/host/neighbours.ts';
import { subnetOf } from '../../../src/scanner/limits/subnet.ts';
import { SubnetPaths } from '../../../src/scanner/path/subnet-paths.ts';
import { fakeClock } from '../clock.ts';
import { accepted, FakeWire, noPing, refused } from '../fakes.ts';
import { FakeNetwork, windows } from '../network.ts';
import { AUDIT, HOST, scanOne } from './one-scan.ts';

const held = fakeClock();
const HELD: Control = { asked: 4, answered: 4, stoppedAfter: null } as unknown as Control;

/** What a host told its neighbours, and in which order. */
const spiedNeighbours = (checks: { own?: Control | null; all?: Control | null } = {}) => {
  const neighbours = new Neighbours();
  const calls: unknown[][] = [];
  const spy = (name: 'own' | 'all', group: Neighbours['all']) => {
    const { noteLoss, setControl } = group;
    Object.assign(group, {
      noteLoss: (...counts: Parameters<typeof noteLoss>) => {
        calls.push(['loss', name, ...counts]);
        noteLoss.call(group, ...counts);
      },
      setControl: (...[of, controls]: Parameters<typeof setControl>) => {
        calls.push(['control', name, controls]);
        setControl.call(group, of, controls);
      },
      check: async (since: number) => {
        calls.push(['check', name, Number.isFinite(since)]);
        return checks[name] ?? null;
      },
    });
  };
  spy('all', neighbours.all);
  spy('own', neighbours.of(HOST, 4));
  return { neighbours, calls, of: (what: string) => calls.filter(([one]) => one === what) };
};

const both = (turns = 0) =>
  new FakeWire(({ port, turn }) =>
    port === 3389 && turn < turns ? 'silence' : port === 3389 ? accepted : refused,
  );

describe('what a host is to its neighbours', () => {
  it('is a control: what it accepts first, and the loss of its first answers', async () => {
    const { neighbours, of } = spiedNeighbours();
    await scanOne(held, both(1), { neighbours, plan: { sample: [2000, 3000] } });
    const controls = [
      { port: 3389, kind: 'accepted' },
      ...[135, 2000, 3000].map((port) => ({ port, kind: 'refused' })),
    ];
    expect(of('control')).toEqual([
      ['control', 'own', controls],
      ['control', 'all', controls],
    ]);
    expect(of('loss')).toEqual([['loss', 'all', 1, 3]]);
    expect(of('check')).toEqual([]);
  });

  it('is known in an audit as soon as a port accepts, and one is refused', async () => {
    const { neighbours, of } = spiedNeighbours();
    await scanOne(held, both(), { neighbours, plan: AUDIT });
    // Later all its answers are, together.
    const early = of('control').filter(([, , controls]) => (controls as unknown[]).length === 1);
    const first = [{ port: 3000, kind: 'refused' }];
    const second = [{ port: 3389, kind: 'accepted' }];
    expect(early.map(([, name, controls]) => [name, controls])).toEqual([
      ...[first, second].flatMap((controls) => ['own', 'all'].map((name) => [name, controls])),
    ]);
  });

  it('is nothing where nothing of it answers', async () => {
    const { neighbours, calls, of } = spiedNeighbours();
    const { evidence } = await scanOne(held, new FakeWire(() => 'silence'), { neighbours });
    expect(calls).toEqual([]);
    expect(evidence.control).toBeNull();
    await scanOne(held, both(), { neighbours, plan: AUDIT });
    expect(of('check')).toEqual([]);
  });

  it.each([
    ['none is known', {}, null, 2],
    ['one of its subnet is', { own: HELD, all: null }, HELD, 1],
    ['one of another is', { all: HELD }, HELD, 2],
  ])('is compared with one that answers where it does not: %s', async (_, checks, control, asked) => {
    const { neighbours, of } = spiedNeighbours(checks);
    const { evidence, limits } = await scanOne(held, new FakeWire(() => 'silence'), {
      neighbours,
      plan: AUDIT,
    });
    expect(evidence.control).toEqual(control);
    expect(of('check')).toEqual(
      [
        ['check', 'own', true],
        ['check', 'all', true],
      ].slice(0, asked),
    );
    expect(limits).toEqual([]);
  });

  it('shows a limit where the neighbour has stopped', async () => {
    const stopped = { ...HELD, stoppedAfter: 3 };
    const { neighbours } = spiedNeighbours({ own: stopped });
    const { evidence, limits } = await scanOne(held, new FakeWire(() => 'silence'), {
      neighbours,
      plan: AUDIT,
    });
    expect([evidence.control, limits]).toEqual([stopped, [HOST]]);
  });

  it.each([
    ['accepts, in an audit', both(), AUDIT, 1],
    ['refuses only', new FakeWire(() => refused), AUDIT, 0],
    ['accepts, outside an audit', both(), {}, 0],
  ])('is one whose TTL is waited for until it ends, where it %s', async (_, wire, changes, expected) => {
    const paths = new SubnetPaths();
    let [begun, ended] = [0, 0];
    paths.expectTtl = (subnet) => {
      expect(subnet).toBe(subnetOf(HOST, 4));
      begun++;
      return () => ended++;
    };
    await scanOne(held, wire, { paths, plan: changes });
    expect([begun, ended]).toEqual([expected, expected]);
  });

  it('is one of two in an audit whose flows are probed', async () => {
    const paths = new SubnetPaths();
    const flows = async (changes: Partial<Plan>) => {
      const { evidence } = await scanOne(held, both(), { paths, plan: { ...AUDIT, ...changes } });
      return evidence.ports.filter((one) => one.flows !== undefined).length;
    };
    expect(await flows({ inHurry: true })).toBe(0);
    expect([await flows({}), await flows({}), await flows({}), await flows({ bulk: false })]).toEqual([
      2, 2, 0, 2,
    ]);
  });
});

describe('the evidence of a host', () => {
  it('has a reset that TTLs gave to a device, which is said anew of that port only', async () => {
    const wire = new FakeWire(
      ({ port }) => (port === 3389 ? { ...refused, ttl: 127 } : { ...accepted, ttl: 125 }) as typeof refused,
      { seesTtl: true },
    );
    const { evidence, events } = await scanOne(held, wire, { plan: { retries: 0 } });
    const by = evidence.ports.map(({ port, reply }) => [port, reply.kind === 'refused' && reply.by]);
    expect(by.filter(([, one]) => one === 'middlebox')).toEqual([[3389, 'middlebox']]);
    const said = events.flatMap((event) => (event.type === 'answered' ? [event.observation.port] : []));
    expect(said.filter((port) => port === 3389).length).toBeGreaterThan(
      said.filter((port) => port === 2000).length,
    );
  });

  it('has no map, no traces and no paths where answers stopped, but what was seen before', async () => {
    const { wire } = new FakeNetwork({
      hosts: () => windows({ ban: { after: 9 } }),
      capabilities: { ttl: true },
    });
    const { evidence, limits } = await scanOne(held, wire, { plan: { locate: true, map: true } });
    expect(evidence).toMatchObject({ traces: [], mapped: [], multipath: [] });
    expect(evidence.ports).toHaveLength(8);
    expect(evidence.control?.stoppedAfter).not.toBeNull();
    expect([...new Set(limits)]).toEqual([HOST]);
    expect(evidence).not.toHaveProperty('extras');
  });

  it('has one attempt for each port, and no further flows, where nothing is repeated', async () => {
    const wire = new FakeWire(({ port }) => (port === 3389 ? 'silence' : refused));
    const { evidence } = await scanOne(held, wire, { plan: { retries: 0 } });
    expect(evidence.ports.map(({ attempts, flows }) => [attempts, flows])).toEqual(
      Array(8).fill([1, undefined]),
    );
    expect(wire.sent.filter(({ port }) => port === 3389)).toHaveLength(1);
    expect(evidence.multipath).toEqual([]);
  });

  it('has the routers that share a way', async () => {
    const hops = [[{ address: '10.0.1.1' }], [{ address: '10.0.2.1' }, { address: '10.0.2.2' }]];
    const { wire } = new FakeNetwork({ hosts: () => windows({ hops }), capabilities: { ttl: true } });
    const { evidence } = await scanOne(held, wire, { plan: { locate: true } });
    expect(evidence.multipath).toEqual([{ ttl: 2, addresses: ['10.0.2.1', '10.0.2.2'] }]);
  });

  it('tells each port of a map by the number of the host', async () => {
    const wire = new FakeWire(({ port }) => (port > 10_000 && port < 55_000 ? 'silence' : refused));
    const { events } = await scanOne(held, wire, { plan: { map: true } });
    const mapped = events.filter((event) => event.type === 'answered' && event.observation.why === 'mapped');
    expect(mapped.length).toBeGreaterThan(50);
    expect(mapped.every((event) => 'host' in event && event.host === 7)).toBe(true);
  });

  it('has answers of extra probes only where the host lives, and there are some', async () => {
    const extraProbes = [{ name: 'own', ports: [445] }];
    const alive = await scanOne(held, both(), { extraProbes });
    expect(alive.evidence.extras).toHaveLength(1);
    expect((await scanOne(held, both())).evidence).not.toHaveProperty('extras');
    const dead = await scanOne(held, new FakeWire(() => 'silence'), { extraProbes });
    expect(dead.evidence).not.toHaveProperty('extras');
  });
});

describe('the echo of a host', () => {
  const NOT_OBSERVED = 'not-observed';

  it('is not needed in an audit where ports answered, and none where it is switched off', async () => {
    const spared = await scanOne(held, both(), { plan: { ...AUDIT, ping: true } });
    expect(spared.evidence.echo).toEqual({ kind: NOT_OBSERVED, why: 'not needed, ports answered' });
    const off = await scanOne(held, new FakeWire(() => 'silence'));
    const echo = { kind: NOT_OBSERVED, why: 'switched off with --no-ping' };
    expect(off.evidence.echo).toEqual(echo);
    expect(off.events.filter(({ type }) => type === 'echoed')).toEqual([{ type: 'echoed', host: 7, echo }]);
  });

  it('shows that the host is there: its silent ports are asked as often as the plan says', async () => {
    const attempts = async (from: string) => {
      const pinger = { ...noPing, echo: async () => ({ kind: 'unreachable', from }) as const };
      const silent = new FakeWire(() => 'silence');
      const { evidence } = await scanOne(held, silent, {
        pinger,
        plan: { ping: true, retries: 4, sample: [] },
      });
      return evidence.ports.map((one) => one.attempts);
    };
    expect(await attempts('192.0.2.254')).toEqual([2, 2]);
    expect(Math.min(...(await attempts(HOST)))).toBeGreaterThan(4);
  });
});
