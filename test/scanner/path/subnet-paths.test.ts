import { describe, expect, it } from 'vitest';
import type { Hop, PortObservation, Trace } from '../../../src/model/evidence.ts';
import type { Reply } from '../../../src/model/reply.ts';
import { type Measured, NOT_MEASURED } from '../../../src/scanner/path/measure.ts';
import { SubnetPaths } from '../../../src/scanner/path/subnet-paths.ts';
import { fakeClock } from '../clock.ts';
import { accepted, refused, unreachable } from '../fakes.ts';

const held = fakeClock();
const SUBNET = '10.64.3.0/24';
const OTHER = '10.64.4.0/24';

const observed = (
  reply: Reply,
  requirement: PortObservation['requirement'] = 'dynamic-rpc',
): PortObservation => ({
  ...{ port: 5000, requirement, why: 'sampled', reply, attempts: 1 },
});
const silence: Reply = { kind: 'silent', waitedMs: 1, attempts: 1 };

describe('hosts of a subnet that are looked at closely', () => {
  const takenOf = (
    paths: SubnetPaths,
    observations: readonly PortObservation[],
    isAlive = true,
    subnet = SUBNET,
  ) => Array.from({ length: 12 }, () => paths.take(subnet, observations, isAlive)).filter(Boolean).length;

  it('are ten of each kind of filtering, whatever answers besides, and in which order', () => {
    const paths = new SubnetPaths();
    const rejected = observed(unreachable(13), 'remote-desktop');
    expect(takenOf(paths, [observed(silence), rejected])).toBe(10);
    expect(takenOf(paths, [rejected, observed(accepted), observed(silence), observed(silence)])).toBe(0);
    expect(takenOf(paths, [observed(silence)])).toBe(10);
    expect(takenOf(paths, [observed(silence, 'remote-desktop')])).toBe(10);
    expect(takenOf(paths, [observed(unreachable(13))])).toBe(10);
    expect(takenOf(paths, [observed(accepted)])).toBe(10);
    expect(takenOf(paths, [observed(refused), observed(accepted)])).toBe(0);
    expect(takenOf(paths, [observed(silence)], true, OTHER)).toBe(10);
  });

  it('are two of those where nothing answers', () => {
    const paths = new SubnetPaths();
    expect(takenOf(paths, [observed(silence)], false)).toBe(2);
    expect(takenOf(paths, [observed(silence)], false, OTHER)).toBe(2);
    expect(takenOf(paths, [observed(silence)])).toBe(10);
  });

  it('are two whose required ports are probed over several flows', () => {
    const paths = new SubnetPaths();
    const flows = Array.from({ length: 4 }, () => paths.takeFlows(SUBNET));
    expect(flows).toEqual([true, true, false, false]);
    expect(paths.takeFlows(OTHER)).toBe(true);
  });

  /** So many looks that do not end until this is called. */
  const looksIn = (paths: SubnetPaths, count: number) => {
    let under = 0;
    const ends: (() => void)[] = [];
    for (let i = 0; i < count; i++) {
      void paths.inTurn(() => {
        under++;
        return new Promise<void>((resolve) => ends.push(resolve));
      });
    }
    return {
      end: async () => {
        for (const end of ends.splice(0)) end();
        await held.clock.pass(0);
      },
      underWay: async () => {
        await held.clock.pass(0);
        return under;
      },
    };
  };

  it('are looked at 32 at a time, and while some wait no dead host is', async () => {
    const paths = new SubnetPaths();
    const looks = looksIn(paths, 33);
    expect(await looks.underWay()).toBe(32);
    expect(takenOf(paths, [], false)).toBe(0);
    await looks.end();
    expect(await looks.underWay()).toBe(33);
    expect(takenOf(paths, [], false)).toBe(2);
  });

  it('are not chosen while sixteen wait, where the path is known', async () => {
    const paths = new SubnetPaths();
    await paths.learning(SUBNET, async () => NOT_MEASURED_HERE);
    const looks = looksIn(paths, 32 + 15);
    await looks.underWay();
    expect(paths.take(SUBNET, [], true)).toBe(true);
    const [one] = [looksIn(paths, 1)];
    await one?.underWay();
    expect(paths.take(SUBNET, [], true)).toBe(false);
    expect(paths.take(OTHER, [], true)).toBe(true);
    await looks.end();
    expect(paths.take(SUBNET, [], true)).toBe(true);
  });

  it('are two at a time once a hop of a subnet falls silent that had answered', async () => {
    const hop = (ttl: number, address: string | null): Hop => ({ ttl, address, rttMs: null });
    const measured = (...hops: Hop[]): Measured => ({
      ...NOT_MEASURED_HERE,
      traces: [{ hops } as unknown as Trace],
    });
    const most = async (...learnt: [string, Measured][]): Promise<number> => {
      const paths = new SubnetPaths();
      for (const [subnet, one] of learnt) await paths.learning(subnet, async () => one);
      return looksIn(paths, 40).underWay();
    };
    expect(await most([SUBNET, measured(hop(1, null), hop(2, null))])).toBe(32);
    expect(
      await most(
        [SUBNET, measured(hop(1, 'a'), hop(2, null))],
        [SUBNET, measured(hop(1, 'b'), hop(2, null))],
      ),
    ).toBe(32);
    expect(await most([SUBNET, measured(hop(1, 'a'))], [OTHER, measured(hop(1, null))])).toBe(32);
    expect(await most([SUBNET, measured(hop(1, 'a'))], [SUBNET, measured(hop(1, null))])).toBe(2);
    // What hops have answered is forgotten past 65,536.
    const answering = (count: number) =>
      measured(...Array.from({ length: count }, (_, i) => hop(i + 1, 'a')));
    expect(await most([SUBNET, answering(65_536)], [SUBNET, measured(hop(1, null))])).toBe(2);
    expect(await most([SUBNET, answering(65_537)], [SUBNET, measured(hop(1, null))])).toBe(32);
  });
});

