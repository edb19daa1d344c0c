import { describe, expect, it } from 'vitest';
import type { PortObservation } from '../../../src/model/evidence.ts';
import type { Reply } from '../../../src/model/reply.ts';
import { fakeClock } from '../clock.ts';
import { accepted, fault, refused, SAMPLE } from '../fakes.ts';
import {
  type Asked,
  EXACT,
  isFiltered,
  lookAt,
  MAP,
  type Setting,
  SILENT,
  sampled,
  silence,
} from './one-host.ts';
import { observation, silent, way } from './routers.ts';

const held = fakeClock();
const look = (observations: readonly PortObservation[], setting: Setting = {}) =>
  lookAt(held.clock, observations, setting);

describe('a map of the dynamic range', () => {
  it('says of each probe what came back, but for trouble of this machine', async () => {
    let faults = 0;
    const { path, told, asked } = await look(sampled(SILENT), {
      plan: MAP,
      answer: (port) => (port % 50 === 7 && ++faults ? fault('no-route', 'E') : silence(port)),
    });
    expect(path.mapped.length).toBeGreaterThan(2);
    expect(faults).toBeGreaterThan(0);
    expect(told).toHaveLength(asked.length - faults);
    for (const one of told) {
      const { port } = one;
      expect(one).toEqual({
        ...{ port, requirement: 'dynamic-rpc', why: 'mapped', reply: silence(port), attempts: 1 },
      });
    }
  });

  it('waits longer for ports that are asked again, and for all where probes were lost', async () => {
    const waits = async (loss: number) => {
      const { path, asked } = await look(sampled(SILENT), { plan: MAP, answer: silence, loss });
      expect(path.mapped.map(({ from, to }) => [from, to])).toEqual(EXACT.map(({ from, to }) => [from, to]));
      const first = asked.filter(({ port }, i) => asked.findIndex((one) => one.port === port) === i);
      const again = asked.filter((one) => !first.includes(one));
      const of = (some: Asked[]) => [...new Set(some.map(({ timeoutMs }) => timeoutMs))];
      return [of(first), of(again)];
    };
    expect(await waits(0)).toEqual([[100], [300]]);
    expect(await waits(0.01)).toEqual([[300], [300]]);
  });

  it('brings a late answer of a port that was silent', async () => {
    const observations = [
      ...sampled(refused, refused),
      observation(40_000, { ...silent, attempts: 1 } as Reply),
    ];
    const { path } = await look(observations, { plan: MAP });
    const late = path.observations.find(({ port }) => port === 40_000);
    expect(late).toMatchObject({ reply: refused, attempts: 2, lost: 1 });
    expect(path.observations.slice(0, -1)).toEqual(observations.slice(0, -1));
  });

  it('changes nothing where a port is silent again, or this machine fails', async () => {
    const once = { ...silent, attempts: 1 } as Reply;
    const observations = [...sampled(refused, refused), observation(25_000, once), observation(40_000, once)];
    const { path, asked } = await look(observations, {
      plan: MAP,
      answer: (port) => (port === 25_000 ? fault('no-route', 'E') : port === 40_000 ? silent : refused),
    });
    expect([25_000, 40_000].every((port) => asked.some((one) => one.port === port))).toBe(true);
    expect(path.observations).toEqual(observations);
  });

  it.each<[string, PortObservation[], Setting]>([
    ['nobody wants one', sampled(SILENT), { plan: {} }],
    ['the host limits answers', sampled(SILENT), { plan: MAP, control: { isLimited: true } }],
    [
      'a port there answers over some flows only',
      [...sampled(SILENT), { ...observation(2000, refused), flows: { asked: 8, answered: 5 } }],
      { plan: MAP },
    ],
    ['nothing of the host answers', SAMPLE.map((port) => observation(port, SILENT)), { plan: MAP }],
  ])('is not drawn where %s', async (_, observations, setting) => {
    const { path, asked } = await look(observations, { answer: silence, ...setting });
    expect([path.mapped, path.hops, asked]).toEqual([[], [], []]);
  });

  it.each<[string, PortObservation]>([
    ['all flows of a port answer', { ...observation(2000, refused), flows: { asked: 8, answered: 8 } }],
    ['some of another service do', { ...observation(135, accepted), flows: { asked: 8, answered: 5 } }],
  ])('is drawn where %s', async (_, one) => {
    const observations = [...sampled(SILENT).filter(({ port }) => port !== one.port), one];
    expect((await look(observations, { plan: MAP, answer: silence })).path.mapped).toEqual(EXACT);
  });

  it('is dropped where answers stop meanwhile', async () => {
    const { path, told } = await look(sampled(SILENT), {
      plan: MAP,
      answer: silence,
      control: { hasStopped: true },
    });
    expect(path.mapped).toEqual([]);
    expect(told.length).toBeGreaterThan(0);
  });

  it('tells resets of a device from refusals of the host by the TTLs of both', async () => {
    const seen = (ttl: number): Reply => ({ ...refused, ttl }) as Reply;
    const observations = sampled({ ...seen(127), by: 'middlebox' } as Reply, seen(125)).map((one) =>
      one.port === 135 ? { ...one, reply: { ...accepted, ttl: 125 } as Reply } : one,
    );
    // Three hops from 64 away, which may be the host's with another initial TTL.
    const ttlOf = (port: number): number => (isFiltered(port) ? 127 : port > 60_000 ? 61 : 125);
    const accepts = (port: number): boolean => port > 55_000 && port < 57_600;
    const answer = (port: number): Reply =>
      port === 135 ? ({ ...accepted, ttl: 125 } as Reply) : accepts(port) ? accepted : seen(ttlOf(port));
    const { path, told } = await look(observations, { plan: MAP, sees: { seesTtl: true }, answer });
    expect(path.mapped.find(({ state }) => state === 'filtered')).toMatchObject({ from: 10_000, to: 55_000 });
    expect(told.every(({ port }) => port <= 60_000)).toBe(true);
    const by = told.map(({ port, reply }) => [port, reply.kind === 'refused' && reply.by]);
    expect(by).toEqual(
      told.map(({ port }) => [port, isFiltered(port) ? 'middlebox' : !accepts(port) && 'unknown']),
    );
  });

  it('tells them by where they come from, and not at all where nothing shows that', async () => {
    const meets = way({ 135: { reply: accepted } });
    const answer = (port: number, { ttl = 99 }: Asked): Reply =>
      isFiltered(port) && ttl >= 2 ? refused : meets(port, ttl, 0);
    const observations = sampled(refused, refused);
    const { path } = await look(observations, {
      plan: { map: true, locate: true },
      sees: { ttl: true },
      answer,
    });
    expect(path.mapped).toEqual(EXACT);
    const marked = sampled({ ...refused, by: 'middlebox' } as Reply, refused);
    const blind = await look(marked, { plan: MAP, sees: { ttl: true }, answer });
    expect(blind.told).toEqual([]);
    expect(blind.asked.length).toBeGreaterThan(0);
    expect(blind.asked.every(({ ttl }) => ttl === undefined)).toBe(true);
    // The device does not reset any more.
    const gone = await look(marked, {
      ...{ plan: { map: true, locate: true }, sees: { ttl: true } },
      answer: (port, { ttl = 99 }) => meets(port, ttl, 0),
    });
    expect(gone.told).toEqual([]);
  });
});
