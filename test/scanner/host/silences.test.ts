import { describe, expect, it } from 'vitest';
import type { PortObservation } from '../../../src/model/evidence.ts';
import type { Reply } from '../../../src/model/reply.ts';
import { confirmSilence, silencesOf } from '../../../src/scanner/host/confirm-silence.ts';
import type { HostControl } from '../../../src/scanner/host/control.ts';
import type { PortScan } from '../../../src/scanner/host/port-scan.ts';
import { accepted, refused, unreachable } from '../fakes.ts';

const silence: Reply = { kind: 'silent', waitedMs: 100, attempts: 1 };

const observed = (port: number, reply: Reply, attempts = 1): PortObservation => ({
  port,
  requirement: port === 135 ? 'endpoint-mapper' : port === 3389 ? 'remote-desktop' : 'dynamic-rpc',
  why: port === 135 || port === 3389 ? 'required' : 'sampled',
  reply,
  attempts,
});

/** Sampled ports from 2000 on: `s` is silent, `r` refused. */
const sample = (replies: string): PortObservation[] =>
  [...replies].map((one, at) => observed(2000 + at, one === 's' ? silence : refused));

const responder: PortObservation = {
  ...observed(60_000, accepted),
  finding: { kind: 'responder', speech: 'spoke' },
};

describe('how often a silence is asked about', () => {
  const wanted = (observations: readonly PortObservation[], retries = 2, loss = 0) =>
    silencesOf(observations, retries, loss).map((one) => [one.observation.port, one.wanted, one.confirmed]);

  it('is seven times where it decides by itself, more often where much is lost, and never without retries', () => {
    const ports = [observed(135, accepted), observed(3389, silence)];
    expect(wanted(ports)).toEqual([[3389, 7, 2]]);
    expect(wanted(ports, 2, 0.3)).toEqual([[3389, 12, 2]]);
    expect(wanted(ports, 0)).toEqual([]);
  });

  it('is as often as the retries say where a host may refuse nothing at all', () => {
    expect(wanted(sample('ssrs'))).toEqual([2000, 2001, 2003].map((port) => [port, 3, 0]));
  });

  it('is shared by neighbours on a host that refuses unused ports, twice each at least', () => {
    expect(wanted(sample('rsrssrsssrsssssr'))).toEqual([
      [2001, 7, 2],
      ...[2003, 2004].map((port) => [port, 4, 2]),
      ...[2006, 2007, 2008].map((port) => [port, 3, 2]),
      ...[2010, 2011, 2012, 2013, 2014].map((port) => [port, 2, 2]),
    ]);
  });

  it('is the same where a responder listens, of which silence is not expected', () => {
    expect(wanted([...sample('ss'), responder])).toEqual([2000, 2001].map((port) => [port, 4, 2]));
  });
});

type Outcome = Awaited<ReturnType<HostControl['check']>>;

/** Confirms the silence of these ports; each probe leaves it as it is, unless `heals` says when it does not. */
const confirming = async (
  observations: PortObservation[],
  {
    outcomes = [],
    isPossible = true,
    lost = 0,
    changesFlow = false,
    heals = () => false,
    learns = true,
    askedBefore = 0,
  }: {
    readonly outcomes?: readonly Outcome[];
    readonly isPossible?: boolean;
    readonly lost?: number;
    readonly changesFlow?: boolean;
    readonly heals?: (port: number, attempts: number) => boolean;
    readonly learns?: boolean;
    readonly askedBefore?: number;
  } = {},
) => {
  const asked: [number, number][] = [];
  const changed: [number, number][] = [];
  let checks = 0;
  let hasStopped = false;
  const attemptsOf = (port: number): number => observations.find((one) => one.port === port)?.attempts ?? 0;
  const scan = {
    observations,
    changeFlow: (port: number) => changed.push([port, attemptsOf(port)]),
    probeAgain: async (port: number, waitMs: number) => {
      asked.push([port, waitMs]);
      const at = observations.findIndex((one) => one.port === port);
      const before = observations[at];
      if (!before || !learns) return false;
      const attempts = before.attempts + 1;
      observations[at] = { ...before, attempts, reply: heals(port, attempts) ? accepted : before.reply };
      return true;
    },
  };
  const control = {
    isPossible,
    get hasStopped() {
      return hasStopped;
    },
    get losses() {
      return { lost, asked: askedBefore + checks };
    },
    check: async () => {
      const outcome = outcomes[checks++] ?? 'held';
      hasStopped = outcome === 'stopped';
      return outcome;
    },
  };
  const rounds = { discounted: new Map<number, number>(), confirmed: new Map<number, number>() };
  await confirmSilence(
    scan as unknown as PortScan,
    control as unknown as HostControl,
    { retries: 2, loss: () => 0, changesFlow: () => changesFlow },
    { usual: () => 1, last: () => 9 },
    rounds,
  );
  return { asked, changed, checks, rounds };
};

