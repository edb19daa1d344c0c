import { describe, expect, it } from 'vitest';
import type { PortObservation } from '../../../src/model/evidence.ts';
import type { Reply } from '../../../src/model/reply.ts';
import type { Flow } from '../../../src/model/wire.ts';
import { confirmFlows } from '../../../src/scanner/host/confirm-flows.ts';
import type { HostControl } from '../../../src/scanner/host/control.ts';
import type { HostProber, RetryPlan } from '../../../src/scanner/host/host-prober.ts';
import type { PortScan } from '../../../src/scanner/host/port-scan.ts';
import { fakeClock } from '../clock.ts';
import { accepted, exceeded, plan, refused, unreachable } from '../fakes.ts';

const held = fakeClock();
const silence: Reply = { kind: 'silent', waitedMs: 100, attempts: 1 };

const observed = (port: number, reply: Reply, changes: Partial<PortObservation> = {}): PortObservation => ({
  port,
  requirement: port === 135 ? 'endpoint-mapper' : port === 3389 ? 'remote-desktop' : 'dynamic-rpc',
  why: port === 135 || port === 3389 ? 'required' : 'sampled',
  reply,
  attempts: 1,
  ...changes,
});

interface Network {
  /** Whether a port answers on a flow, the first being 0, to a probe of that flow counted from 0. Always, if absent. */
  readonly passes?: (port: number, flow: number, turn: number) => boolean;
  /** Whether single packets over new flows are answered. */
  readonly single?: (port: number, turn: number) => boolean;
  readonly check?: 'held' | 'void' | 'stopped';
  readonly isPossible?: boolean;
  readonly isSlowed?: boolean;
  readonly isStopped?: boolean;
  readonly bulk?: boolean;
  readonly locate?: boolean;
  readonly loss?: { readonly own?: number; readonly others?: number; readonly path?: number };
  readonly routerOf?: (flow: number, ttl: number) => string;
}

/** Confirms the flows of a host with these observations. */
const confirm = async (before: readonly PortObservation[], network: Network = {}) => {
  const { passes = () => true, single = () => true, loss = {} } = network;
  const did: unknown[][] = [];
  const observations = [...before];
  const replyOf = (port: number): Reply => before.find((one) => one.port === port)?.reply ?? refused;
  const flows = new Map<number, Flow[]>();
  const turns = new Map<Flow, number>();
  const place = (port: number, flow: Flow): number => {
    const known = flows.get(port) ?? [];
    flows.set(port, known);
    if (!known.includes(flow)) known.push(flow);
    return known.indexOf(flow);
  };
  /** One packet on a flow that is known. */
  const once = (port: number, flow: Flow): Reply => {
    const turn = turns.get(flow) ?? 0;
    turns.set(flow, turn + 1);
    const reply = replyOf(port).kind === 'silent' ? accepted : replyOf(port);
    return passes(port, place(port, flow), turn) ? reply : silence;
  };
  const scan = {
    observations,
    flowOf: (port: number) => {
      const flow = flows.get(port)?.[0] ?? { sourcePort: port };
      place(port, flow);
      return flow;
    },
    setFlow: (port: number, flow: Flow) => did.push(['setFlow', port, place(port, flow)]),
    askAgain: async (port: number, waitMs: number) => {
      did.push(['again', port, waitMs]);
      const at = observations.findIndex((one) => one.port === port);
      const one = observations[at];
      if (one) observations[at] = { ...one, reply: accepted, attempts: one.attempts + 1 };
      return true;
    },
    amend: (one: PortObservation) => {
      did.push(['amend', one.port]);
      observations[observations.findIndex(({ port }) => port === one.port)] = one;
    },
  };
  const singles = new Map<number, number>();
  let packets = 0;
  const prober = {
    address: '192.0.2.1',
    signal: network.isStopped ? AbortSignal.abort() : new AbortController().signal,
    rtt: { waitMs: (attempt: number) => 70 + attempt },
    queue: { lane: { subnet: { isSlowed: network.isSlowed === true } } },
    run: { wire: { capabilities: { ttl: true } } },
    patiently: (retries: number) => ({ attempts: retries + 1, waitMs: () => 100 }),
    ask: async (port: number, { attempts }: RetryPlan, _talk: unknown, flow: Flow) => {
      for (let used = 1; used <= attempts; used++) {
        const reply = once(port, flow);
        if (reply.kind !== 'silent') return { reply, attempts: used, lost: used - 1 };
      }
      return { reply: silence, attempts, lost: 0 };
    },
    probe: async (port: number, { flow, ttl }: { readonly flow?: Flow; readonly ttl?: number } = {}) => {
      packets++;
      if (flow && ttl !== undefined) {
        const at = place(port, flow);
        if (ttl >= 3) return passes(port, at, 99) ? replyOf(port) : silence;
        return exceeded(network.routerOf?.(at, ttl) ?? `10.0.${ttl}.1`);
      }
      if (flow && flows.get(port)?.includes(flow)) return once(port, flow);
      const turn = singles.get(port) ?? 0;
      singles.set(port, turn + 1);
      return single(port, turn) ? replyOf(port) : silence;
    },
  };
  const control = {
    isPossible: network.isPossible !== false,
    leaveOut: (port: number) => did.push(['leaveOut', port]),
    check: async () => {
      did.push(['check']);
      return network.check ?? 'held';
    },
  };
  const result = await held.clock.run(
    confirmFlows(
      scan as unknown as PortScan,
      prober as unknown as HostProber,
      control as unknown as HostControl,
      plan({ bulk: network.bulk === true, locate: network.locate === true }),
      { own: () => loss.own ?? 0, others: () => loss.others ?? 0, path: () => loss.path ?? 0 },
    ),
  );
  const of = (port: number) => observations.find((one) => one.port === port);
  return {
    did,
    of,
    flowsOf: (port: number) => of(port)?.flows,
    amended: did.flatMap(([what, port]) => (what === 'amend' ? [port] : [])),
    packets,
    hops: result?.hops,
    flowsTo: (port: number) => flows.get(port)?.length ?? 0,
  };
};

