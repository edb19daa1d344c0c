import { describe, expect, it } from 'vitest';
import type { Target } from '../../src/model/target.ts';
import type { Pinger } from '../../src/model/wire.ts';
import { RateControl } from '../../src/scanner/limits/rate-control.ts';
import { scan } from '../../src/scanner/scan.ts';
import { fakeClock } from './clock.ts';
import { collect, portOf } from './collect.ts';
import {
  accepted,
  address,
  all,
  FakeWire,
  fakeProbes,
  fault,
  noNames,
  noPing,
  plan,
  refused,
  run,
  unreachable,
} from './fakes.ts';
import { hosts, PROBES } from './few-hosts.ts';

const held = fakeClock();

describe('scan', () => {
  it('asks each port once when everything answers, and the required ones over eight flows', async () => {
    const wire = new FakeWire(() => refused);
    const { events, evidence, end } = await collect(held.clock, wire);
    expect(wire.ports).toEqual([135, 1100, 3000, 3389, 20_000, 30_000, 50_000, 60_000]);
    expect(wire.sent).toHaveLength(PROBES);
    for (const required of [135, 3389]) {
      const flows = wire.sent.filter(({ port }) => port === required).map(({ sourcePort }) => sourcePort);
      expect(new Set(flows).size).toBe(8);
      expect(portOf(evidence[0], required)?.flows).toEqual({ asked: 8, answered: 8 });
    }
    expect(portOf(evidence[0], 20_000)).toMatchObject({ attempts: 1 });
    expect(portOf(evidence[0], 20_000)?.flows).toBeUndefined();
    expect(end.run.probesSent).toBe(PROBES);
    expect(events.map(({ type }) => type)).toEqual([
      'run-started',
      'host-started',
      'asking',
      'echoed',
      // The flows of 135 and 3389 are told as a better word on the same port.
      ...Array.from({ length: 8 + 2 }, () => 'answered'),
      'host-finished',
      'run-finished',
    ]);
  });

  it('asks silence again on the same flow, and takes the late answer', async () => {
    const wire = new FakeWire(({ port, turn }) => (port === 20_000 && turn === 0 ? 'silence' : refused));
    const { evidence } = await collect(held.clock, wire);
    expect(portOf(evidence[0], 20_000)).toMatchObject({ reply: { kind: 'refused' }, attempts: 2, lost: 1 });
    const [first, second] = wire.sent.filter(({ port }) => port === 20_000);
    expect([first?.attempt, second?.attempt]).toEqual([0, 1]);
    expect(second?.sourcePort).toBe(first?.sourcePort);
    expect(evidence[0]?.lossEstimate).toBeCloseTo(1 / 9);
  });

  it('waits longer for each repetition (RFC 6298)', async () => {
    const wire = new FakeWire(({ port }) => (port === 3389 ? 'silence' : refused));
    await collect(held.clock, wire, { plan: { sample: [20_000] } });
    const waits = wire.sent
      .filter(({ port, attempt }) => port === 3389 && attempt)
      .map(({ timeoutMs }) => timeoutMs);
    // The host has answered after 1 ms: 100 ms of margin, doubled.
    expect(waits.slice(0, 2).map(Math.round)).toEqual([202, 404]);
  });

  it('asks a lone silence more often than the retries before it stands', async () => {
    const only = (silences: number) =>
      new FakeWire(({ port, turn }) => (port === 20_000 && turn < silences ? 'silence' : refused));
    const lone = await collect(held.clock, only(99));
    expect(portOf(lone.evidence[0], 20_000)).toMatchObject({
      reply: { kind: 'silent', attempts: 7 },
      attempts: 7,
    });
    const found = await collect(held.clock, only(6));
    expect(portOf(found.evidence[0], 20_000)).toMatchObject({ reply: { kind: 'refused' }, attempts: 7 });
    const plain = await collect(held.clock, only(99), { plan: { retries: 0 } });
    expect(portOf(plain.evidence[0], 20_000)).toMatchObject({ reply: { kind: 'silent' }, attempts: 1 });
  });

  it('lets neighbouring silent ports speak for each other', async () => {
    const wire = new FakeWire(({ port }) => (port >= 20_000 && port < 60_000 ? 'silence' : refused));
    const { evidence } = await collect(held.clock, wire);
    expect([20_000, 30_000, 50_000].map((port) => portOf(evidence[0], port)?.attempts)).toEqual([4, 4, 4]);
  });

  it('leaves a host that never answers alone after two rounds, the last of which waits as long as it may', async () => {
    const wire = new FakeWire(() => 'silence');
    const { evidence } = await collect(held.clock, wire, { plan: { retries: 5, timeoutMs: 7000 } });
    expect(evidence[0]?.ports.every(({ attempts }) => attempts === 2)).toBe(true);
    expect(wire.sent).toHaveLength(16);
    expect(
      new Set(wire.sent.filter(({ attempt }) => attempt === 1).map(({ timeoutMs }) => timeoutMs)),
    ).toEqual(new Set([7000]));
    expect(evidence[0]?.control).toBeNull();
  });

  it('never blames the target for a shortage on this machine: everything is asked in the end', async () => {
    let inFlight = 0;
    const wire = new FakeWire(() => {
      if (inFlight >= 8) return fault('descriptors', 'EMFILE');
      inFlight++;
      setTimeout(() => inFlight--, 1);
      return refused;
    });
    const { evidence, events } = await collect(held.clock, wire, { hosts: hosts(40) });
    expect(evidence).toHaveLength(40);
    const replies = evidence.flatMap(({ ports }) => ports).map(({ reply }) => reply.kind);
    expect(replies).toHaveLength(40 * 8);
    expect(new Set(replies)).toEqual(new Set(['refused']));
    expect(events.some((event) => event.type === 'notice' && event.text.includes('EMFILE'))).toBe(true);
  });

  it.each(['too-fast', 'self-connect', 'same-flow'] as const)(
    'sends a probe again after %s, and calls it no shortage',
    async (kind) => {
      const wire = new FakeWire(({ port, turn }) =>
        port === 135 && turn === 0 ? fault(kind, 'X') : refused,
      );
      const { evidence, events } = await collect(held.clock, wire, { hosts: hosts(40) });
      const replies = evidence.flatMap(({ ports }) => ports).map(({ reply }) => reply.kind);
      expect(new Set(replies)).toEqual(new Set(['refused']));
      expect(wire.sent.filter(({ port, turn }) => port === 135 && turn === 1)).toHaveLength(40);
      expect(events.filter(({ type }) => type === 'notice')).toEqual([]);
    },
  );

  it('does not end while a probe waits for a shortage to pass', async () => {
    const wire = new FakeWire(({ port, turn }) =>
      port === 60_000 && turn < 20 ? fault('descriptors', 'EMFILE') : refused,
    );
    const { evidence } = await collect(held.clock, wire);
    expect(portOf(evidence[0], 60_000)).toMatchObject({ reply: { kind: 'refused' }, attempts: 1, lost: 0 });
  });

  it('gives a probe up that met nothing but shortages for a minute, however long it had waited for its turn', async () => {
    const short = new FakeWire(() => fault('descriptors', 'EMFILE'));
    const { evidence } = await collect(held.clock, short);
    expect(new Set(evidence[0]?.ports.map(({ reply }) => reply.kind))).toEqual(new Set(['unknown']));
    expect(held.clock.now).toBeGreaterThan(60_000);
    expect(held.clock.now).toBeLessThan(70_000);

    const control = new RateControl(100_000);
    control.pause();
    setTimeout(() => control.resume(), 100_000);
    const late = new FakeWire(({ turn }) => (turn === 0 ? fault('descriptors', 'EMFILE') : refused));
    const paused = await collect(held.clock, late, { control });
    expect(new Set(paused.evidence[0]?.ports.map(({ reply }) => reply.kind))).toEqual(new Set(['refused']));
  });

  it('keeps a fault that will not pass as what it is', async () => {
    const { evidence } = await collect(held.clock, new FakeWire(() => fault('no-route', 'ENETUNREACH')));
    expect(evidence[0]?.ports.every(({ reply }) => reply.kind === 'unknown')).toBe(true);
  });

  it('stays within the windows for one host and for all', async () => {
    const wire = new FakeWire(() => refused);
    await collect(held.clock, wire, { hosts: hosts(20), plan: { concurrency: 7, perHost: 3 } });
    expect(wire.peak).toEqual({ all: 7, host: 3 });
  });

  it('gives every target its evidence when interrupted, with what was learnt by then', async () => {
    const stop = new AbortController();
    const wire = new FakeWire(({ address: at, port }) =>
      at === '192.0.2.1' && port < 30_000 ? accepted : 'silence',
    );
    setTimeout(() => stop.abort(), 500);
    const { evidence, end } = await collect(held.clock, wire, { hosts: hosts(100), stop });
    expect(evidence).toHaveLength(100);
    expect(end.run.interrupted).toBe(true);
    expect(evidence.every(({ interrupted }) => interrupted)).toBe(true);
    const first = evidence.find(({ address: at }) => at === '192.0.2.1');
    expect(portOf(first, 135)?.reply.kind).toBe('accepted');
    expect(evidence.flatMap(({ ports }) => ports).some(({ reply }) => reply.kind === 'unknown')).toBe(false);
    expect(held.clock.now).toBeLessThan(700);
  });

  it('has let go of the wire when who read has left', async () => {
    const wire = new FakeWire(({ port }) => (port === 135 ? refused : 'silence'));
    let isRunning = false;
    const begin = wire.run.bind(wire);
    wire.run = async (probes, options) => {
      isRunning = true;
      const end = await begin(probes, options);
      // A wire needs a moment to end.
      await new Promise((resolve) => setTimeout(resolve, 50));
      isRunning = false;
      return end;
    };
    const control = new RateControl(1000);
    const deps = { wire, resolver: noNames, pinger: noPing, probes: fakeProbes, guard: () => null, control };
    const { signal } = new AbortController();
    const read = async (): Promise<void> => {
      for await (const event of scan(all([address('192.0.2.1')]), plan(), deps, run, signal)) {
        if (event.type === 'answered') throw new Error('the disk is full');
      }
    };
    await expect(held.clock.run(read())).rejects.toThrow('the disk is full');
    expect(wire.sent.length).toBeGreaterThan(0);
    expect(isRunning).toBe(false);
  });

  it('stops asking when nobody reads any more', async () => {
    const wire = new FakeWire(() => 'silence');
    const deps = {
      wire,
      resolver: noNames,
      pinger: noPing,
      probes: fakeProbes,
      guard: () => null,
      control: new RateControl(1000),
    };
    const read = async (): Promise<void> => {
      for await (const event of scan(
        all([address('192.0.2.1')]),
        plan(),
        deps,
        run,
        new AbortController().signal,
      )) {
        if (event.type === 'asking') return;
      }
    };
    await held.clock.run(read());
    const sent = wire.sent.length;
    await held.clock.pass(10_000);
    expect(wire.sent).toHaveLength(sent);
    expect(held.clock.pending).toBe(0);
  });

  it('throws a bug to its reader instead of hanging, wherever it is', async () => {
    const bug = (): never => {
      throw new TypeError('bug');
    };
    const name: Target = { kind: 'name', text: 'PC1', name: 'pc1' };
    const ok = new FakeWire(() => refused);
    await expect(collect(held.clock, new FakeWire(bug))).rejects.toThrow('bug');
    await expect(collect(held.clock, ok, { guard: bug })).rejects.toThrow('bug');
    await expect(
      collect(held.clock, ok, { hosts: [name], resolver: { resolve: async () => bug() } }),
    ).rejects.toThrow('bug');
    await expect(
      collect(held.clock, ok, { probes: [{ name: 'endpoint-mapper', ports: bug, observe: bug }] }),
    ).rejects.toThrow('bug');
    const pinger: Pinger = { echo: async () => bug(), close: () => {} };
    await expect(collect(held.clock, ok, { pinger, plan: { ping: true } })).rejects.toThrow('bug');
  });
});

describe('soft ICMP errors', () => {
  it('are asked about again, later, and may heal', async () => {
    const wire = new FakeWire(({ at }) => (at < 700 ? unreachable(1) : refused));
    const { evidence } = await collect(held.clock, wire);
    expect(evidence[0]?.ports.every(({ reply }) => reply.kind === 'refused')).toBe(true);
  });

  it('stand when they do not', async () => {
    const wire = new FakeWire(() => unreachable(1));
    const { evidence } = await collect(held.clock, wire);
    expect(evidence[0]?.ports.every(({ reply }) => reply.kind === 'rejected')).toBe(true);
    expect(wire.sent).toHaveLength(3 * 8);
  });

  it('do not hide a filter: a prohibition is final at once', async () => {
    const wire = new FakeWire(({ port }) => (port === 3389 ? unreachable(13) : refused));
    await collect(held.clock, wire);
    expect(wire.sent.filter(({ port }) => port === 3389)).toHaveLength(1);
  });
});
