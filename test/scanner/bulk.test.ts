import { describe, expect, it } from 'vitest';
import type { Plan } from '../../src/model/plan.ts';
import type { Reply } from '../../src/model/reply.ts';
import type { TargetSpace } from '../../src/model/target.ts';
import type { Pinger } from '../../src/model/wire.ts';
import { RateControl } from '../../src/scanner/limits/rate-control.ts';
import { fakeClock } from './clock.ts';
import { collect, portOf, type Setting } from './collect.ts';
import { type Answer, accepted, address, FakeWire, fault, refused, SAMPLE, unreachable } from './fakes.ts';
import { FakeNetwork, windows } from './network.ts';

const held = fakeClock();

const EVERYTHING = [135, 3389, ...SAMPLE].sort((a, b) => a - b);
/** One in each third of the sample. */
const FIRST_ASKED = [135, 3000, 3389, 30_000, 60_000];

const spaceOf = (size: number): TargetSpace => ({
  size,
  at: (index) => address(`192.0.${index >> 8}.${index & 255}`),
});

/** `size` hosts of an audit, 256 to a subnet. */
const audit = (wire: FakeWire, size = 1, { plan: changes, ...setting }: Setting = {}) =>
  collect(held.clock, wire, {
    assignment: { space: spaceOf(size), order: Array(size).keys() },
    plan: { bulk: true, retries: 1, ...changes },
    ...setting,
  });

describe('an audit', () => {
  it('asks a dead host for signs of life only, the required ports once more with patience', async () => {
    const wire = new FakeWire(() => 'silence');
    const { evidence } = await audit(wire);
    expect(wire.ports).toEqual(FIRST_ASKED);
    expect(wire.sent.map(({ timeoutMs }) => timeoutMs)).toEqual([...Array(5).fill(300), 3000, 3000]);
    expect(wire.sent.slice(5).map(({ port }) => port)).toEqual([135, 3389]);
    expect(portOf(evidence[0], 135)).toMatchObject({ attempts: 2, reply: { kind: 'silent', attempts: 2 } });
    expect(evidence[0]?.ports.every(({ reply }) => reply.kind === 'silent')).toBe(true);
  });

  it('does not take the word of a router that nobody is there for a sign of life', async () => {
    const wire = new FakeWire(() => unreachable(1));
    await audit(wire);
    expect(wire.ports).toEqual(FIRST_ASKED);
    expect(wire.sent).toHaveLength(5 + 2);
  });

  it.each<[string, Answer]>([
    ['an accept of 135', ({ port }) => (port === 135 ? accepted : 'silence')],
    ['a refusal of 3389', ({ port }) => (port === 3389 ? refused : 'silence')],
    ['a refusal of a dynamic port alone', ({ port }) => (port === 30_000 ? refused : 'silence')],
    ['a rejection by a filter', ({ port }) => (port === 135 ? unreachable(13) : 'silence')],
  ])('asks everything after %s', async (_, answer) => {
    const wire = new FakeWire(answer);
    await audit(wire);
    expect(wire.ports).toEqual(EVERYTHING);
  });

  it('asks everything after an echo', async () => {
    const pinger: Pinger = { echo: async () => ({ kind: 'reply', rttMs: 1 }), close: () => {} };
    const wire = new FakeWire(() => 'silence');
    await audit(wire, 1, { pinger, plan: { ping: true } });
    expect(wire.ports).toEqual(EVERYTHING);
  });

  it('finds a host that is farther away than the first look waits, and calls none of it loss', async () => {
    const { wire } = new FakeNetwork({ hosts: () => windows({ rttMs: 1500 }) });
    const { evidence } = await audit(wire, 1, { plan: { timeoutMs: 4000 } });
    expect(evidence[0]?.ports.map(({ port, reply }) => [port, reply.kind])).toEqual(
      EVERYTHING.map((port) => [port, port === 135 || port === 3389 ? 'accepted' : 'refused']),
    );
    expect(evidence[0]?.lossEstimate).toBe(0);
  });

  it('asks silence of a living host until it stands, the last time with patience', async () => {
    const wire = new FakeWire(({ port }) => (port === 3389 ? 'silence' : refused));
    const { evidence } = await audit(wire, 1, { plan: { ping: false, locate: false } });
    expect(portOf(evidence[0], 3389)?.reply).toMatchObject({ kind: 'silent', attempts: 7 });
    const waits = wire.sent.filter(({ port, attempt }) => port === 3389 && attempt !== undefined);
    expect(waits.slice(0, 7).map(({ timeoutMs }) => Math.round(timeoutMs))).toEqual([
      300, 101, 31, 31, 31, 31, 200,
    ]);
  });

  it('takes a late answer over silence', async () => {
    const wire = new FakeWire(({ port, turn }) => (port === 135 && turn < 3 ? 'silence' : refused));
    const { evidence } = await audit(wire);
    expect(portOf(evidence[0], 135)?.reply.kind).toBe('refused');
  });

  it('waits for a shortage of this machine to pass', async () => {
    const wire = new FakeWire(({ port, turn }) =>
      port === 20_000 && turn < 3 ? fault('descriptors', 'EMFILE') : refused,
    );
    const { evidence } = await audit(wire);
    expect(portOf(evidence[0], 20_000)?.reply.kind).toBe('refused');
  });

  it('asks once more about an error that may pass, and calls it no loss', async () => {
    const wire = new FakeWire(({ port, turn }) => (port === 3389 && turn === 0 ? unreachable(0) : refused));
    const { evidence } = await audit(wire);
    expect(portOf(evidence[0], 3389)).toMatchObject({ reply: { kind: 'refused' }, lost: 0 });
  });

  it('sends nothing to a host that must not be asked', async () => {
    const wire = new FakeWire(() => refused);
    const { evidence } = await audit(wire, 1, { guard: () => 'is out of scope' });
    expect(wire.sent).toEqual([]);
    expect(evidence[0]).toMatchObject({ address: null });
  });

  it('emits nothing about single ports', async () => {
    const { events } = await audit(new FakeWire(() => refused), 3);
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set(['run-started', 'host-started', 'host-finished', 'run-finished']),
    );
  });
});

