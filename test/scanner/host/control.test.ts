import { describe, expect, it } from 'vitest';
import type { PortObservation } from '../../../src/model/evidence.ts';
import { HostControl } from '../../../src/scanner/host/control.ts';
import type { HostProber } from '../../../src/scanner/host/host-prober.ts';
import { fakeClock } from '../clock.ts';
import { collect, portOf } from '../collect.ts';
import { type FakeHost, FakeNetwork, path, windows } from '../network.ts';
import { filtered, HOST, networkOf } from './filtered-host.ts';

const held = fakeClock();

describe('controls', () => {
  it('are asked beside silence that decides, and hold where the host goes on answering', async () => {
    const { wire } = networkOf(filtered());
    const { evidence, events } = await collect(held.clock, wire);
    expect(portOf(evidence[0], 3389)?.reply).toMatchObject({ kind: 'silent', attempts: 7 });
    expect(evidence[0]?.control).toMatchObject({ of: 'own', stoppedAfter: null });
    expect(evidence[0]?.control?.answered).toBeGreaterThanOrEqual(3);
    expect(events.some(({ type }) => type === 'notice')).toBe(false);
  });

  it('are not asked where nothing is in doubt', async () => {
    const { wire } = networkOf(windows());
    const { evidence } = await collect(held.clock, wire);
    expect(evidence[0]?.control).toBeNull();
    expect(wire.sent).toHaveLength(8 + 14);
  });

  it.each([10, 12, 15, 20, 25, 30])(
    'see a ban after %i probes: nothing is claimed of what fell silent',
    async (after) => {
      const { wire } = networkOf(filtered({ ban: { after }, hops: path(3) }));
      const { evidence, events } = await collect(held.clock, wire, {
        plan: { map: true, sample: [...Array(24).keys()].map((i) => 2000 + 2500 * i) },
      });
      const [host] = evidence;
      expect(host?.control?.stoppedAfter).toBeGreaterThanOrEqual(after);
      expect(host?.mapped).toEqual([]);
      expect(host?.traces).toEqual([]);
      expect(events.filter(({ type }) => type === 'notice')).toHaveLength(1);
    },
  );

  it('see a ban that begins while a range is mapped', async () => {
    const host = windows({
      port: (port) => (port > 10_000 && port < 45_000 ? 'drop' : port === 135 ? 'accept' : 'refuse'),
      ban: { after: 60 },
    });
    const { wire } = networkOf(host);
    const { evidence } = await collect(held.clock, wire, { plan: { map: true } });
    expect(evidence[0]?.control?.stoppedAfter).toBeGreaterThanOrEqual(60);
    expect(evidence[0]?.mapped).toEqual([]);
  });

  it('take back traces that ended before a ban that begins while a range is mapped', async () => {
    const host = windows({
      port: (port) => (port > 10_000 && port < 45_000 ? 'drop' : port === 135 ? 'accept' : 'refuse'),
      hops: path(3),
      ban: { after: 90 },
    });
    const { wire } = new FakeNetwork({ hosts: { [HOST]: host }, capabilities: { ttl: true } });
    const { evidence } = await collect(held.clock, wire, { plan: { map: true, locate: true } });
    expect(evidence[0]?.control?.stoppedAfter).toBeGreaterThanOrEqual(90);
    expect([evidence[0]?.traces, evidence[0]?.mapped]).toEqual([[], []]);
  });

  it('outlast a ban of three seconds, and ask the host more slowly', async () => {
    const { wire } = networkOf(filtered({ ban: { after: 13, forMs: 3000 } }));
    const { evidence, events } = await collect(held.clock, wire, { plan: { perHostRate: 100 } });
    expect(evidence[0]?.control?.stoppedAfter).toBeNull();
    expect(portOf(evidence[0], 3389)?.reply.kind).toBe('silent');
    expect(events.filter(({ type }) => type === 'notice')).toHaveLength(1);
  });

  it('see a host that goes away while it is asked', async () => {
    const { wire } = networkOf(filtered({ goesAtMs: 900 }));
    const { evidence } = await collect(held.clock, wire);
    expect(evidence[0]?.control?.stoppedAfter).not.toBeNull();
  });

  it('are one port of each kind, for a host may limit its resets only', async () => {
    // Resets stop after the sample; accepts go on.
    let resets = 0;
    const host = windows({
      port: (port) => (port === 135 ? 'accept' : port === 3389 || ++resets > 6 ? 'drop' : 'refuse'),
    });
    const { wire } = networkOf(host);
    const { evidence } = await collect(held.clock, wire);
    expect(evidence[0]?.control?.stoppedAfter).not.toBeNull();
  });

  it.each([0.05, 0.1])(
    'take loss for loss, also where half a connection blocks a flow (%d each way)',
    async (loss) => {
      const isListening = (port: number): boolean => port === 135;
      const host: FakeHost = windows({
        port: (port) => (port === 3389 ? 'drop' : isListening(port) ? 'accept' : 'refuse'),
        halfOpenMs: 1500,
      });
      const hosts = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`192.0.2.${i + 1}`, host]));
      const { wire } = new FakeNetwork({ hosts, loss, seed: 7 });
      const { evidence, events } = await collect(held.clock, wire, {
        hosts: Object.keys(hosts),
        plan: { bulk: true, rate: 20_000, perSubnetRate: 20_000 },
      });
      const stopped = evidence.filter(({ control }) => control?.stoppedAfter != null);
      expect(stopped).toEqual([]);
      expect(evidence.every((one) => portOf(one, 3389)?.reply.kind === 'silent')).toBe(true);
      if (loss < 0.1) expect(events.filter(({ type }) => type === 'notice')).toEqual([]);
    },
  );

  it('and an open port is no filtered one, because half a connection blocks the flow on which it was asked', async () => {
    const host: FakeHost = windows({
      port: (port) => ([135, 3389].includes(port) ? 'accept' : 'refuse'),
      halfOpenMs: 1500,
    });
    const hosts = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`192.0.2.${i + 1}`, host]));
    const { wire } = new FakeNetwork({ hosts, loss: 0.05, seed: 3 });
    const { evidence } = await collect(held.clock, wire, {
      hosts: Object.keys(hosts),
      plan: { bulk: true, rate: 20_000, perSubnetRate: 20_000 },
    });
    const wrong = evidence.flatMap(({ ports }) =>
      ports.filter(({ port, reply }) => [135, 3389].includes(port) && reply.kind !== 'accepted'),
    );
    expect(wrong).toEqual([]);
  });

  it('stay on the flow on which the port answered: one of two equal paths that drops it is no loss', async () => {
    const hops = [
      [{ address: '10.0.1.1' }],
      [{ address: '10.0.2.1', drops: (port: number) => port === 135 }, { address: '10.0.2.2' }],
    ];
    for (let seed = 1; seed <= 20; seed++) {
      const { wire } = networkOf(filtered({ hops }), seed);
      const { evidence } = await collect(held.clock, wire, { plan: { sample: [20_000] } });
      if (portOf(evidence[0], 135)?.reply.kind !== 'accepted') continue;
      expect(evidence[0]?.control).toMatchObject({ stoppedAfter: null });
    }
  });
});