const listener = observed(135, accepted);
/** Sampled ports from 2000 on, refused or silent. */
const sample = (replies: string): PortObservation[] =>
  [...replies].map((one, at) => observed(2000 + at, one === 's' ? silence : refused));

describe('ports that are probed over further flows', () => {
  it('are the required ones over eight, unless they were rejected', async () => {
    const both = await confirm([listener, observed(3389, refused)]);
    expect([both.flowsOf(135), both.flowsOf(3389)]).toEqual([
      { asked: 8, answered: 8 },
      { asked: 8, answered: 8 },
    ]);
    expect(both.of(135)?.attempts).toBe(8);
    expect(both.did).toEqual([
      ['amend', 135],
      ['amend', 3389],
    ]);
    const rejected = await confirm([listener, observed(3389, unreachable(13))]);
    expect([rejected.flowsTo(3389), rejected.amended]).toEqual([0, [135]]);
    const silent = await confirm([listener, observed(3389, silence)], { passes: (port) => port === 135 });
    expect([silent.flowsTo(3389), silent.amended]).toEqual([8, [135]]);
  });

  it('are silent ones of the sample, eight at most over four, where silence is not expected', async () => {
    const silent = { passes: (port: number) => port === 135 };
    const flows = async (observations: readonly PortObservation[]) => {
      const { flowsTo } = await confirm(observations, silent);
      return observations.map(({ port }) => flowsTo(port));
    };
    expect(await flows([listener, ...sample('srs')])).toEqual([8, 0, 0, 0]);
    expect(await flows([listener, ...sample('srsr')])).toEqual([8, 4, 0, 4, 0]);
    const many = await flows([listener, ...sample('srsssssssssssssr')]);
    expect(many.filter((count) => count === 4)).toHaveLength(8);
    // A required one has eight, and no more.
    const required = [
      listener,
      ...sample('rr').map((one, at) => ({ ...one, port: 2000 + 2000 * at })),
      observed(3389, silence),
    ];
    expect(await flows(required)).toEqual([8, 0, 0, 8]);
    const keyed = observed(9000, accepted, { finding: { kind: 'responder', speech: 'spoke' } });
    expect(await flows([keyed, ...sample('ss')])).toEqual([0, 4, 4]);
  });
});