describe('the order of an audit', () => {
  it('takes numbers no faster than it asks, and the next when one has ended', async () => {
    let taken = 0;
    let finished = 0;
    let most = 0;
    const order = {
      *[Symbol.iterator]() {
        for (let i = 0; i < 300; i++) {
          most = Math.max(most, ++taken - finished);
          yield i;
        }
      },
    };
    // Every tenth host is dead and takes its time; the others do not wait for it.
    const wire = new FakeWire(({ address: at }) => (at.endsWith('0') ? 'silence' : refused));
    const { evidence } = await audit(wire, 0, {
      assignment: { space: spaceOf(300), order },
      plan: { hostsAtOnce: 10, timeoutMs: 1000 },
      onEvent: ({ type }) => {
        if (type === 'host-finished') finished++;
      },
    });
    expect(new Set(evidence.map(({ address: at }) => at)).size).toBe(300);
    expect(most).toBeLessThanOrEqual(20);
  });

  it('ends what is begun before it begins more', async () => {
    const wire = new FakeWire(() => ({ ...refused, rttMs: 2 }) as Reply);
    const sample = Array.from({ length: 16 }, (_, at) => 2000 + 3000 * at);
    await audit(wire, 60, { plan: { sample, rate: 5000, concurrency: 30, retries: 0 } });
    const order = wire.sent.map(({ address: to }) => to);
    const lasts = Array.from({ length: 30 }, (_, host) => order.lastIndexOf(`192.0.0.${host}`));
    expect(Math.max(...lasts)).toBeLessThan(order.indexOf('192.0.0.50'));
  });

  it('asks hosts in doubt first, for what is left of them takes longest', async () => {
    const wire = new FakeWire(({ address: to, port }) =>
      port === 3389 && to === '192.0.0.5' ? 'silence' : ({ ...refused, rttMs: 2 } as Reply),
    );
    const sample = Array.from({ length: 16 }, (_, at) => 2000 + 3000 * at);
    const { evidence } = await audit(wire, 250, {
      plan: { sample, rate: 2000, concurrency: 30, perSubnetRate: 1e6 },
    });
    const place = evidence.findIndex(({ address: to }) => to === '192.0.0.5');
    expect(place).toBeLessThan(250);
    // Seven looks one after the other, while some 180 others are asked.
    expect(place).toBeGreaterThan(30);
  });

  it('begins a host no earlier than its probes would leave', async () => {
    let begun = 0;
    let sent = 0;
    const wire = new FakeWire(() => {
      sent++;
      return { ...refused, rttMs: 2 } as Reply;
    });
    await audit(wire, 1000, {
      plan: { rate: 5000, perSubnetRate: 1e6, hostsAtOnce: 1000 },
      onEvent: ({ type }) => {
        if (type !== 'host-started') return;
        begun++;
        // Five probes each; 128 wait, and as many are under way as a round trip takes.
        expect(begun).toBeLessThan(sent / 5 + 128 + 64);
      },
    });
    expect(begun).toBe(1000);
  });

  it('emits a host while the silence of another lasts', async () => {
    const wire = new FakeWire(({ address: to }) => (to === '192.0.0.0' ? 'silence' : refused));
    const { evidence } = await audit(wire, 2);
    expect(evidence.map(({ address: to }) => to)).toEqual(['192.0.0.1', '192.0.0.0']);
  });

  it('waits less for hosts whose neighbours answered soon', async () => {
    const wire = new FakeWire(({ address: to }) => (Number(to.split('.')[3]) > 64 ? 'silence' : refused));
    await audit(wire, 75, { plan: { hostsAtOnce: 64, perHostRate: 1e6, perSubnetRate: 1e6 } });
    const waits = wire.sent
      .filter(({ address: to }) => to === '192.0.0.74')
      .map(({ timeoutMs }) => timeoutMs);
    // Twice the longest round trip of 1 ms and 75 ms, but never less than silence needs here; then 400 ms.
    expect(waits).toEqual([...Array(5).fill(100), 400, 400]);
    expect(wire.sent[0]?.timeoutMs).toBe(300);
  });
});

