import { describe, expect, it } from 'vitest';
import type { PortObservation } from '../../../src/model/evidence.ts';
import type { Reply } from '../../../src/model/reply.ts';
import type { Flow } from '../../../src/model/wire.ts';
import { HostControl } from '../../../src/scanner/host/control.ts';
import type { HostProber } from '../../../src/scanner/host/host-prober.ts';
import { fakeClock } from '../clock.ts';
import { accepted, fault, refused, unreachable } from '../fakes.ts';

const held = fakeClock();

const observed = (
  port: number,
  reply: Reply,
  why: PortObservation['why'] = port === 135 || port === 3389 ? 'required' : 'sampled',
): PortObservation => ({ port, requirement: 'dynamic-rpc', why, reply, attempts: 1 });

const silence: Reply = { kind: 'silent', waitedMs: 100, attempts: 1 };

interface Asked {
  readonly port: number;
  readonly at: number;
  readonly timeoutMs: number;
  readonly flow: Flow;
}

/** Controls of a host that answers the given probe, counted from 0, like this. */
const controlOn = (
  observations: readonly PortObservation[],
  answer: (port: number, turn: number) => Reply,
  pathLoss = 0,
) => {
  const asked: Asked[] = [];
  const stop = new AbortController();
  const counts = { slowed: 0, limits: 0 };
  const known = new Map<number, Flow>();
  const flowOf = (port: number): Flow => {
    const flow = known.get(port) ?? { sourcePort: port };
    known.set(port, flow);
    return flow;
  };
  const prober = {
    signal: stop.signal,
    sent: 77,
    rtt: { waitMs: (attempt: number) => 1000 + attempt },
    queue: { slowDown: () => counts.slowed++ },
    probe: async (port: number, { timeoutMs, flow }: { timeoutMs: number; flow: Flow }) => {
      asked.push({ port, at: held.clock.now, timeoutMs, flow });
      return answer(port, asked.length - 1);
    },
  } as unknown as HostProber;
  const control = new HostControl(prober, observations, {
    flowOf,
    onLimit: () => counts.limits++,
    firstWaitMs: () => 50,
    pathLoss: () => pathLoss,
  });
  const check = (): Promise<string | undefined> => held.clock.run(control.check());
  return { control, check, asked, counts, stop, flowOf };
};

const one = [observed(135, accepted)];

describe('the ports that are controls', () => {
  const portsOf = async (observations: readonly PortObservation[]): Promise<number[]> => {
    const { check, asked } = controlOn(
      observations,
      (port) => observations.find((each) => each.port === port)?.reply ?? silence,
    );
    await check();
    return asked.map(({ port }) => port);
  };

  it.each<[string, PortObservation[], number[]]>([
    ['135 before other required ports', [observed(80, accepted, 'required'), ...one], [135, 80]],
    [
      'a required port before one of the sample',
      [observed(1100, accepted), observed(3389, accepted)],
      [3389, 1100],
    ],
    [
      'one that accepts and one that is refused',
      [observed(1100, refused), observed(2000, refused), ...one],
      [135, 1100],
    ],
    [
      'a required port that is refused, before the sample',
      [observed(1100, refused), observed(3389, refused)],
      [3389],
    ],
    [
      'no third beside one of each kind',
      [...one, observed(1100, refused), observed(2000, accepted)],
      [135, 1100],
    ],
    [
      'two that accept, where none is refused',
      [...one, observed(1100, accepted), observed(2000, accepted)],
      [135, 1100],
    ],
    ['none that is silent or rejected', [observed(135, silence), observed(1100, unreachable(1))], []],
    [
      'none that a device resets in the name of the host',
      [observed(135, { kind: 'refused', rttMs: 1, by: 'middlebox' })],
      [],
    ],
  ])('are %s', async (_, observations, ports) => {
    expect(await portsOf(observations)).toEqual(ports);
  });

  it('are none once they are left out', async () => {
    const { control, check, asked } = controlOn([...one, observed(1100, refused)], () => refused);
    expect(control.isPossible).toBe(true);
    control.leaveOut(135);
    expect(await check()).toBe('held');
    expect(asked.map(({ port }) => port)).toEqual([1100]);
    control.leaveOut(1100);
    expect(control.isPossible).toBe(false);
  });
});

