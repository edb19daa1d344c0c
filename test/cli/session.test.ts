import { getEventListeners } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSession, type Session, type SessionOptions, withSession } from '../../src/cli/session.ts';
import type { Plan } from '../../src/model/plan.ts';
import type { HostReport } from '../../src/model/report.ts';
import type { Target } from '../../src/model/target.ts';
import { readExcludes } from '../../src/targets/read-excludes.ts';
import { all, FakeWire, plan, refused, run } from '../scanner/fakes.ts';

const lookedUp = vi.hoisted(() => ({ address: '' }));
vi.mock('../../src/wire/resolve.ts', () => ({
  systemResolver: () => ({
    resolve: async () => ({ kind: 'resolved', addresses: [{ address: lookedUp.address, family: 4 }] }),
  }),
}));
vi.mock('node:os', async (original) => ({
  ...(await original<typeof import('node:os')>()),
  networkInterfaces: () => ({ eth7: [{ address: '192.0.2.1', family: 'IPv4', cidr: '192.0.2.1/24' }] }),
}));

/** What the scan was started with. */
const started = vi.hoisted(() => ({ deps: undefined as unknown }));
vi.mock('../../src/scanner/scan.ts', async (original) => {
  const { scan, ...others } = await original<typeof import('../../src/scanner/scan.ts')>();
  const noting: typeof scan = (assignment, plan, deps, ...rest) => {
    started.deps = deps;
    return scan(assignment, plan, deps, ...rest);
  };
  return { ...others, scan: noting };
});
const pinger = vi.hoisted(() => ({ loads: 0, closed: 0 }));
vi.mock('../../src/wire/icmp.ts', () => ({
  loadPinger: async () => {
    pinger.loads++;
    return {
      echo: async () => ({ kind: 'no-reply', waitedMs: 1 }),
      close: () => pinger.closed++,
    };
  },
}));
const reverse = vi.hoisted(() => ({ closed: 0 }));
vi.mock('../../src/wire/reverse-names.ts', () => ({
  reverseNames: () => ({ of: async () => ['novice.example'], close: () => reverse.closed++ }),
}));

const name: Target = { kind: 'name', text: 'PC1', name: 'pc1' };
let wire: FakeWire;
beforeEach(() => {
  wire = new FakeWire(() => refused);
});

const jobWith = (more: Partial<SessionOptions>, planned: Partial<Plan> = {}): SessionOptions => ({
  assignment: all([name]),
  plan: plan({ retries: 0, sample: [20_000], ...planned }),
  run,
  engine: { wire, why: 'test' },
  scope: { allow: [], deny: ['192.0.2.64/28'] },
  excludes: readExcludes([{ text: '192.0.2.32', at: '--exclude' }]),
  onStopping: () => {},
  ...more,
});

/** The reports of a job with one host that can be probed. */
const reports = async ({ events }: Session): Promise<HostReport[]> => {
  lookedUp.address = '192.0.2.9';
  const all: HostReport[] = [];
  for await (const event of events) if (event.type === 'host-judged') all.push(event.report);
  return all;
};

const judged = async (address: string): Promise<HostReport | undefined> => {
  lookedUp.address = address;
  return withSession(jobWith({}), async ({ events }) => {
    let report: HostReport | undefined;
    for await (const event of events) if (event.type === 'host-judged') report = event.report;
    return report;
  });
};

describe('the address that a name leads to', () => {
  it.each([
    ['a multicast address', '224.0.0.1'],
    ['the broadcast address of everybody', '255.255.255.255'],
    ['"this network"', '0.0.0.1'],
    ['the broadcast address of an own network', '192.0.2.255'],
    ['the address of an own network', '192.0.2.0'],
    ['out of scope', '192.0.2.70'],
    ['excluded', '192.0.2.32'],
  ])('gets no packet when it is %s, and the report says why', async (_, address) => {
    const report = await judged(address);
    expect(wire.sent).toEqual([]);
    expect(report).toMatchObject({ address: null, verdict: 'undetermined' });
    expect(JSON.stringify(report?.because)).toContain(address);
  });

  it('is asked when it is a host', async () => {
    await judged('192.0.2.9');
    expect(new Set(wire.sent.map(({ address }) => address))).toEqual(new Set(['192.0.2.9']));
  });
});