describe('an audit that is stopped', () => {
  it('drops hosts that were cut short, for a resumed run asks them again', async () => {
    const stop = new AbortController();
    let finished = 0;
    const { evidence, end } = await audit(new FakeWire(() => refused), 2000, {
      stop,
      plan: { hostsAtOnce: 20 },
      onEvent: ({ type }) => {
        if (type === 'host-finished' && ++finished === 100) stop.abort();
      },
    });
    expect(evidence.length).toBeGreaterThanOrEqual(100);
    expect(evidence.length).toBeLessThan(2000);
    expect(evidence.every(({ interrupted, ports }) => !interrupted && ports.length === 8)).toBe(true);
    expect(end.run.interrupted).toBe(true);
  });

  it('ends at once, whatever each host is doing', async () => {
    for (const afterMs of [1, 50, 250, 400, 700, 1500, 2500, 4000]) {
      const stop = new AbortController();
      const { wire } = new FakeNetwork({
        hosts: (to) =>
          to.endsWith('7')
            ? undefined
            : windows({
                port: (port) => (port === 3389 ? 'drop' : 'accept'),
                limit: { perSecond: 8, burst: 8 },
              }),
        loss: 0.2,
        capabilities: { ttl: true, minTtl: true },
      });
      const began = held.clock.now;
      setTimeout(() => stop.abort(), afterMs);
      await audit(wire, 100, { stop, plan: { map: true, locate: true } });
      expect(held.clock.now - began).toBeLessThan(afterMs + 200);
    }
  });

  it('ends while it is paused', async () => {
    const control = new RateControl(100_000);
    const stop = new AbortController();
    control.pause();
    setTimeout(() => stop.abort(), 30);
    const { evidence } = await audit(new FakeWire(() => refused), 50, { control, stop });
    expect(evidence).toEqual([]);
  });
});

describe('a pause', () => {
  it('lets nothing out, and goes on where it was', async () => {
    const control = new RateControl(100_000);
    const wire = new FakeWire(() => refused);
    let atPause = 0;
    let atResume = 0;
    let finished = 0;
    const { evidence } = await audit(wire, 200, {
      control,
      plan: { hostsAtOnce: 4 },
      onEvent: ({ type }) => {
        if (type !== 'host-finished' || ++finished !== 50) return;
        control.pause();
        atPause = wire.sent.length;
        setTimeout(() => {
          atResume = wire.sent.length;
          control.resume();
        }, 60_000);
      },
    });
    expect(evidence).toHaveLength(200);
    expect(atResume).toBe(atPause);
    expect(wire.paces).toEqual(new Set([100_000, 0]));
    expect(evidence.flatMap(({ ports }) => ports).every(({ reply }) => reply.kind === 'refused')).toBe(true);
  });
});

/** The most packets that left within any second. */
const mostInASecond = (times: readonly number[]): number =>
  Math.max(...times.map((from, i) => times.slice(i).filter((at) => at < from + 1000).length));

