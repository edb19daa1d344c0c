import { describe, expect, it } from 'vitest';
import { scan } from '../../src/engine/scan.ts';
import { Throttle } from '../../src/engine/throttle.ts';
import type { ScanEvent } from '../../src/model/event.ts';
import type { HostEvidence } from '../../src/model/evidence.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { Reply } from '../../src/model/reply.ts';
import type { Endpoint, TargetSpace } from '../../src/model/target.ts';
import type { Pinger, Wire } from '../../src/model/wire.ts';
import { accepted, address, fakeProbes, fakeWire, noNames, noPing, plan, refused, run } from './fakes.ts';

const SAMPLE = [1100, 3000, 20_000, 30_000, 50_000, 60_000];
/** One in each third of the sample. */
const FIRST_ASKED = [135, 3000, 3389, 30_000, 60_000];

const spaceOf = (size: number): TargetSpace => ({
  size,
  at: (index) => address(`192.0.${index >> 8}.${index & 255}`),
});

const hostUnreachable: Reply = {
  kind: 'rejected',
  rttMs: 1,
  cause: { icmp: { version: 4, type: 3, code: 1 }, from: '192.0.2.254' },
};

interface Setting {
  readonly size?: number;
  readonly order?: Iterable<number>;
  readonly plan?: Partial<Plan>;
  readonly pinger?: Pinger;
  readonly signal?: AbortSignal;
  readonly throttle?: Throttle;
  readonly onEvent?: (event: ScanEvent) => void;
}

const collect = async (wire: Wire, setting: Setting = {}) => {
  const { size = 1 } = setting;
  const evidence: HostEvidence[] = [];
  const events = scan(
    { space: spaceOf(size), order: setting.order ?? Array(size).keys() },
    plan({ bulk: true, sample: SAMPLE, map: false, locate: false, retries: 1, ...setting.plan }),
    {
      wire,
      resolver: noNames,
      pinger: setting.pinger ?? noPing,
      probes: fakeProbes,
      guard: () => null,
      throttle: setting.throttle ?? new Throttle(100_000),
    },
    run,
    setting.signal ?? new AbortController().signal,
  );
  for await (const event of events) {
    setting.onEvent?.(event);
    if (event.type === 'host-finished') evidence.push(event.evidence);
  }
  return evidence;
};

const portsAsked = (wire: { readonly asked: readonly Endpoint[] }): number[] =>
  [...new Set(wire.asked.map(({ port }) => port))].sort((a, b) => a - b);

