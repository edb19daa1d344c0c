import { describe, expect, it } from 'vitest';
import type { PortObservation } from '../../../src/model/evidence.ts';
import type { Plan } from '../../../src/model/plan.ts';
import type { PlannedPort } from '../../../src/model/probe.ts';
import type { Reply } from '../../../src/model/reply.ts';
import type { Echo } from '../../../src/model/wire.ts';
import type { HostEcho } from '../../../src/scanner/host/echo.ts';
import { FirstLooks } from '../../../src/scanner/host/first-looks.ts';
import type { HostProber, RetryPlan } from '../../../src/scanner/host/host-prober.ts';
import type { Neighbours } from '../../../src/scanner/host/neighbours.ts';
import type { PortScan } from '../../../src/scanner/host/port-scan.ts';
import { fakeClock } from '../clock.ts';
import { accepted, plan, refused, SAMPLE, unreachable } from '../fakes.ts';

const held = fakeClock();
const silence: Reply = { kind: 'silent', waitedMs: 100, attempts: 1 };
const NO_ECHO: Echo = { kind: 'no-reply', waitedMs: 1 };

const observed = (port: number, reply: Reply, attempts = 1): PortObservation => ({
  port,
  requirement: 'dynamic-rpc',
  why: port === 135 || port === 3389 ? 'required' : 'sampled',
  reply,
  attempts,
});

const SILENT = [observed(135, silence), observed(3389, silence)];

interface Host {
  readonly plan?: Partial<Plan>;
  readonly observations?: readonly PortObservation[];
  readonly isAlive?: boolean;
  readonly echo?: Echo;
  readonly isSlowed?: boolean;
  /** Of its subnet, and of all hosts. */
  readonly controls?: { readonly own?: [asked: number, answered: number]; readonly all?: [number, number] };
  /** The look, from 1 on, after which a neighbour of all is known. */
  readonly knownAfter?: number;
  readonly aliveAfterLook?: number;
}

/** Looks at a host whose neighbours make the first look last 300 ms and the last 2000. */
const looksAt = (host: Host) => {
  const did: unknown[][] = [];
  const stop = new AbortController();
  let looks = 0;
  let noteFirst = (): void => {};
  const groupOf = (name: string, counts?: [number, number]) => {
    let [asked, answered] = counts ?? [0, 0];
    return {
      sent: 5,
      get hasControl() {
        return (
          counts !== undefined ||
          (name === 'all' && host.knownAfter !== undefined && looks >= host.knownAfter)
        );
      },
      get controls() {
        return { asked, answered };
      },
      controlLook: async () => {
        looks++;
        did.push(['control', name]);
        if (host.knownAfter === looks) [asked, answered] = [9, 9];
      },
    };
  };
  const groups = { own: groupOf('own', host.controls?.own), all: groupOf('all', host.controls?.all) };
  const observations = [...(host.observations ?? SILENT)];
  const asked: [
    (planned: PlannedPort) => RetryPlan | Promise<RetryPlan>,
    (planned: PlannedPort) => boolean,
  ][] = [];
  const scan = {
    observations,
    get isAlive() {
      return host.isAlive === true || (host.aliveAfterLook !== undefined && looks >= host.aliveAfterLook);
    },
    askAll: async (...how: (typeof asked)[number]) => {
      asked.push(how);
      did.push(['all']);
      await new Promise((resolve) => setTimeout(resolve, 400));
    },
    askAgain: async (port: number, waitMs: number) => {
      did.push(['again', port, waitMs]);
      const at = observations.findIndex((one) => one.port === port);
      const before = observations[at];
      if (before) observations[at] = { ...before, attempts: before.attempts + 1 };
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      return true;
    },
  };
  const prober = {
    ...{ address: '192.0.2.1', family: 4, signal: stop.signal, sent: 8, isAnswering: host.isAlive === true },
    isHost: (from: string) => from === '192.0.2.1',
    queue: {
      reach: (stage: string) => did.push(['reach', stage]),
      lane: { subnet: { isSlowed: host.isSlowed === true } },
    },
    rtt: { bounded: (ms: number) => ms, waitMs: (attempt: number) => 77 + attempt },
    firstAnswer: new Promise<void>((resolve) => {
      noteFirst = resolve;
    }),
    patiently: (retries: number) => ({ attempts: retries + 1, waitMs: () => 0 }),
  };
  const echo = {
    start: (ms: number) => did.push(['echo', ms]),
    result: async () => host.echo ?? NO_ECHO,
  };
  const neighbours = {
    ...{ of: () => groups.own, all: groups.all },
    firstLookMs: () => 300,
    lastLookMs: (_: unknown, ceilingMs: number) => Math.min(2000, ceilingMs),
  };
  const first = new FirstLooks(
    prober as unknown as HostProber,
    plan({ retries: 1, ...host.plan }),
    scan as unknown as PortScan,
    echo as unknown as HostEcho,
    neighbours as unknown as Neighbours,
  );
  return { first, did, asked, groups, stop, noteFirst };
};