describe('a port that answers on some flows only', () => {
  const thirdSilent: Network = { passes: (port, flow) => port !== 3389 || flow !== 3 };
  const both = [listener, observed(3389, refused)];

  it('is no control, and its silent flows stand while controls hold', async () => {
    const { did, flowsOf, packets } = await confirm(both, thirdSilent);
    expect(did.slice(0, 2)).toEqual([['leaveOut', 3389], ['check']]);
    expect([flowsOf(3389), flowsOf(135), packets]).toEqual([
      { asked: 8, answered: 7 },
      { asked: 8, answered: 8 },
      0,
    ]);
    const alone = await confirm(both, { ...thirdSilent, isPossible: false, check: 'stopped' });
    expect([alone.did[1], alone.flowsOf(3389)]).toEqual([['amend', 135], { asked: 8, answered: 7 }]);
  });

  it.each(['void', 'stopped'] as const)('is as it was where controls are %s', async (check) => {
    const { amended, flowsOf } = await confirm(both, { ...thirdSilent, check });
    expect([amended, flowsOf(3389)]).toEqual([[135], undefined]);
  });

  it('is probed once more beside flows that answer, where anything was lost', async () => {
    for (const loss of [{ own: 0.01 }, { path: 0.01 }]) {
      const { packets, flowsOf } = await confirm(both, { ...thirdSilent, loss });
      expect([packets > 0, flowsOf(3389)]).toEqual([true, { asked: 8, answered: 7 }]);
    }
    // A flow that was late shows loss, too.
    const late = await confirm(both, {
      passes: (port, flow, turn) => port !== 3389 || (flow !== 3 && (flow !== 4 || turn > 0)),
      single: (port) => port !== 3389,
    });
    expect([late.packets > 0, late.flowsOf(3389)]).toEqual([true, { asked: 8, answered: 7 }]);
  });

  it('is not where a limit slowed its subnet down: then nothing is said', async () => {
    const { packets, amended } = await confirm(both, {
      ...thirdSilent,
      loss: { path: 0.01 },
      isSlowed: true,
    });
    expect([packets, amended]).toEqual([0, [135]]);
  });

  it('is not confirmed where all its flows are silent', async () => {
    const { packets, did } = await confirm([listener, observed(3389, silence, { attempts: 7 })], {
      passes: (port) => port === 135,
      loss: { path: 0.01 },
    });
    expect([packets, did]).toEqual([0, [['amend', 135]]]);
  });

  it('but not on the first is spoken to over one that passes', async () => {
    const { did, of } = await confirm([listener, observed(3389, silence, { attempts: 7 })], {
      passes: (port, flow) => port === 135 || flow > 0,
    });
    expect(did).toContainEqual(['setFlow', 3389, 1]);
    expect(did).toContainEqual(['again', 3389, 71]);
    expect(of(3389)).toMatchObject({
      reply: { kind: 'accepted' },
      attempts: 8 + 7,
      flows: { asked: 8, answered: 7 },
    });
  });

  it('is placed by traces of two such flows, where filters are located', async () => {
    const located: Network = {
      ...thirdSilent,
      // Flows 2 and 3 take another second router.
      passes: (port, flow) => port !== 3389 || flow !== 3,
      routerOf: (flow, ttl) => (ttl === 2 && flow === 3 ? '10.0.2.9' : `10.0.${ttl}.1`),
    };
    const { hops, flowsOf } = await confirm(both, { ...located, locate: true });
    // One silent flow is too few to name a router.
    expect(flowsOf(3389)).toEqual({ asked: 8, answered: 7 });
    expect(new Set(hops?.map(({ address }) => address))).toEqual(
      new Set(['10.0.1.1', '10.0.2.1', '10.0.2.9', null]),
    );
    const two = await confirm(both, {
      passes: (port, flow) => port !== 3389 || (flow !== 3 && flow !== 4),
      routerOf: (flow, ttl) => (ttl === 2 && (flow === 3 || flow === 4) ? '10.0.2.9' : `10.0.${ttl}.1`),
      locate: true,
    });
    expect(two.flowsOf(3389)).toEqual({ asked: 8, answered: 6, over: '10.0.2.9' });
    expect((await confirm(both, located)).hops).toEqual([]);
    expect((await confirm(both, { locate: true })).hops).toEqual([]);
  });
});