describe('a bulk scan', () => {
  it('asks a dead host for signs of life only', async () => {
    const wire = fakeWire(() => 'silence');
    const [evidence] = await collect(wire);
    expect(portsAsked(wire)).toEqual(FIRST_ASKED);
    expect(wire.asked).toHaveLength(2 + 2 + 3);
    expect(evidence?.ports.every(({ reply }) => reply.kind === 'silent')).toBe(true);
  });

  it('does not take the word of a router that nobody is there for a sign of life', async () => {
    const wire = fakeWire(() => hostUnreachable);
    await collect(wire);
    expect(portsAsked(wire)).toEqual(FIRST_ASKED);
    expect(wire.asked).toHaveLength(5);
  });

  it.each([
    ['an accept of 135', ({ port }: Endpoint) => (port === 135 ? accepted : 'silence')],
    ['a refusal of 3389', ({ port }: Endpoint) => (port === 3389 ? refused : 'silence')],
    ['a refusal of a dynamic port alone', ({ port }: Endpoint) => (port === 30_000 ? refused : 'silence')],
    [
      'a rejection by a filter',
      ({ port }: Endpoint): Reply | 'silence' =>
        port === 135
          ? { ...hostUnreachable, cause: { icmp: { version: 4, type: 3, code: 13 }, from: '192.0.2.254' } }
          : 'silence',
    ],
  ] as const)('asks the whole sample after %s', async (_, answer) => {
    const wire = fakeWire(answer);
    await collect(wire);
    expect(portsAsked(wire)).toEqual([135, 3389, ...SAMPLE].sort((a, b) => a - b));
  });

  it('asks the whole sample after an echo', async () => {
    const wire = fakeWire(() => 'silence');
    const pinger: Pinger = { echo: async () => ({ kind: 'reply', rttMs: 1 }), close: () => {} };
    await collect(wire, { pinger, plan: { ping: true } });
    expect(portsAsked(wire)).toEqual([135, 3389, ...SAMPLE].sort((a, b) => a - b));
  });

  it('takes numbers from the order no faster than it asks, and the next when one has ended', async () => {
    let taken = 0;
    let finished = 0;
    let most = 0;
    const order = {
      *[Symbol.iterator]() {
        for (let i = 0; i < 300; i++) {
          taken++;
          most = Math.max(most, taken - finished);
          yield i;
        }
      },
    };
    // Every tenth host is dead and takes its time; the others do not wait for it.
    const wire = fakeWire(({ address: at }) => (at.endsWith('0') ? 'silence' : refused));
    const evidence = await collect(wire, {
      size: 300,
      order,
      plan: { hostsAtOnce: 10 },
      onEvent: ({ type }) => {
        if (type === 'host-finished') finished++;
      },
    });
    expect(new Set(evidence.map(({ address: at }) => at)).size).toBe(300);
    expect(most).toBeLessThanOrEqual(20);
  });

  it('drops hosts that an abort cut short, for a resumed run asks them again', async () => {
    const stop = new AbortController();
    let finished = 0;
    const wire = fakeWire(() => refused);
    const evidence = await collect(wire, {
      size: 5000,
      signal: stop.signal,
      plan: { hostsAtOnce: 20 },
      onEvent: ({ type }) => {
        if (type === 'host-finished' && ++finished === 100) stop.abort();
      },
    });
    expect(evidence.length).toBeGreaterThanOrEqual(100);
    expect(evidence.length).toBeLessThan(5000);
    expect(evidence.every(({ interrupted, ports }) => !interrupted && ports.length === 8)).toBe(true);
  });

  it('keeps the rate of a subnet, while another subnet goes at its own', async () => {
    const sent: { at: number; subnet: string }[] = [];
    const wire = fakeWire(({ address: at }) => {
      sent.push({ at: performance.now(), subnet: at.slice(0, at.lastIndexOf('.')) });
      return refused;
    });
    await collect(wire, { size: 300, plan: { perSubnetRate: 4000 } });
    const ofSubnet = sent.filter(({ subnet }) => subnet === '192.0.0').map(({ at }) => at);
    // 256 hosts with 8 questions: the burst of a hundred at once, the others at 4,000 a second.
    expect(ofSubnet).toHaveLength(2048);
    expect((ofSubnet.at(-1) ?? 0) - (ofSubnet[0] ?? 0)).toBeGreaterThan((950 * (2048 - 110)) / 4000);
  });

  it('lets nothing out while paused, and goes on where it was', async () => {
    const throttle = new Throttle(100_000);
    const wire = fakeWire(() => refused);
    let atPause = 0;
    let atResume = 0;
    let finished = 0;
    const evidence = await collect(wire, {
      size: 200,
      throttle,
      plan: { hostsAtOnce: 4 },
      onEvent: ({ type }) => {
        if (type !== 'host-finished' || ++finished !== 50) return;
        throttle.pause();
        atPause = wire.asked.length;
        setTimeout(() => {
          atResume = wire.asked.length;
          throttle.resume();
        }, 100);
      },
    });
    expect(evidence).toHaveLength(200);
    expect(atResume - atPause).toBeLessThanOrEqual(0);
    expect(wire.asked).toHaveLength(200 * 8);
  });

  it('ends when it is stopped while paused', async () => {
    const throttle = new Throttle(100_000);
    const stop = new AbortController();
    throttle.pause();
    setTimeout(() => stop.abort(), 30);
    const evidence = await collect(
      fakeWire(() => refused),
      { size: 50, throttle, signal: stop.signal },
    );
    expect(evidence).toEqual([]);
  });
});