/** So many silences of a required port decide: how many of them were followed by controls that all answered. */
const decided = 7;

describe('a limit that passes half of the packets', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'never makes silence stand that no control was answered beside (seed %i)',
    async (seed) => {
      // Half of the packets, in whatever order they come: nothing is filtered.
      const { wire } = networkOf(windows(), seed, 1 - Math.SQRT1_2);
      const { evidence } = await collect(held.clock, wire);
      const [host] = evidence;
      for (const { reply } of host?.ports ?? []) {
        if (reply.kind !== 'silent' || reply.attempts < decided) continue;
        expect(host?.control?.stoppedAfter !== null || (host?.control?.answered ?? 0) >= 3).toBe(true);
      }
    },
  );

  it.each([2, 5, 10, 20])('is seen when it is a rate of %i packets a second', async (perSecond) => {
    const { wire } = networkOf(filtered({ limit: { perSecond, burst: 5 } }));
    const { evidence } = await collect(held.clock, wire, { plan: { map: true } });
    const [host] = evidence;
    const open = host?.ports.filter(({ port }) => port !== 3389) ?? [];
    const isWrong = open.some(({ reply }) => reply.kind === 'silent' && reply.attempts >= decided);
    expect(isWrong && host?.control?.stoppedAfter === null).toBe(false);
    expect(host?.mapped.filter(({ state, exact }) => state === 'filtered' && exact)).toEqual([]);
  });
});

describe('controls of a host with a responder', () => {
  const observed = (port: number, kind: 'accepted' | 'refused', isKeyed = false): PortObservation => ({
    port,
    requirement: port === 135 ? 'endpoint-mapper' : 'dynamic-rpc',
    why: port === 135 ? 'required' : 'sampled',
    reply: kind === 'accepted' ? { kind, rttMs: 1 } : { kind, rttMs: 1, by: 'unknown' },
    attempts: 1,
    ...(isKeyed ? { finding: { kind: 'responder', speech: 'spoke' } } : {}),
  });
  const askedOf = async (observations: readonly PortObservation[]): Promise<number[]> => {
    const asked: number[] = [];
    const probe = async (port: number) => {
      asked.push(port);
      return observations.find((one) => one.port === port)?.reply;
    };
    const prober = { probe, signal: new AbortController().signal } as unknown as HostProber;
    const control = new HostControl(prober, observations, {
      flowOf: () => ({ sourcePort: null }),
      onLimit: () => {},
      firstWaitMs: () => 100,
      pathLoss: () => 0,
    });
    expect(await control.check()).toBe('held');
    return asked;
  };

  it('have one of its ports among them: it may end while TCP 135 goes on answering', async () => {
    const mapper = observed(135, 'accepted');
    expect(await askedOf([mapper, observed(2000, 'accepted'), observed(3000, 'accepted', true)])).toEqual([
      135, 3000,
    ]);
    expect(await askedOf([mapper, observed(2000, 'refused'), observed(3000, 'accepted', true)])).toEqual([
      135, 2000, 3000,
    ]);
  });

  it('are no more where one of them is its own', async () => {
    const all = [
      observed(135, 'accepted', true),
      observed(2000, 'refused'),
      observed(3000, 'accepted', true),
    ];
    expect(await askedOf(all)).toEqual([135, 2000]);
  });
});
