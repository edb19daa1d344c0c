import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../src/model/reply.ts';
import type { Flow } from '../../../src/model/wire.ts';
import { HostGroup } from '../../../src/scanner/host/host-group.ts';
import type { HostProber } from '../../../src/scanner/host/host-prober.ts';
import { Neighbours } from '../../../src/scanner/host/neighbours.ts';
import { fakeClock } from '../clock.ts';
import { accepted, fault, refused } from '../fakes.ts';

const held = fakeClock();
const silence: Reply = { kind: 'silent', waitedMs: 100, attempts: 1 };

interface Asked {
  readonly port: number;
  readonly at: number;
  readonly timeoutMs: number;
  readonly flow: Flow;
}

/** A host that answers its probes, counted from 0, like this. */
const witnessOf = (answer: (turn: number, port: number) => Reply, longestMs = 20, isBound = false) => {
  const asked: Asked[] = [];
  const seen = { slowed: 0 };
  const stop = new AbortController();
  const prober = {
    signal: stop.signal,
    answeredAt: -1,
    rtt: { longestMs, isBound, waitMs: (attempt: number) => 500 + attempt },
    queue: { slowDown: () => seen.slowed++ },
    probe: async (port: number, { timeoutMs, flow }: { timeoutMs: number; flow: Flow }) => {
      asked.push({ port, at: held.clock.now, timeoutMs, flow });
      const reply = answer(asked.length - 1, port);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return reply;
    },
  };
  return { prober: prober as unknown as HostProber, asked, seen, stop };
};

const PORTS = [135, 2000, 3000, 4000].map(
  (port) => ({ port, kind: port === 135 ? 'accepted' : 'refused' }) as const,
);
const replyOf = (_: number, port: number): Reply => (port === 135 ? accepted : refused);

const groupWith = (answer: (turn: number, port: number) => Reply = replyOf, pathLoss = 0) => {
  const witness = witnessOf(answer);
  const group = new HostGroup(() => pathLoss);
  group.setControl(witness.prober, PORTS);
  group.sent = 42;
  return { group, ...witness };
};

describe('what hosts that answered show about others', () => {
  it('is the loss of the path by ports that answered the first probe and the second', () => {
    const group = new HostGroup(() => 0);
    expect(group.loss).toBe(0);
    group.noteLoss(1, 8);
    group.noteLoss(2, 4);
    expect(group.loss).toBe(3 / 12);
    group.noteLoss(100, 0);
    expect(group.loss).toBe(1);
  });

  it('is the longest round trip, once three of them are measured', () => {
    const group = new HostGroup(() => 0);
    for (const ms of [30, 50]) group.setControl(witnessOf(replyOf, ms).prober, PORTS);
    group.setControl(witnessOf(replyOf, 2000, true).prober, PORTS);
    expect(group.longestMs).toBeNull();
    group.setControl(witnessOf(replyOf, 40).prober, PORTS);
    expect(group.longestMs).toBe(50);
  });

  it('is a round trip from the first answer on, of each host once', () => {
    const group = new HostGroup(() => 0);
    const host = witnessOf(replyOf).prober;
    const { rtt } = host as unknown as { rtt: { longestMs: number } };
    // Nothing is measured at first.
    for (const ms of [0, 30, 20, 70]) {
      rtt.longestMs = ms;
      group.setControl(host, PORTS);
    }
    group.setControl(witnessOf(replyOf, 50).prober, PORTS);
    expect(group.longestMs).toBeNull();
    group.setControl(witnessOf(replyOf, 50).prober, PORTS);
    expect(group.longestMs).toBe(70);
  });

  it('is how long looks at others last', () => {
    const neighbours = new Neighbours();
    const group = neighbours.of('192.0.2.1', 4);
    const waits = (): number[] => [neighbours.firstLookMs(group), neighbours.lastLookMs(group, 3000)];
    expect(waits()).toEqual([300, 3000]);
    const note = (ms: number): void => {
      for (let i = 0; i < 3; i++) group.setControl(witnessOf(replyOf, ms).prober, PORTS);
    };
    note(10);
    expect(waits()).toEqual([95, 400]);
    note(110);
    expect(waits()).toEqual([295, 440]);
    note(900);
    expect(waits()).toEqual([300, 3000]);
  });
});

