import { describe, expect, it } from 'vitest';
import type { Pinger } from '../../src/model/wire.ts';
import { fakeClock } from './clock.ts';
import { collect, portOf } from './collect.ts';
import { address, FakeWire, unreachable } from './fakes.ts';
import { type FakeHost, FakeNetwork, path, windows } from './network.ts';

const held = fakeClock();

const dropsRdp: FakeHost['port'] = (port) => (port === 3389 ? 'drop' : port === 135 ? 'accept' : 'refuse');

/** One host of an audit that so many processes have begun before. */
const again = (wire: FakeWire, begunBefore: number, pinger?: Pinger) =>
  collect(held.clock, wire, {
    assignment: {
      space: { size: 1, at: () => address('192.0.2.1') },
      order: [0],
      begunBefore: () => begunBefore,
    },
    plan: { bulk: true, retries: 2, ping: pinger !== undefined, locate: true, map: true },
    ...(pinger ? { pinger } : {}),
  });

describe('a host of an audit that earlier processes began and did not judge', () => {
  it('is asked like any other after two of them', async () => {
    const wire = new FakeWire(() => 'silence', { ttl: true });
    const { end } = await again(wire, 2);
    expect(wire.sent.filter(({ ttl }) => ttl === undefined).at(-1)?.timeoutMs).toBe(3000);
    expect(end.run.durationMs).toBeGreaterThan(3000);
  });

  it('is judged within a second after three, where nothing answers, also no echo', async () => {
    const wire = new FakeWire(() => 'silence', { ttl: true });
    const echoes: number[] = [];
    const pinger: Pinger = {
      echo: async (_address, _family, { timeoutMs }) => {
        echoes.push(timeoutMs);
        await new Promise((resolve) => setTimeout(resolve, timeoutMs));
        return { kind: 'no-reply', waitedMs: timeoutMs };
      },
      close: () => {},
    };
    const { evidence, end } = await again(wire, 3, pinger);
    expect(wire.sent.map(({ timeoutMs }) => timeoutMs)).toEqual([...Array(5).fill(300), 700, 700]);
    expect(portOf(evidence[0], 135)?.reply).toEqual({ kind: 'silent', waitedMs: 1000, attempts: 2 });
    expect(echoes).toEqual([500, 500]);
    expect(end.run.durationMs).toBeLessThan(1100);
  });

  it('is judged within a second and a half where a filter drops a port, without a look at the filter', async () => {
    const { wire } = new FakeNetwork({
      hosts: () => windows({ rttMs: 20, port: dropsRdp, hops: path(2) }),
      capabilities: { ttl: true },
    });
    const { evidence, end } = await again(wire, 3);
    expect(portOf(evidence[0], 135)?.reply.kind).toBe('accepted');
    expect(portOf(evidence[0], 3389)).toMatchObject({ reply: { kind: 'silent' }, attempts: 7 });
    expect(evidence[0]?.traces).toEqual([]);
    expect(end.run.durationMs).toBeLessThan(1500);
  });

  it('is judged without a map of what is filtered', async () => {
    const isFiltered = (port: number): boolean => port >= 20_000 && port < 40_000;
    const { wire } = new FakeNetwork({
      hosts: () => windows({ port: (port) => (isFiltered(port) ? 'drop' : 'refuse') }),
    });
    expect((await again(wire, 2)).evidence[0]?.mapped.length).toBeGreaterThan(0);
    expect((await again(wire, 3)).evidence[0]?.mapped).toEqual([]);
  });

  it('is found over a satellite', async () => {
    const { wire } = new FakeNetwork({ hosts: () => windows({ rttMs: 600 }) });
    const { evidence } = await again(wire, 3);
    expect(portOf(evidence[0], 135)?.reply.kind).toBe('accepted');
    expect(portOf(evidence[0], 3389)?.reply.kind).toBe('accepted');
  });

  it('is not taken for a dead one where a router speaks for it', async () => {
    const wire = new FakeWire(() => unreachable(13));
    const { evidence } = await again(wire, 3);
    expect(evidence[0]?.ports.every(({ reply }) => reply.kind === 'rejected')).toBe(true);
  });
});
