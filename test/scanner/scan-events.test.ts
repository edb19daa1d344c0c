import { describe, expect, it } from 'vitest';
import type { Pinger } from '../../src/model/wire.ts';
import { fakeClock } from './clock.ts';
import { collect } from './collect.ts';
import { FakeWire, refused } from './fakes.ts';
import { hosts, PROBES } from './few-hosts.ts';

const held = fakeClock();

describe('events', () => {
  it.each([
    ['few hosts', false],
    ['an audit', true],
  ])('start, echo and finish each host once, of %s', async (_, bulk) => {
    const pinger: Pinger = { echo: async () => ({ kind: 'no-reply', waitedMs: 1 }), close: () => {} };
    const wire = new FakeWire(({ address: at, port }) =>
      at.endsWith('3') && port !== 135 ? 'silence' : refused,
    );
    const { events } = await collect(held.clock, wire, {
      hosts: [...hosts(5), { kind: 'name', text: 'x', name: 'x' }],
      pinger,
      plan: { ping: true, bulk },
    });
    const of = (type: string) =>
      events
        .flatMap((event) => (event.type === type && 'host' in event ? [event.host] : []))
        .sort((a, b) => a - b);
    expect(of('host-started')).toEqual([0, 1, 2, 3, 4, 5]);
    expect(of('host-finished')).toEqual([0, 1, 2, 3, 4, 5]);
    expect(of('echoed')).toEqual(bulk ? [] : [0, 1, 2, 3, 4, 5]);
  });

  it('counts echoes among the packets, two where the first is lost', async () => {
    let echoes = 0;
    const pinger: Pinger = {
      echo: async () => (++echoes === 1 ? { kind: 'no-reply', waitedMs: 1 } : { kind: 'reply', rttMs: 1 }),
      close: () => {},
    };
    const { control, evidence } = await collect(held.clock, new FakeWire(() => refused), {
      pinger,
      plan: { ping: true },
    });
    expect(evidence[0]?.echo.kind).toBe('reply');
    expect(control.sent).toBe(PROBES + 2);
  });

  it('charges what the kernel sends again by itself, where the wire connects', async () => {
    const sentWith = async (seesTtl: boolean): Promise<number> => {
      const wire = new FakeWire(() => 'silence', { seesTtl });
      const { control } = await collect(held.clock, wire, { plan: { sample: [], timeoutMs: 3000 } });
      return control.sent;
    };
    // Waits of 1 s and 3 s on two ports: 1 and 2 SYNs more each.
    expect(await sentWith(false)).toBe(4 + 6);
    expect(await sentWith(true)).toBe(4);
  });
});