/** All that a look at many hosts did, and how often silence was noted. */
const askMany = async (host: Host) => {
  const looks = looksAt(host);
  let silences = 0;
  await held.clock.run(looks.first.askMany(() => silences++));
  return { ...looks, silences };
};

const LOOK = [
  ['again', 135, 2000],
  ['again', 3389, 2000],
];

describe('the first look at a host of an audit', () => {
  it('goes to the required ports and to one in each third of the sample, and to all once it lives', async () => {
    const dueOf = async (isAlive: boolean): Promise<number[]> => {
      const { asked } = await askMany({ isAlive });
      const isDue = asked[0]?.[1] ?? (() => false);
      return SAMPLE.filter((port) => isDue({ port, why: 'sampled' }));
    };
    expect(await dueOf(false)).toEqual([3000, 30_000, 60_000]);
    expect(await dueOf(true)).toEqual(SAMPLE);
    const { asked } = await askMany({});
    expect(asked[0]?.[1]({ port: 135, why: 'required' })).toBe(true);
  });

  it('waits as the neighbours say, and like any other probe once the host lives', async () => {
    const waitOf = async (isAlive: boolean) => {
      const { asked } = await askMany({ isAlive });
      const asking = await asked[0]?.[0]({ port: 135, why: 'required' });
      return [asking?.attempts, asking?.waitMs(0)];
    };
    expect([await waitOf(false), await waitOf(true)]).toEqual([
      [1, 300],
      [1, 77],
    ]);
  });

  it('is known to have met silence, when it left, and how much was sent', async () => {
    const silent = await askMany({ plan: { retries: 0 } });
    expect([silent.silences, silent.first.lookedAt]).toEqual([1, 400 - 300]);
    expect([silent.groups.own.sent, silent.groups.all.sent]).toEqual([13, 13]);
    expect((await askMany({ isAlive: true })).silences).toBe(0);
  });
});

describe('a host of an audit that lives', () => {
  const mixed = [
    observed(135, silence),
    observed(1100, refused),
    observed(2000, unreachable(1)),
    observed(3389, accepted),
  ];

  it('is probed again where it was silent, or a router knew no way, and then on all ports', async () => {
    const { did, asked } = await askMany({ isAlive: true, observations: mixed });
    expect(did).toEqual([['all'], ['again', 135, 77], ['again', 2000, 77], ['reach', 'alive'], ['all']]);
    expect((await asked[1]?.[0]({ port: 1, why: 'sampled' }))?.waitMs(0)).toBe(77);
  });

  it('is not where there are no retries', async () => {
    const { did } = await askMany({ isAlive: true, observations: mixed, plan: { retries: 0 } });
    expect(did).toEqual([['all'], ['reach', 'alive'], ['all']]);
  });

  it('is probed on all ports when only its echo shows that', async () => {
    const { did } = await askMany({ echo: { kind: 'reply', rttMs: 1 }, plan: { retries: 0 } });
    expect(did).toEqual([['all'], ['echo', 1000], ['reach', 'alive'], ['all']]);
  });
});