describe('what sends echoes', () => {
  beforeEach(() => {
    Object.assign(pinger, { loads: 0, closed: 0 });
  });

  it('is loaded where one asks for it, and closed at the end', async () => {
    const [report] = await withSession(jobWith({}, { ping: true }), reports);
    expect(report?.address).toBe('192.0.2.9');
    expect(pinger).toMatchObject({ loads: 1, closed: 1 });
  });

  it('is not loaded where nobody asks for an echo', async () => {
    const [report] = await withSession(jobWith({}), reports);
    expect(pinger.loads).toBe(0);
    expect(report?.address).toBe('192.0.2.9');
    const { pinger: none } = started.deps as { pinger: { echo(): Promise<unknown> } };
    expect(await none.echo()).toEqual({ kind: 'not-observed', why: 'switched off with --no-ping' });
  });
});

describe('what a job brings along', () => {
  it('reaches the scan: probes of the user, and names of addresses where they are wanted', async () => {
    await withSession(jobWith({}), reports);
    expect(started.deps).toMatchObject({ extraProbes: [] });
    expect(started.deps).not.toHaveProperty('namesOf');
    reverse.closed = 0;
    const extraProbes = [{ name: 'mine' }] as unknown as NonNullable<SessionOptions['extraProbes']>;
    const [report] = await withSession(jobWith({ extraProbes: [], ptr: true }), reports);
    expect(report?.names).toEqual(['pc1', 'novice.example']);
    expect(reverse.closed).toBe(1);
    const session = await openSession(jobWith({ extraProbes }));
    await session.close();
    expect(started.deps).toMatchObject({ extraProbes });
  });

  it('has the rate of several sessions where it is one of them', async () => {
    const limiter = { rate: 7 } as unknown as NonNullable<SessionOptions['limiter']>;
    const shared = await openSession(jobWith({ limiter }));
    await shared.close();
    expect(started.deps).toMatchObject({ limiter });
    const alone = await openSession(jobWith({}));
    await alone.close();
    expect(started.deps).not.toHaveProperty('limiter');
  });

  it('joins what policy files say to each report, and leaves other events alone', async () => {
    const seen: HostReport[] = [];
    const policy = (report: HostReport): HostReport => {
      seen.push(report);
      return { ...report, target: 'by policy' };
    };
    const [report] = await withSession(jobWith({ policy }), reports);
    expect(seen).toHaveLength(1);
    expect(report?.target).toBe('by policy');
  });
});

describe('the end of a session', () => {
  const signals = (): number => process.listenerCount('SIGINT') + process.listenerCount('SIGTERM');
  afterEach(() => vi.restoreAllMocks());

  it('comes with the abort of its owner, who is told once, and gives everything back', async () => {
    const before = signals();
    const stop = new AbortController();
    const onStopping = vi.fn();
    const session = await openSession(jobWith({ stop: stop.signal, onStopping }));
    expect(signals()).toBe(before);
    expect(session.interrupt.signal.aborted).toBe(false);
    stop.abort();
    stop.signal.dispatchEvent(new Event('abort'));
    expect(session.interrupt.signal.aborted).toBe(true);
    expect(onStopping).toHaveBeenCalledOnce();
    await session.close();
    expect(getEventListeners(stop.signal, 'abort')).toEqual([]);
  });

  it('has come where its owner had aborted before', async () => {
    const session = await openSession(jobWith({ stop: AbortSignal.abort() }));
    expect(session.interrupt.signal.aborted).toBe(true);
    await session.close();
  });

  it('comes with a signal of the process where it has no owner; a second one leaves at once', async () => {
    const before = signals();
    const exit = vi.spyOn(process, 'exit').mockImplementation(() => {
      throw new Error('left');
    });
    const session = await openSession(jobWith({}));
    expect(signals()).toBe(before + 2);
    session.interrupt.stop();
    expect(() => session.interrupt.stop()).toThrow('left');
    expect(exit).toHaveBeenCalledWith(130);
    await session.close();
    expect(signals()).toBe(before);
  });

  it('closes the engine, also when reading its events fails', async () => {
    const close = vi.spyOn(wire, 'close');
    await expect(
      withSession(jobWith({}), async () => {
        throw new Error('no room left on the disk');
      }),
    ).rejects.toThrow('no room left');
    expect(close).toHaveBeenCalledOnce();
  });
});