describe('rates, counted where packets leave', () => {
  const burst = { host: 48, subnet: 100 };
  const timesOf = (wire: FakeWire, isWanted: (to: string) => boolean): number[] =>
    wire.sent.filter(({ address: to }) => isWanted(to)).map(({ at }) => at);

  it('holds that of the run', async () => {
    const wire = new FakeWire(() => refused);
    await audit(wire, 100, { plan: { rate: 400 } });
    expect(mostInASecond(timesOf(wire, () => true))).toBeLessThanOrEqual(400 + 20 + 1);
    expect(held.clock.now).toBeLessThan((1000 * wire.sent.length) / 400 + 1000);
  });

  it('follows it when a person changes it', async () => {
    const control = new RateControl(100);
    const wire = new FakeWire(() => refused);
    setTimeout(() => control.setRate(1000), 2000);
    await audit(wire, 200, { control, plan: { rate: 100 } });
    const before = wire.sent.filter(({ at }) => at < 2000).length;
    expect(before).toBeGreaterThan(180);
    expect(before).toBeLessThan(210);
    expect(held.clock.now).toBeLessThan(2000 + wire.sent.length + 1000);
  });

  it('holds that of a subnet, while another subnet goes at its own', async () => {
    const wire = new FakeWire(() => refused);
    await audit(wire, 300, { plan: { perSubnetRate: 200 } });
    expect(mostInASecond(timesOf(wire, (to) => to.startsWith('192.0.0.')))).toBeLessThanOrEqual(
      200 + burst.subnet + 1,
    );
    const other = timesOf(wire, (to) => to.startsWith('192.0.1.'));
    expect(Math.max(...other)).toBeLessThan(held.clock.now);
  });

  it('holds that of a host, however many names it has', async () => {
    const wire = new FakeWire(({ port }) => (port === 3389 ? 'silence' : refused));
    const resolver = {
      resolve: async () => ({ kind: 'resolved', addresses: [{ address: '192.0.2.1', family: 4 }] }) as const,
    };
    const names = Array.from(
      { length: 20 },
      (_, i) => ({ kind: 'name', text: `pc${i}`, name: `pc${i}` }) as const,
    );
    const { evidence } = await collect(held.clock, wire, {
      hosts: names,
      resolver,
      plan: { bulk: true, perHostRate: 50 },
    });
    expect(evidence).toHaveLength(20);
    expect(mostInASecond(timesOf(wire, () => true))).toBeLessThanOrEqual(50 + burst.host + 1);
  });
});

describe('a conversation', () => {
  const talk = { limits: { totalMs: 1, idleMs: 1, maxBytes: 1 }, hold: async () => {} };
  const talking = [
    {
      name: 'endpoint-mapper',
      ports: () => [{ port: 135, why: 'required' }],
      observe: (endpoint, dial) => dial(endpoint, talk),
    },
  ] satisfies Setting['probes'];
  const seen: Reply = { kind: 'accepted', rttMs: 3, ttl: 126 };
  const askWith = async (
    connects: readonly (Reply | 'silence')[],
    seesTtl = true,
    changes: Partial<Plan> = {},
  ) => {
    let connected = 0;
    const wire = new FakeWire(({ talk: wanted }) => (wanted ? (connects[connected++] ?? 'silence') : seen), {
      seesTtl,
      talksApart: seesTtl,
    });
    const { evidence } = await collect(held.clock, wire, {
      probes: talking,
      plan: { retries: 1, ...changes },
    });
    return { one: portOf(evidence[0], 135), connected };
  };

  it('is held at once on a wire that connects', async () => {
    const { one, connected } = await askWith([accepted], false);
    expect(one).toMatchObject({ reply: { kind: 'accepted' } });
    expect(connected).toBe(1);
  });

  it.each([
    ['comes through', [{ kind: 'accepted', rttMs: 9 }], { kind: 'accepted', ttl: 126 }],
    [
      'comes through when it is sent again',
      ['silence', { kind: 'accepted', rttMs: 9 }],
      { kind: 'accepted', ttl: 126 },
    ],
    ['never comes through: an accept that was seen is no filtered port', [], { kind: 'accepted', ttl: 126 }],
    [
      'meets trouble of this machine, which says nothing about the peer',
      [fault('no-route', 'E')],
      { kind: 'unknown' },
    ],
    ['is refused by now', [refused], { kind: 'refused' }],
  ] as const)('gets a connection of its own where TTLs are seen, and it %s', async (_, connects, reply) => {
    const { one } = await askWith([...connects]);
    expect(one?.reply).toMatchObject(reply);
  });
});

describe('hosts under way', () => {
  it('are as many as the rate is enough for where nothing answers, so that silence does not decide how long it takes', async () => {
    let underWay = 0;
    let most = 0;
    await audit(new FakeWire(() => 'silence'), 1500, {
      plan: { hostsAtOnce: 16_384, concurrency: 16_384, rate: 2500, perSubnetRate: 1e6 },
      onEvent: ({ type }) => {
        if (type === 'host-started') most = Math.max(most, ++underWay);
        if (type === 'host-finished') underWay--;
      },
    });
    expect(most).toBeGreaterThan(1200);
  });
});
