import { describe, expect, it } from 'vitest';
import type { PortObservation, Trace } from '../../../src/model/evidence.ts';
import type { Plan } from '../../../src/model/plan.ts';
import type { Reply } from '../../../src/model/reply.ts';
import type { Flow, WireCapabilities } from '../../../src/model/wire.ts';
import { subnetOf } from '../../../src/scanner/limits/subnet.ts';
import { multipathOf, ttlProberOf } from '../../../src/scanner/path/host-path.ts';
import { SubnetPaths } from '../../../src/scanner/path/subnet-paths.ts';
import { NEIGHBOUR_WAIT } from '../../../src/scanner/retry/policy.ts';
import { fakeClock } from '../clock.ts';
import { accepted, fault, refused } from '../fakes.ts';
import { type Asked, lookAt, MAP, proberOf, type Setting, SILENT, sampled, silence } from './one-host.ts';
import { observation, silent, way } from './routers.ts';

const held = fakeClock();
const look = (observations: readonly PortObservation[], setting: Setting = {}) =>
  lookAt(held.clock, observations, setting);
const SUBNET = subnetOf('192.0.2.1', 4);

describe('hosts of an audit', () => {
  it('are mapped as long as they are among the first of their subnet', async () => {
    const paths = new SubnetPaths();
    const one = (changes: Partial<Plan>) =>
      look(sampled(SILENT), { paths, plan: { bulk: true, ...changes }, answer: silence });
    for (let i = 0; i < 12; i++) await one({});
    const maps: boolean[] = [];
    for (let i = 0; i < 12; i++) maps.push((await one(MAP)).path.mapped.length > 0);
    expect(maps).toEqual([...Array(10).fill(true), false, false]);
  });

  it('wait for the TTL of a neighbour only where they accept nothing and TTLs can tell something', async () => {
    const waited = async (observations: PortObservation[], changes: Partial<Plan>) => {
      const from = held.clock.now;
      await look(observations, { plan: { bulk: true, locate: true, ...changes }, sees: { seesTtl: true } });
      return held.clock.now - from;
    };
    const refusing = [observation(135, refused), observation(3389, silent)];
    expect(await waited(refusing, {})).toBe(NEIGHBOUR_WAIT.firstMs);
    expect(await waited(refusing, { locate: false })).toBe(0);
    expect(await waited(refusing, { bulk: false })).toBe(0);
    expect(await waited([observation(135, silent)], {})).toBe(0);
    expect(await waited([...refusing, observation(2000, accepted)], {})).toBe(0);
  });

  it('are traced over further flows outside an audit only', async () => {
    const answer = (port: number, { ttl = 99 }: Asked) => way({ 135: { reply: accepted } })(port, ttl, 0);
    const hops = async (bulk: boolean) => {
      const observations = [observation(135, accepted), observation(3389, refused)];
      const { path } = await look(observations, {
        plan: { locate: true, bulk },
        sees: { ttl: true },
        answer,
      });
      expect(path.traces.map(({ port }) => port)).toEqual([135, 3389]);
      return path.hops.length;
    };
    expect(await hops(true)).toBe(0);
    expect(await hops(false)).toBeGreaterThan(0);
  });

  it('learn the path of the first, and ask less at the others', async () => {
    const paths = new SubnetPaths();
    const answer = (port: number, { ttl = 99 }: Asked) => way({ 135: { reply: accepted } })(port, ttl, 0);
    const observations = [observation(135, accepted), observation(3389, refused)];
    const counts: number[] = [];
    for (let i = 0; i < 12; i++) {
      const setting = { paths, plan: { locate: true, bulk: true }, sees: { ttl: true }, answer };
      counts.push((await look(observations, setting)).asked.length);
    }
    expect(new Set(counts.slice(0, 10)).size).toBe(1);
    expect(counts[10]).toBe(3);
    expect(counts[10]).toBeLessThan(counts[0] ?? 0);
  });
});