describe('neighbours', () => {
  it('are those of one subnet, of which the latest 4096 are remembered', () => {
    const neighbours = new Neighbours();
    const [first, second, third] = [0, 1, 2].map((net) => neighbours.of(`10.0.${net}.1`, 4));
    expect(neighbours.of('10.0.0.77', 4)).toBe(first);
    expect(second).not.toBe(first);
    for (let net = 2; net <= 4095; net++) neighbours.of(`10.${net >> 8}.${net & 255}.1`, 4);
    // The first two were used again before the 4097th came, so the third is the one that is forgotten.
    expect(neighbours.of('10.0.1.9', 4)).toBe(second);
    expect(neighbours.of('10.0.0.9', 4)).toBe(first);
    neighbours.of('10.16.0.1', 4);
    expect(neighbours.of('10.0.0.9', 4)).toBe(first);
    expect(neighbours.of('10.0.2.9', 4)).not.toBe(third);
  });

  it.each([
    ['their subnet', false],
    ['all hosts', true],
  ])('of %s take the loss of the whole run for that of their path', async (_, isAll) => {
    for (const [late, slowed] of [
      [0, 1],
      [5, 0],
    ] as const) {
      const neighbours = new Neighbours();
      const group = isAll ? neighbours.all : neighbours.of('10.0.0.1', 4);
      const { prober, seen } = witnessOf((turn, port) => (turn % 3 === 0 ? replyOf(turn, port) : silence));
      group.setControl(prober, PORTS);
      neighbours.all.noteLoss(late, 10);
      // Eight of twelve lost.
      for (let look = 0; look < 4; look++) await held.clock.run(group.controlLook());
      expect(seen.slowed).toBe(slowed);
    }
  });
});

describe('a look at a neighbour that answered, beside one that does not', () => {
  it('is nothing where none ever did', async () => {
    const group = new HostGroup(() => 0);
    expect(group.hasControl).toBe(false);
    await group.controlLook();
    expect(group.controls).toEqual({ asked: 0, answered: 0 });
  });

  it('probes three of its ports right behind, each over a flow of its own that is kept', async () => {
    const { group, asked } = groupWith();
    expect(group.hasControl).toBe(true);
    await held.clock.run(group.controlLook());
    expect(asked.map(({ port, at, timeoutMs }) => [port, at, timeoutMs])).toEqual([
      [135, 10, 501],
      [2000, 10, 501],
      [3000, 10, 501],
    ]);
    await held.clock.run(group.controlLook());
    expect(asked.map(({ flow }) => flow.sourcePort)).toEqual(Array.from({ length: 6 }, () => null));
    expect(new Set(asked.map(({ flow }) => flow)).size).toBe(3);
    expect(asked[3]?.flow).toBe(asked[0]?.flow);
    expect(group.controls).toEqual({ asked: 6, answered: 6 });
  });

  it('probes the one port three times where no other answered', async () => {
    const { prober, asked } = witnessOf(replyOf);
    const group = new HostGroup(() => 0);
    group.setControl(prober, PORTS.slice(0, 1));
    await held.clock.run(group.controlLook());
    expect(asked.map(({ port }) => port)).toEqual([135, 135, 135]);
    expect(new Set(asked.map(({ flow }) => flow)).size).toBe(3);
  });

  it('takes a new flow where a probe was lost, and new ones for another neighbour', async () => {
    const { group, asked } = groupWith((turn, port) => (turn === 1 ? silence : replyOf(turn, port)));
    await held.clock.run(group.controlLook());
    await held.clock.run(group.controlLook());
    expect(asked.map(({ flow }) => asked.findIndex((one) => one.flow === flow))).toEqual([0, 1, 2, 0, 4, 2]);
    expect(asked[4]?.flow).toEqual({ sourcePort: null });
    expect(group.controls).toEqual({ asked: 6, answered: 5 });
    const other = witnessOf(replyOf);
    group.setControl(other.prober, PORTS);
    await held.clock.run(group.controlLook());
    expect(other.asked[0]?.flow).not.toBe(asked[0]?.flow);
  });

  it('counts what this machine could not send as answered, and an answer of another kind as lost', async () => {
    const faulty = groupWith(() => fault('no-route', 'E'));
    await held.clock.run(faulty.group.controlLook());
    expect(faulty.group.controls).toEqual({ asked: 3, answered: 3 });
    const odd = groupWith(() => refused);
    await held.clock.run(odd.group.controlLook());
    expect(odd.group.controls).toEqual({ asked: 3, answered: 2 });
  });

  it('slows its subnet down where more are lost than the path loses, but not where all are: it may be gone', async () => {
    const limited = groupWith((turn, port) => (turn % 3 === 0 ? replyOf(turn, port) : silence));
    await held.clock.run(limited.group.controlLook());
    // Two of three, four of six, or six of nine are too few to say it.
    expect(limited.seen.slowed).toBe(0);
    for (let look = 0; look < 3; look++) await held.clock.run(limited.group.controlLook());
    expect(limited.seen.slowed).toBe(1);
    const lossy = groupWith((turn, port) => (turn % 3 === 0 ? replyOf(turn, port) : silence), 0.6);
    for (let look = 0; look < 3; look++) await held.clock.run(lossy.group.controlLook());
    expect(lossy.seen.slowed).toBe(0);
    const gone = groupWith(() => silence);
    for (let look = 0; look < 3; look++) await held.clock.run(gone.group.controlLook());
    expect(gone.seen.slowed).toBe(0);
  });

  it('takes a tenth for the loss of a path of which none is known', async () => {
    // Three of fifteen: by a loss of 0 never, by one of a tenth once in five times.
    const lost = [3, 4, 9];
    const { group, seen } = groupWith((turn, port) => (lost.includes(turn) ? silence : replyOf(turn, port)));
    for (let look = 0; look < 4; look++) await held.clock.run(group.controlLook());
    expect([group.controls, seen.slowed]).toEqual([{ asked: 12, answered: 9 }, 0]);
  });

  it('is not begun when the run is stopped', async () => {
    const { group, asked, stop } = groupWith();
    const looking = group.controlLook();
    stop.abort();
    await looking;
    expect(asked).toEqual([]);
  });

  it('remembers the latest of 32 and more by halves', async () => {
    const { group } = groupWith((turn, port) => (turn < 15 ? silence : replyOf(turn, port)));
    for (let look = 0; look < 10; look++) await held.clock.run(group.controlLook());
    expect(group.controls).toEqual({ asked: 30, answered: 15 });
    await held.clock.run(group.controlLook());
    // At 32, of which 17 were answered: 16 and 9, and the last.
    expect(group.controls).toEqual({ asked: 17, answered: 10 });
  });
});