const NOT_MEASURED_HERE: Measured = { ...NOT_MEASURED, observations: [] };

describe('what is known of a path', () => {
  it('is what its first host showed, once that is measured', async () => {
    const paths = new SubnetPaths();
    expect(await paths.pathTo(SUBNET)).toBeUndefined();
    let end = (_: Measured): void => {};
    const measuring = paths.learning(
      SUBNET,
      () =>
        new Promise((resolve) => {
          end = resolve;
        }),
    );
    const known = paths.pathTo(SUBNET);
    let isKnown = false;
    void known.then(() => {
      isKnown = true;
    });
    await held.clock.pass(1);
    expect(isKnown).toBe(false);
    const measured = { ...NOT_MEASURED_HERE, distance: 5 };
    end(measured);
    expect(await measuring).toBe(measured);
    expect(await known).toMatchObject({ distance: 5 });
    expect(await paths.pathTo(OTHER)).toBeUndefined();
  });

  it('is nothing where the measuring failed, which whoever measured is told', async () => {
    const paths = new SubnetPaths();
    await expect(paths.learning(SUBNET, () => Promise.reject(new Error('bug')))).rejects.toThrow('bug');
    expect(await paths.pathTo(SUBNET)).toBeUndefined();
  });

  it('is what the latest host showed, once that is measured, and what was known until then', async () => {
    const paths = new SubnetPaths();
    await paths.learning(SUBNET, async () => ({ ...NOT_MEASURED_HERE, distance: 5 }));
    let end = (_: Measured): void => {};
    const second = paths.learning(
      SUBNET,
      () =>
        new Promise((resolve) => {
          end = resolve;
        }),
    );
    expect(await paths.pathTo(SUBNET)).toMatchObject({ distance: 5 });
    end({ ...NOT_MEASURED_HERE, distance: 6 });
    await second;
    await held.clock.pass(0);
    expect(await paths.pathTo(SUBNET)).toMatchObject({ distance: 6 });
  });

  it('is forgotten past 65,536 subnets, the oldest first', async () => {
    const paths = new SubnetPaths();
    const measured = { ...NOT_MEASURED_HERE, distance: 5 };
    for (let i = 0; i < 65_536; i++) void paths.learning(`${i}`, async () => measured);
    expect(await paths.pathTo('0')).toMatchObject({ distance: 5 });
    await paths.learning('65536', async () => measured);
    expect(await paths.pathTo('0')).toBeUndefined();
    expect(await paths.pathTo('1')).toMatchObject({ distance: 5 });
  });
});
