import { describe, expect, it } from 'vitest';
import type { Pinger } from '../../src/model/wire.ts';
import { RateControl } from '../../src/scanner/limits/rate-control.ts';
import { audit, held } from './audits.ts';
import { portOf } from './collect.ts';
import { type Answer, accepted, FakeWire, fault, refused, SAMPLE, unreachable } from './fakes.ts';
import { FakeNetwork, windows } from './network.ts';

const EVERYTHING = [135, 3389, ...SAMPLE].sort((a, b) => a - b);

/** One in each third of the sample. */
const FIRST_ASKED = [135, 3000, 3389, 30_000, 60_000];

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