describe('whether a neighbour still answers', () => {
  it('is not known where none ever did', async () => {
    expect(await new HostGroup(() => 0).check(0)).toBeNull();
  });

  it('is known without a probe where it answered since', async () => {
    const { group, prober, asked } = groupWith();
    prober.answeredAt = 100;
    expect(await group.check(99)).toEqual({ of: 'neighbour', asked: 1, answered: 1, stoppedAfter: null });
    expect(asked).toEqual([]);
    await held.clock.run(group.check(100));
    expect(asked).toHaveLength(1);
  });

  it('is asked once by all who want to know it at the same time, and anew later', async () => {
    const { group, asked } = groupWith();
    const checks = await held.clock.run(Promise.all([group.check(0), group.check(0)]));
    expect(asked.map(({ port }) => port)).toEqual([135]);
    expect(checks).toEqual(
      [0, 1].map(() => ({ of: 'neighbour', asked: 1, answered: 1, stoppedAfter: null })),
    );
    await held.clock.run(group.check(0));
    expect(asked).toHaveLength(2);
  });

  it('asks longer and longer until it counts as stopped, and slows its subnet down once', async () => {
    const { group, asked, seen } = groupWith(() => silence);
    expect(await held.clock.run(group.check(0))).toEqual({
      of: 'neighbour',
      asked: 5,
      answered: 0,
      stoppedAfter: 42,
    });
    expect(asked.map(({ at }) => at)).toEqual([0, 5, 210, 1215, 3720]);
    expect(new Set(asked.map(({ port }) => port))).toEqual(new Set([135]));
    expect([group.hasControl, seen.slowed]).toEqual([false, 1]);
    // From then on it is probed once each time, and beside no look.
    await held.clock.run(group.controlLook());
    expect(asked).toHaveLength(5);
    expect(await held.clock.run(group.check(0))).toMatchObject({ asked: 6, stoppedAfter: 42 });
    expect([asked.length, seen.slowed]).toEqual([6, 1]);
  });

  it('holds again when it comes back, or when another is known', async () => {
    const { group } = groupWith((turn, port) => (turn < 5 ? silence : replyOf(turn, port)));
    await held.clock.run(group.check(0));
    expect(group.hasControl).toBe(false);
    expect(await held.clock.run(group.check(0))).toMatchObject({ answered: 1, stoppedAfter: null });
    expect(group.hasControl).toBe(true);
    const gone = groupWith(() => silence);
    await held.clock.run(gone.group.check(0));
    gone.group.setControl(witnessOf(replyOf).prober, PORTS);
    expect(gone.group.hasControl).toBe(true);
  });

  it('is taken to be so when the run is stopped meanwhile', async () => {
    const { group, asked, seen, stop } = groupWith((turn) => {
      if (turn === 1) stop.abort();
      return silence;
    });
    expect(await held.clock.run(group.check(0))).toMatchObject({ stoppedAfter: null });
    expect([asked.length, seen.slowed]).toEqual([2, 0]);
  });
});