describe('a round of controls', () => {
  it('holds when they answer as before, at once and on the flow that is known; nothing is said before the first', async () => {
    const { control, check, asked, flowOf, counts } = controlOn(one, () => accepted);
    expect(control.evidence).toBeNull();
    expect(await check()).toBe('held');
    expect(asked).toEqual([{ port: 135, at: 0, timeoutMs: 50, flow: flowOf(135) }]);
    expect(asked[0]?.flow).toBe(flowOf(135));
    expect(control.evidence).toEqual({ of: 'own', asked: 1, answered: 1, stoppedAfter: null });
    expect(control.losses).toEqual({ lost: 0, asked: 1 });
    expect([control.hasStopped, control.isLimited, counts]).toEqual([false, false, { slowed: 0, limits: 0 }]);
  });

  it('holds when this machine could not send', async () => {
    const { control, check } = controlOn(one, () => fault('no-route', 'ENETUNREACH'));
    expect(await check()).toBe('held');
    expect(control.evidence?.answered).toBe(1);
  });

  it('is void when one answers only the second probe, over a new flow, which is the known one from then on', async () => {
    const { control, check, asked, counts, flowOf } = controlOn(one, (_, turn) =>
      turn === 0 ? silence : accepted,
    );
    expect(await check()).toBe('void');
    expect(counts).toEqual({ slowed: 0, limits: 0 });
    expect(control.losses).toEqual({ lost: 1, asked: 2 });
    expect(control.evidence).toMatchObject({ asked: 2, answered: 1, stoppedAfter: null });
    expect(await check()).toBe('held');
    expect(asked.map(({ at }) => at)).toEqual([0, 0, 0]);
    expect(asked.map(({ timeoutMs }) => timeoutMs)).toEqual([50, 1001, 50]);
    expect(asked[0]?.flow).toBe(flowOf(135));
    expect(asked[1]?.flow).not.toBe(flowOf(135));
    expect(asked[2]?.flow).toBe(asked[1]?.flow);
  });

  it('is one of an answer of another kind no more than of silence', async () => {
    const { check } = controlOn(one, (_, turn) => (turn === 0 ? refused : accepted));
    expect(await check()).toBe('void');
  });

  it('waits between further failures, by turns on the known flow and on new ones, and says that answers stopped', async () => {
    const { control, check, asked, counts, flowOf } = controlOn(one, () => silence);
    expect(await check()).toBe('stopped');
    expect(asked.map(({ at }) => at)).toEqual([0, 0, 200, 1200, 3700]);
    expect(asked.map(({ flow }) => flow === flowOf(135))).toEqual([true, false, true, false, true]);
    expect(asked.map(({ timeoutMs }) => timeoutMs)).toEqual([50, 1001, 1001, 1001, 1001]);
    expect(control.evidence).toEqual({ of: 'own', asked: 5, answered: 0, stoppedAfter: 77 });
    expect([control.hasStopped, counts]).toEqual([true, { slowed: 1, limits: 1 }]);
    expect(await check()).toBe('stopped');
    expect([asked.length, counts]).toEqual([5, { slowed: 1, limits: 1 }]);
  });

  it('probes again at once as often as loss explains, without a longer wait before the last', async () => {
    const { check, asked } = controlOn(one, () => silence, 0.1);
    expect(await check()).toBe('stopped');
    expect(asked.map(({ at }) => at)).toEqual([0, 0, 0, 0, 200, 1200, 3700]);
    // Over a new flow each while there is no pause.
    // The first pause is shorter than a host holds half a connection.
    expect(asked.map(({ flow }) => flow.sourcePort)).toEqual([135, null, null, null, null, 135, null]);
    expect(new Set(asked.map(({ flow }) => flow)).size).toBe(6);
    expect(asked.map(({ timeoutMs }) => timeoutMs)).toEqual([50, 50, 50, 1001, 1001, 1001, 1001]);
  });

  it.each([2, 3, 4])(
    'slows the host down when the answer comes after %i failures, and counts one loss',
    async (failures) => {
      const { control, check, counts } = controlOn(one, (_, turn) => (turn < failures ? silence : accepted));
      expect(await check()).toBe('void');
      expect(counts).toEqual({ slowed: 1, limits: 1 });
      expect(control.losses).toEqual({ lost: 1, asked: failures + 1 });
    },
  );

  it.each([4, 6])(
    'is void and no limit after %i failures that the loss of the path explains',
    async (failures) => {
      const { check, counts } = controlOn(one, (_, turn) => (turn < failures ? silence : accepted), 0.1);
      expect(await check()).toBe('void');
      expect(counts).toEqual({ slowed: 0, limits: 0 });
    },
  );

  it('is a limit where both controls fail more often than it explains', async () => {
    const turns = new Map<number, number>();
    const { check, counts } = controlOn(
      [...one, observed(1100, refused)],
      (port) => {
        const turn = turns.get(port) ?? 0;
        turns.set(port, turn + 1);
        return turn < 5 ? silence : port === 135 ? accepted : refused;
      },
      0.1,
    );
    expect(await check()).toBe('void');
    expect(counts).toEqual({ slowed: 1, limits: 1 });
  });

  it('has stopped where one of two controls has', async () => {
    const { check } = controlOn([...one, observed(1100, refused)], (port) =>
      port === 135 ? accepted : silence,
    );
    expect(await check()).toBe('stopped');
  });

  it('ends when the run is stopped, and says nothing then', async () => {
    const { control, check, asked, counts, stop } = controlOn(one, (_, turn) => {
      if (turn === 2) stop.abort();
      return silence;
    });
    expect(await check()).toBe('held');
    expect(asked).toHaveLength(3);
    expect([control.hasStopped, counts]).toEqual([false, { slowed: 0, limits: 0 }]);
  });
});