describe('a port of which flows were late', () => {
  // A required port is on its first flow, and late on so many others.
  const late = (flows: number, first = observed(3389, refused)) =>
    [
      [listener, first],
      { passes: (port: number, flow: number, turn: number) => port !== 3389 || flow > flows || turn > 0 },
    ] as const;

  it('is compared packet by packet with one that answers, where loss does not explain it', async () => {
    // No further flow is asked twice where the first one answers, so they are silent until they are asked again.
    const [observations, network] = late(1);
    const dropped = await confirm(observations, { ...network, single: (port) => port !== 3389 });
    expect(dropped.flowsOf(3389)).toEqual({ asked: 9, answered: 0, control: 9 });
    expect(dropped.flowsOf(135)).toEqual({ asked: 8, answered: 8 });
    const same = await confirm(observations, network);
    expect(same.flowsOf(3389)).toEqual({ asked: 8, answered: 8 });
    expect(same.packets).toBe(2 * 16);
    const explained = await confirm(observations, { ...network, loss: { path: 0.1 } });
    expect([explained.packets, explained.flowsOf(3389)]).toEqual([0, { asked: 8, answered: 8 }]);
  });

  it('is compared in an audit only from two on, and not for as long', async () => {
    const [observations, network] = late(1);
    expect((await confirm(observations, { ...network, bulk: true })).packets).toBe(0);
    const [two, more] = late(2);
    expect((await confirm(two, { ...more, bulk: true })).packets).toBe(2 * 8);
  });

  it('is compared on a path that loses packets only if as many more flows are late, too', async () => {
    const lossy = { bulk: true, loss: { path: 0.02 } };
    const [observations, network] = late(2);
    const byChance = await confirm(observations, { ...network, ...lossy });
    expect([byChance.packets, byChance.flowsTo(3389)]).toEqual([0, 1 + 7 + 8]);
    expect(byChance.of(3389)).toMatchObject({ attempts: 1 + 9 + 8, flows: { asked: 8, answered: 8 } });
    const [every, all] = late(99);
    const single = (port: number) => port !== 3389;
    const found = await confirm(every, { ...all, ...lossy, single });
    expect(found.flowsOf(3389)).toEqual({ asked: 9, answered: 0, control: 9 });
  });

  it('is not compared where no other port answers', async () => {
    const [[, first], network] = late(1);
    const { packets, flowsOf } = await confirm([first, observed(135, silence)], {
      passes: (port, flow, turn) => port !== 135 && network.passes(port, flow, turn),
    });
    expect([packets, flowsOf(3389)]).toEqual([0, { asked: 8, answered: 8 }]);
  });
});

describe('sampled ports that were late', () => {
  /** Of so many ports, each lost so many probes before it answered. */
  const sampled = (lost: readonly number[]) =>
    lost.map((each, at) => observed(2000 + at, refused, { lost: each, attempts: each + 1 }));
  const compare = async (lost: readonly number[], network: Network = {}) => {
    const found = await confirm([listener, ...sampled(lost)], {
      single: (port) => port === 135,
      ...network,
    });
    return found.amended.filter((port) => port !== 135);
  };

  it('have the one compared that was probed most often, from two on and a tenth of the sample', async () => {
    expect(await compare([1, 0, 0, 0])).toEqual([]);
    expect(await compare([1, 2, 0, 0])).toEqual([2001]);
    expect(await compare([2, 1, 2, 0])).toEqual([2000]);
    expect(await compare([1, 1, ...Array(19).fill(0)])).toEqual([]);
    expect(await compare([1, 1, ...Array(18).fill(0)])).toEqual([2000]);
  });

  it('are loss where the loss of others explains them', async () => {
    expect(await compare([1, 1, 0, 0], { loss: { others: 0.2 } })).toEqual([]);
    expect(await compare([1, 1, 0, 0], { loss: { others: 0.05 } })).toEqual([2000]);
  });

  it('are as they were where the comparison proves nothing', async () => {
    expect(await compare([1, 1, 0, 0], { single: () => true })).toEqual([]);
  });

  it('are compared with the port of another kind that lost least', async () => {
    const asked: number[] = [];
    await confirm(
      [observed(135, accepted, { lost: 2 }), observed(3389, accepted, { lost: 1 }), ...sampled([1, 1, 0, 0])],
      {
        single: (port) => {
          asked.push(port);
          return port !== 2000;
        },
        bulk: true,
      },
    );
    expect(new Set(asked)).toEqual(new Set([2000, 3389]));
    const other: number[] = [];
    await confirm(
      [observed(135, accepted, { lost: 1 }), observed(3389, accepted, { lost: 2 }), ...sampled([1, 1, 0, 0])],
      { single: (port) => other.push(port) > 0 && port !== 2000, bulk: true },
    );
    expect(new Set(other)).toEqual(new Set([2000, 135]));
  });

  it('are left alone, like all others, once the run is stopped', async () => {
    const { did, packets } = await confirm([listener, observed(3389, refused)], { isStopped: true });
    expect([did, packets]).toEqual([[], 0]);
  });
});