describe('whose refusals are', () => {
  const TTLS = { seesTtl: true } as const;
  const seen = (ttl: number): Reply => ({ ...refused, ttl }) as Reply;
  const own = { ...accepted, ttl: 125 } as Reply;
  const answer = (port: number): Reply => (port === 135 ? own : seen(127));
  const observations = [observation(135, own), observation(3389, seen(127)), observation(2000, seen(125))];
  const told = async (setting: Setting): Promise<unknown> => {
    const reply = (await look(observations, { sees: TTLS, answer, ...setting })).replyOf(3389);
    return reply?.kind === 'refused' && reply.by;
  };

  it('is told by TTLs, in an audit where filters are located', async () => {
    expect(await told({})).toBe('middlebox');
    expect(await told({ plan: { locate: true, bulk: true } })).toBe('middlebox');
    expect(await told({ plan: { bulk: true } })).toBe('unknown');
    expect(await told({ address: '127.0.0.1' })).toBe('unknown');
  });

  it('lets neighbours know the TTL of the host', async () => {
    const { paths } = await look(observations, { sees: TTLS, answer });
    expect(paths.ttlOf(SUBNET)).toBe(125);
    expect((await look([observation(135, own)], { sees: TTLS })).paths.ttlOf(SUBNET)).toBeNull();
  });

  it('costs nothing where nothing is refused', async () => {
    const { asked } = await look([observation(135, accepted)], { sees: { minTtl: true } });
    expect(asked).toEqual([]);
  });

  it('is asked of three stand-ins where neighbours were looked at, unless replies show it', async () => {
    const paths = new SubnetPaths();
    const some = [
      observation(135, own),
      ...[2000, 3000, 4000, 5000, 6000, 7000].map((port) => observation(port, seen(125))),
    ];
    const marked = async (sees: Partial<WireCapabilities>, used: SubnetPaths) => {
      const setting = { paths: used, plan: { bulk: true, locate: true }, sees, isAlive: true };
      const { path } = await look(some, { ...setting, answer: (port) => (port === 135 ? own : seen(125)) });
      return path.observations.filter(({ reply }) => reply.kind === 'refused' && reply.ttlMatch).length;
    };
    expect(await marked({ minTtl: true }, paths)).toBe(6);
    for (let i = 0; i < 9; i++) paths.take(SUBNET, some, true);
    expect(await marked({ minTtl: true }, paths)).toBe(3);
    expect(await marked(TTLS, paths)).toBe(6);
  });
});

describe('traces of a host', () => {
  it('are not kept where this machine failed', async () => {
    const observations = [observation(135, accepted)];
    const setting = { plan: { locate: true }, sees: { ttl: true } };
    const { path } = await look(observations, { ...setting, answer: () => fault('no-route', 'E') });
    expect(path.traces).toEqual([]);
  });

  it('are of the ports that are filtered, too', async () => {
    const meets = way({ 135: { reply: accepted }, 3389: { diesAt: 2, reply: silent } });
    const { path } = await look([observation(135, accepted), observation(3389, silent)], {
      ...{ plan: { locate: true }, sees: { ttl: true } },
      answer: (port, { ttl = 99 }) => meets(port, ttl, 0),
    });
    expect(path.traces.map(({ port, comparison }) => [port, comparison?.ttl])).toEqual([
      [135, undefined],
      [3389, 2],
    ]);
  });

  it('need a wire that can, and a way that is longer than this machine', async () => {
    expect(ttlProberOf(proberOf({}).prober)).toBeNull();
    expect(ttlProberOf(proberOf({ sees: { ttl: true }, address: '127.0.0.1' }).prober)).toBeNull();
    const { prober, asked, stop } = proberOf({ sees: { ttl: true } });
    const traces = ttlProberOf(prober);
    const flow: Flow = { sourcePort: 7 };
    await traces?.at(135, 3);
    await traces?.at(135, 4, flow);
    expect(asked).toStrictEqual([
      { port: 135, ttl: 3 },
      { port: 135, ttl: 4, flow },
    ]);
    await held.clock.run(traces?.pause(50) ?? Promise.resolve());
    expect(held.clock.now).toBe(50);
    expect(traces?.isStopped).toBe(false);
    stop.abort();
    expect(traces?.isStopped).toBe(true);
  });

  it('show equal-cost paths where several routers answer at one TTL, the nearest first', () => {
    const hop = (ttl: number, address: string | null) => ({ ttl, address, rttMs: 1 });
    const traces = [
      { hops: [hop(1, 'a'), hop(2, 'c')] },
      { hops: [hop(1, 'a'), hop(3, 'x')] },
    ] as unknown as Trace[];
    expect(multipathOf(traces, [hop(3, 'w'), hop(2, 'b'), hop(4, null), hop(4, 'z'), hop(1, 'a')])).toEqual([
      { ttl: 2, addresses: ['b', 'c'] },
      { ttl: 3, addresses: ['w', 'x'] },
    ]);
    const later = multipathOf([], [hop(5, 'a'), hop(5, 'b'), hop(2, 'a'), hop(2, 'b')]);
    expect(later.map(({ ttl }) => ttl)).toEqual([2, 5]);
  });
});