describe('void rounds in a row', () => {
  /** Each round the first probe of the control is lost, as long as it is said. */
  const losing = (pathLoss: number, isLost: (round: number) => boolean = () => true) => {
    let round = 0;
    let isFirst = true;
    return controlOn(
      one,
      () => {
        const lost = isFirst && isLost(round);
        if (!lost) round++;
        isFirst = !lost;
        return lost ? silence : accepted;
      },
      pathLoss,
    );
  };

  it('are a limit from the third on, where the path loses nothing', async () => {
    const { control, check, counts } = losing(0);
    for (let round = 0; round < 2; round++) expect(await check()).toBe('void');
    expect([control.isLimited, counts.limits]).toEqual([false, 0]);
    expect(await check()).toBe('void');
    expect([control.isLimited, counts]).toEqual([true, { slowed: 1, limits: 1 }]);
  });

  it('are loss as long as that of the path explains them: seven of 10 %, twelve of 30 %', async () => {
    for (const [pathLoss, rounds] of [
      [0.1, 7],
      [0.3, 12],
    ] as const) {
      const { check, counts } = losing(pathLoss);
      for (let round = 0; round < rounds; round++) await check();
      expect(counts.limits).toBe(0);
      await check();
      expect(counts.limits).toBe(1);
    }
  });

  it('count anew after one that held', async () => {
    // 30 held rounds before: the share of lost ones is no limit's.
    const { check, counts } = losing(0.1, (round) => round >= 30 && round !== 33);
    for (let round = 0; round < 33; round++) await check();
    expect(await check()).toBe('held');
    for (let round = 0; round < 7; round++) expect(await check()).toBe('void');
    expect(counts.limits).toBe(0);
    expect(await check()).toBe('void');
    expect(counts.limits).toBe(1);
  });

  it('end it after six that were a limit, for answers have stopped', async () => {
    const { control, check, counts } = losing(0);
    const rounds: (string | undefined)[] = [];
    while (!control.hasStopped) rounds.push(await check());
    expect(rounds).toEqual([...Array.from({ length: 8 }, () => 'void'), 'stopped']);
    expect(counts.limits).toBe(7);
  });
});