describe('a quiet host of an audit', () => {
  it('gets a second look beside an echo that lasts as long, a second at most', async () => {
    expect((await askMany({})).did).toEqual([['all'], ['echo', 1000], ...LOOK, ['control', 'all']]);
    const short = await askMany({ plan: { timeoutMs: 600 } });
    expect(short.did[1]).toEqual(['echo', 600]);
  });

  it('gets an echo and nothing else without retries', async () => {
    expect((await askMany({ plan: { retries: 0 } })).did).toEqual([['all'], ['echo', 1000]]);
  });

  it('is echoed at once in a hurry, for half as long', async () => {
    const { did } = await askMany({ plan: { inHurry: true, retries: 0 } });
    expect(did.slice(0, 2)).toEqual([['echo', 500], ['all']]);
  });

  it('is not looked at again once the run is stopped', async () => {
    const { first, did, stop } = looksAt({});
    const asking = first.askMany(() => {});
    stop.abort();
    await held.clock.run(asking);
    // What a host that answered would get again.
    expect(did.filter(([what]) => what === 'control' || what === 'echo')).toEqual([]);
  });

  it('is asked only where a required port was silent, or a router knew no way', async () => {
    const observations = [
      observed(135, unreachable(1)),
      observed(3389, unreachable(13)),
      observed(1100, silence),
    ];
    expect((await askMany({ observations })).did.filter(([what]) => what === 'again')).toEqual([
      ['again', 135, 2000],
    ]);
  });

  it('was looked at last when the last look left', async () => {
    const { first } = await askMany({});
    expect(first.lookedAt).toBe(held.clock.now - 2000);
  });
});

describe('looks at a quiet host', () => {
  const looksOf = async (host: Host) => {
    const { did } = await askMany(host);
    return {
      controls: did.filter(([what]) => what === 'control').map(([, which]) => which),
      waits: did.filter(([what, port]) => what === 'again' && port === 135).map(([, , waitMs]) => waitMs),
    };
  };

  it('end after one where neighbours answer all probes', async () => {
    expect(await looksOf({ controls: { own: [12, 12], all: [12, 0] } })).toEqual({
      controls: ['own'],
      waits: [2000],
    });
    expect(await looksOf({ controls: { all: [12, 12] } })).toEqual({ controls: ['all'], waits: [2000] });
  });

  it('are four at most where neighbours lose as much as explains the silence, the later ones shorter', async () => {
    expect(await looksOf({ controls: { own: [12, 6] } })).toEqual({
      controls: Array(4).fill('own'),
      waits: [2000, 300, 300, 300],
    });
    // Two of twelve lost: four in a row are chance once in a thousand.
    expect((await looksOf({ controls: { own: [12, 10] } })).waits).toHaveLength(3);
  });

  it('count the silences of the port that was asked most', async () => {
    const observations = [observed(135, silence, 4), observed(3389, silence, 1)];
    expect((await looksOf({ observations, controls: { own: [12, 9] } })).waits).toHaveLength(1);
  });

  it('are four as long as the last where the subnet was slowed down, whatever the neighbours answer', async () => {
    expect(await looksOf({ isSlowed: true, controls: { own: [12, 12] } })).toEqual({
      controls: Array(4).fill('own'),
      waits: Array(4).fill(2000),
    });
  });

  it('are one more where the first answer of a neighbour came during a look', async () => {
    expect(await looksOf({ knownAfter: 1 })).toEqual({ controls: ['all', 'all'], waits: [2000, 300] });
  });

  it('end when it answers', async () => {
    expect((await looksOf({ aliveAfterLook: 2, controls: { own: [12, 6] } })).waits).toHaveLength(2);
  });
});

describe('the first probes to one of a few hosts', () => {
  const askFew = async (retries: number, answersAtMs: number | null) => {
    const { first, did, asked, noteFirst } = looksAt({ plan: { retries } });
    await held.clock.run(first.askFew());
    const askingFor = asked[0]?.[0];
    if (answersAtMs !== null) setTimeout(noteFirst, answersAtMs);
    const required = await askingFor?.({ port: 135, why: 'required' });
    return { did, required: required?.attempts, sampled: askingFor?.({ port: 1100, why: 'sampled' }) };
  };

  it('go out beside an echo, the required ones as often as the retries say and the sample twice at most', async () => {
    for (const [retries, required, sampled] of [
      [0, 1, 1],
      [1, 2, 2],
      [5, 6, 2],
    ] as const) {
      const asked = await askFew(retries, null);
      expect(asked.did).toEqual([['echo', 1000], ['all']]);
      expect([asked.required, (await asked.sampled)?.attempts]).toEqual([required, sampled]);
    }
  });

  it.each([
    [20, 20],
    [null, 150],
  ])(
    'let the sample wait for the first answer (after %s ms), 150 ms at most',
    async (answersAtMs, waitMs) => {
      const { first, asked, noteFirst } = looksAt({});
      void first.askFew();
      if (answersAtMs !== null) setTimeout(noteFirst, answersAtMs);
      await held.clock.run(Promise.resolve(asked[0]?.[0]({ port: 1100, why: 'sampled' })));
      expect(held.clock.now).toBe(waitMs);
    },
  );
});