describe('confirming silence', () => {
  const required = (attempts = 3) => [observed(135, accepted), observed(3389, silence, attempts)];
  /** Waits of the probes to one port. */
  const waits = ({ asked }: { asked: readonly [number, number][] }, port = 3389): number[] =>
    asked.flatMap(([to, waitMs]) => (to === port ? [waitMs] : []));

  it('asks nothing where nothing looks filtered', async () => {
    const { asked, checks } = await confirming([observed(135, accepted), observed(2000, refused)]);
    expect([asked, checks]).toEqual([[], 0]);
  });

  it('probes until the silence is old enough, a control behind each probe, and waits longest for the last', async () => {
    const confirmed = await confirming(required());
    expect(waits(confirmed)).toEqual([1, 1, 1, 9]);
    expect(confirmed.checks).toBe(4);
    expect(confirmed.rounds).toEqual({ discounted: new Map(), confirmed: new Map([[3389, 4]]) });
  });

  it('does not count what was silent in a void round', async () => {
    const confirmed = await confirming(required(), { outcomes: ['held', 'void', 'void'] });
    expect(waits(confirmed)).toHaveLength(6);
    expect(confirmed.rounds).toEqual({
      discounted: new Map([[3389, 2]]),
      confirmed: new Map([[3389, 4]]),
    });
  });

  it.each([
    [0, 2],
    [1, 4],
    [2, 6],
    [5, 6],
  ])('wants two rounds with a control, and where %i controls were lost %i', async (lost, rounds) => {
    expect(waits(await confirming(required(7), { lost }))).toHaveLength(rounds);
  });

  it('ends when answers have stopped, and when no probe leaves any more', async () => {
    const stopped = await confirming(required(), { outcomes: ['held', 'stopped'] });
    expect([waits(stopped).length, stopped.checks]).toEqual([2, 2]);
    expect(stopped.rounds.confirmed).toEqual(new Map([[3389, 1]]));
    const mute = await confirming(required(), { learns: false });
    expect([waits(mute).length, mute.checks]).toEqual([1, 1]);
  });

  it('goes on with one port where nothing was learnt of another', async () => {
    const ports = [observed(135, silence, 3), observed(3389, silence, 3)];
    const { asked } = await confirming(ports, { heals: (port) => port === 135 });
    expect(asked.map(([port]) => port)).toEqual([135, 3389, 3389, 3389, 3389]);
  });

  it('probes as often without controls where nothing answers that could be one', async () => {
    const confirmed = await confirming(required(), { isPossible: false });
    expect(waits(confirmed)).toEqual([1, 1, 1, 9]);
    expect([confirmed.checks, confirmed.rounds.confirmed.size]).toEqual([0, 0]);
  });

  it('asks the controls three times where all silence is old enough, until they stop', async () => {
    const old = sample('srs').map((one) => ({ ...one, attempts: 3 }));
    const calm = await confirming(old, { lost: 1 });
    expect([calm.asked, calm.checks]).toEqual([[], 3]);
    const stopped = await confirming(old, { outcomes: ['stopped'] });
    expect(stopped.checks).toBe(1);
    const before = await confirming(old, { askedBefore: 9 });
    expect(before.checks).toBe(1);
    const impossible = await confirming(old, { isPossible: false });
    expect([impossible.asked, impossible.checks]).toEqual([[], 0]);
    const rejected = await confirming([observed(135, accepted), observed(3389, unreachable(13))]);
    expect([rejected.asked, rejected.checks]).toEqual([[], 3]);
  });

  it('asks no control more where the last silence has healed', async () => {
    const { checks, asked } = await confirming(required(), { heals: (_, attempts) => attempts === 4 });
    expect([asked.length, checks]).toEqual([1, 1]);
  });

  it('changes the flow of a port that decides after each two probes, where flows are changed', async () => {
    const ports = [...required(2), ...sample('rsr')];
    expect(
      (
        await confirming(
          ports.map((one) => ({ ...one })),
          { changesFlow: true },
        )
      ).changed,
    ).toEqual([
      [3389, 2],
      [3389, 4],
      [3389, 6],
    ]);
    expect((await confirming(ports)).changed).toEqual([]);
  });

  it('waits longest for the last probe of the sample only where a responder listens', async () => {
    const plain = await confirming(sample('rsr'));
    expect(waits(plain, 2001)).toEqual([1, 1, 1, 1, 1, 1]);
    const keyed = await confirming([...sample('rsr'), responder]);
    expect(waits(keyed, 2001)).toEqual([1, 1, 1, 1, 1, 9]);
  });
});
