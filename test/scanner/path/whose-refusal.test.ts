import { describe, expect, it } from 'vitest';
import type { PortObservation } from '../../../src/model/evidence.ts';
import type { Reply } from '../../../src/model/reply.ts';
import type { HostProber } from '../../../src/scanner/host/host-prober.ts';
import { type ResetTtl, resetTtlOf, withResetTtl } from '../../../src/scanner/path/reset-ttl.ts';
import { accepted, fault, refused } from '../fakes.ts';
import { observation, silent } from './routers.ts';

type Refusal = Reply & { readonly kind: 'refused' };
const refusal = (ttl?: number): Refusal => ({
  ...{ kind: 'refused', rttMs: 1, by: 'unknown' },
  ...(ttl === undefined ? {} : { ttl }),
});
const accept = (ttl?: number): Reply => ({ ...accepted, ...(ttl === undefined ? {} : { ttl }) }) as Reply;
const spoken = (port: number, reply: Reply, speech: 'spoke' | 'refused' | 'silent'): PortObservation =>
  ({ ...observation(port, reply), finding: { kind: 'rdp', speech } }) as unknown as PortObservation;

/** A host whose ports answer as said, to the probe of that port counted from 0; `seesTtl`, or a least TTL otherwise. */
const proberOf = (
  answer: (port: number, turn: number, minTtl: number) => Reply,
  capabilities: { readonly seesTtl?: boolean; readonly minTtl?: boolean },
) => {
  const asked: { readonly port: number; readonly minTtl: number | undefined }[] = [];
  const stop = new AbortController();
  const prober = {
    signal: stop.signal,
    rtt: { waitMs: () => 100 },
    run: { wire: { capabilities: { seesTtl: false, minTtl: false, ...capabilities } } },
    probe: async (port: number, { minTtl }: { readonly minTtl?: number } = {}) => {
      const turn = asked.filter((one) => one.port === port).length;
      asked.push({ port, minTtl });
      return answer(port, turn, minTtl ?? 0);
    },
  };
  return { prober: prober as unknown as HostProber, asked, stop };
};

const WITNESS = 135;
const must = (found: ResetTtl | null): ResetTtl => found ?? expect.unreachable();

describe('TTLs of refusals', () => {
  it('are of use only to a wire that sees them, beside an accept or where they are wanted alone', async () => {
    const [accepts, refuses] = [[observation(135, accept(125))], [observation(135, refusal(125))]];
    const of = async (
      capabilities: object,
      seen: PortObservation[],
      guess: number | null,
      alone?: boolean,
    ) => {
      const found = await resetTtlOf(proberOf(() => silent, capabilities).prober, seen, guess, alone);
      return found && [found.own, found.isSure];
    };
    expect([await of({}, accepts, 125), await of({}, refuses, 124)]).toEqual([null, null]);
    expect(await of({ seesTtl: true }, accepts, null)).toEqual([125, true]);
    expect(await of({ seesTtl: true }, [observation(135, accept())], null)).toBeNull();
    expect(await of({ seesTtl: true }, refuses, null)).toBeNull();
    expect(await of({ seesTtl: true }, refuses, null, true)).toEqual([null, false]);
    expect(await of({ seesTtl: true }, refuses, 124)).toEqual([124, false]);
    expect(await of({ minTtl: true }, refuses, 124)).toEqual([124, false]);
  });

  it.each<[string, PortObservation[], number]>([
    ['of TCP 135', [observation(3389, accept(50)), observation(135, accept(51))], 51],
    [
      'of TCP 135 before one that spoke',
      [spoken(3000, accept(50), 'spoke'), observation(135, accept(51))],
      51,
    ],
    ['of one that spoke', [observation(2000, accept(50)), spoken(3000, accept(51), 'spoke')], 51],
    [
      'of one that refused in words',
      [observation(2000, accept(50)), spoken(3000, accept(51), 'refused')],
      51,
    ],
    [
      'of the first, where the others said nothing',
      [observation(2000, accept(51)), spoken(3000, accept(50), 'silent')],
      51,
    ],
    ['of no refusal', [observation(135, refusal(50)), observation(2000, accept(51))], 51],
  ])('are compared with the accept %s', async (_, observations, own) => {
    const found = await resetTtlOf(proberOf(() => silent, { seesTtl: true }).prober, observations, null);
    expect(found?.own).toBe(own);
  });
});

describe('whose a refusal is, by TTLs that are seen', () => {
  /** The host accepts on 135 with 125; probes find these TTLs. */
  const seeing = async (
    theirs: (turn: number) => Reply,
    hosts: (turn: number) => Reply = () => accept(125),
  ) => {
    const net = proberOf((port, turn) => (port === WITNESS ? hosts(turn) : theirs(turn)), { seesTtl: true });
    const observations = [
      observation(135, accept(125)),
      observation(3389, accept(124)),
      observation(2000, refusal(127)),
    ];
    return { ...net, found: must(await resetTtlOf(net.prober, observations, null)) };
  };

  it('is the host, without a probe, where any accept of it has the same', async () => {
    const { found, asked } = await seeing(() => silent);
    expect([await found.isOwn(1, refusal(125)), await found.isOwn(1, refusal(124))]).toEqual([true, true]);
    expect([await found.isOwn(1, refusal()), asked]).toEqual([null, []]);
  });

  it('is nobody, without a probe, where another initial TTL explains the difference', async () => {
    const { found, asked } = await seeing(() => silent);
    // Three hops from 64 or 255, or four.
    for (const ttl of [61, 60, 252, 251]) expect(await found.isOwn(1, refusal(ttl))).toBeNull();
    expect(asked).toEqual([]);
  });

  it('is another, where three more flows each show both again; and so for all ports with that TTL', async () => {
    const { found, asked } = await seeing(() => refusal(127));
    expect(await found.isOwn(2000, refusal(127))).toBe(false);
    expect(asked.map(({ port }) => port).sort()).toEqual([135, 135, 135, 2000, 2000, 2000]);
    expect(await found.isOwn(3000, refusal(127))).toBe(false);
    expect(asked).toHaveLength(6);
  });

  it.each<[string, (turn: number) => Reply, (turn: number) => Reply, boolean | null]>([
    [
      'the host, where one of its refusals arrives like an accept',
      (turn) => refusal(turn === 1 ? 125 : 127),
      () => accept(125),
      true,
    ],
    [
      'the host, where one of its accepts arrives like that',
      () => refusal(127),
      (turn) => accept(turn === 1 ? 127 : 125),
      true,
    ],
    [
      'nobody, where one arrives from as far away',
      (turn) => refusal(turn === 1 ? 61 : 127),
      () => accept(125),
      null,
    ],
    [
      'nobody, where one of the accepts shows another distance that is the same',
      () => refusal(127),
      (turn) => accept(turn === 1 ? 63 : 125),
      null,
    ],
    [
      'nobody, where fewer than two refusals arrive',
      (turn) => (turn === 0 ? refusal(127) : silent),
      () => accept(125),
      null,
    ],
    [
      'nobody, where fewer than two accepts arrive',
      () => refusal(127),
      (turn) => (turn === 0 ? accept(125) : silent),
      null,
    ],
    ['nobody, where they arrive without TTLs', () => refusal(), () => accept(125), null],
    ['nobody, where the port accepts now', () => accept(127), () => accept(125), null],
    [
      'another, where two of each arrive',
      (turn) => (turn < 2 ? refusal(127) : silent),
      (turn) => (turn < 2 ? accept(125) : silent),
      false,
    ],
  ])('is %s', async (_, theirs, hosts, isOwn) => {
    const { found } = await seeing(theirs, hosts);
    expect(await found.isOwn(2000, refusal(127))).toBe(isOwn);
  });

  it('is looked into for three TTLs at most', async () => {
    const { found, asked } = await seeing(() => refusal(127));
    for (const ttl of [127, 120, 119]) expect(await found.isOwn(2000, refusal(ttl))).toBe(false);
    const before = asked.length;
    expect(await found.isOwn(2000, refusal(118))).toBeNull();
    expect(await found.isOwn(2000, refusal(119))).toBe(false);
    expect(asked).toHaveLength(before);
  });
});

describe('whose a refusal is, by a least TTL of answers', () => {
  /** Answers of each port arrive with this TTL; null: not at all. */
  const withLeast = (ttls: (port: number, turn: number) => number | null) =>
    proberOf(
      (port, turn, minTtl) => {
        const ttl = ttls(port, turn);
        return ttl === null || ttl < minTtl ? silent : port === WITNESS ? accept() : refusal();
      },
      { minTtl: true },
    );
  const ACCEPTS = [observation(WITNESS, accept())];
  const host = async (ttls: Readonly<Record<number, number | null>>, own = 125) => {
    const net = withLeast((port) => (port === WITNESS ? own : (ttls[port] ?? null)));
    return { ...net, found: must(await resetTtlOf(net.prober, ACCEPTS, own)) };
  };

  it.each([1, 29, 32, 33, 61, 64, 65, 120, 125, 128, 129, 247, 250, 255])(
    'finds an own TTL of %i',
    async (ttl) => {
      for (const guess of [null, ttl, 100]) {
        const { prober, asked } = withLeast(() => ttl);
        const found = await resetTtlOf(prober, ACCEPTS, guess);
        expect([found?.own, found?.isSure]).toEqual([ttl, true]);
        for (const { minTtl = 0 } of asked) expect([minTtl > 0, minTtl <= 255]).toEqual([true, true]);
      }
    },
  );

  it('is searched for from a guess, which takes four probes where it holds', async () => {
    const { asked } = await host({});
    expect(asked.map(({ minTtl }) => minTtl)).toEqual([125, 126, 126, 126]);
  });

  it('is searched for near the top of the values that packets begin with, silence three times', async () => {
    const search = async (ttl: number) => {
      const { prober, asked } = withLeast(() => ttl);
      await resetTtlOf(prober, ACCEPTS, null);
      return asked.map(({ minTtl }) => minTtl);
    };
    expect(await search(125)).toEqual([
      65,
      ...[129, 129, 129],
      124,
      ...[126, 126, 126],
      125,
      125,
      ...[126, 126, 126],
    ]);
    expect(await search(252)).toEqual([65, 129, 251, ...[253, 253, 253], 252, 252, ...[253, 253, 253]]);
    expect((await search(66)).slice(-11)).toEqual([
      ...[69, 69, 69],
      ...[67, 67, 67],
      66,
      66,
      ...[67, 67, 67],
    ]);
  });

  it('is searched for no longer once a probe fails', async () => {
    const search = async (fails: (minTtl: number) => boolean) => {
      const { prober, asked } = proberOf(
        (_, __, minTtl) => (fails(minTtl) ? fault('no-route', 'E') : minTtl > 100 ? silent : accept()),
        { minTtl: true },
      );
      expect(await resetTtlOf(prober, ACCEPTS, null)).toBeNull();
      return asked.map(({ minTtl }) => minTtl);
    };
    expect(await search((minTtl) => minTtl === 129)).toEqual([65, 129]);
    expect(await search((minTtl) => minTtl === 124)).toEqual([65, 129, 129, 129, 124]);
  });

  it('is compared with no TTL that no packet has', async () => {
    for (const own of [150, 191, 254, 255]) {
      const { found, asked } = await host({ 2000: 140, 3000: own - 1 }, own);
      for (const port of [2000, 3000]) expect(await found.isOwn(port, refusal())).toBe(false);
      for (const { minTtl = 0 } of asked) expect([minTtl > 0, minTtl <= 255]).toEqual([true, true]);
    }
  });

  it('is not known where answers do not agree, fail, or never come', async () => {
    const of = async (answer: (turn: number, minTtl: number) => Reply, guess: number | null) =>
      resetTtlOf(
        proberOf((_, turn, minTtl) => answer(turn, minTtl), { minTtl: true }).prober,
        ACCEPTS,
        guess,
      );
    // Every fourth answer took a shorter way, as with equal-cost paths.
    expect(
      await of((turn, minTtl) => ((turn % 4 === 0 ? 127 : 125) >= minTtl ? accept() : silent), null),
    ).toBeNull();
    expect(await of(() => fault('no-route', 'E'), null)).toBeNull();
    expect(await of(() => silent, 125)).toBeNull();
    expect(await of((_, minTtl) => (minTtl > 100 ? fault('no-route', 'E') : accept()), null)).toBeNull();
  });

  it('is the host where it arrives with its TTL and no more', async () => {
    const { found } = await host({ 2000: 125, 3000: 125 });
    expect([await found.isOwn(2000, refusal()), await found.isOwn(3000, refusal())]).toEqual([true, true]);
    const top = await host({ 2000: 255 }, 255);
    expect(await top.found.isOwn(2000, refusal())).toBe(true);
  });

  it('is another, nearer or farther, where that is proven', async () => {
    for (const ttl of [127, 120, 50]) {
      const { found } = await host({ 2000: ttl });
      expect(await found.isOwn(2000, refusal()), `${ttl}`).toBe(false);
    }
    const top = await host({ 2000: 250 }, 255);
    expect(await top.found.isOwn(2000, refusal())).toBe(false);
  });

  it.each([61, 252])(
    'is nobody where it arrives with %i, from as far away by another initial TTL',
    async (ttl) => {
      const { found } = await host({ 2000: ttl });
      expect(await found.isOwn(2000, refusal())).toBeNull();
    },
  );

  it('is nobody where no refusal arrives any more, the probe fails, or the run is stopped', async () => {
    const gone = await host({});
    expect(await gone.found.isOwn(2000, refusal())).toBeNull();
    const failing = proberOf(
      (port, _, minTtl) => (port !== WITNESS ? fault('no-route', 'E') : minTtl > 125 ? silent : accept()),
      { minTtl: true },
    );
    expect(await must(await resetTtlOf(failing.prober, ACCEPTS, 125)).isOwn(2000, refusal())).toBeNull();
    expect(failing.asked.filter(({ port }) => port === 2000)).toHaveLength(2);
    for (const failsAt of [125, 126]) {
      const half = proberOf(
        (port, _, minTtl) =>
          port !== WITNESS && minTtl === failsAt
            ? fault('no-route', 'E')
            : minTtl > 125
              ? silent
              : port === WITNESS
                ? accept()
                : refusal(),
        { minTtl: true },
      );
      expect(await must(await resetTtlOf(half.prober, ACCEPTS, 125)).isOwn(2000, refusal())).toBeNull();
    }
    const stopped = await host({ 2000: 120 });
    stopped.stop.abort();
    expect(await stopped.found.isOwn(2000, refusal())).toBeNull();
  });

  it('is proven by eight pairs of probes, with the least TTL and without', async () => {
    const { found, asked } = await host({ 2000: 120 });
    const before = asked.length;
    await found.isOwn(2000, refusal());
    const since = asked.slice(before).filter(({ port }) => port === 2000);
    expect(since.filter(({ minTtl }) => minTtl === 1)).toHaveLength(8);
    // Three to begin with, eight beside the others, and three at the end.
    expect(since.filter(({ minTtl }) => minTtl === 125)).toHaveLength(3 + 8 + 3);
  });

  it('proves two ports of a kind, and takes others that look the same for the same', async () => {
    const { found, asked } = await host({ 2000: 120, 3000: 120, 4000: 120, 5000: 127, 6000: 127, 7000: 127 });
    const pairs = async (port: number): Promise<number> => {
      expect(await found.isOwn(port, refusal())).toBe(false);
      return asked.filter((one) => one.port === port && one.minTtl === 1).length;
    };
    expect([await pairs(2000), await pairs(3000), await pairs(4000)]).toEqual([8, 8, 0]);
    // Nearer ones rest on the accepts of the host, which are proven once.
    const proofs = (): number => asked.filter(({ port, minTtl }) => port === WITNESS && minTtl === 1).length;
    expect([await pairs(5000), proofs(), await pairs(6000), await pairs(7000), proofs()]).toEqual([
      0, 8, 0, 0, 8,
    ]);
  });

  it('is nobody for all of a kind, where one of those that were looked at was not proven', async () => {
    const { found } = await host({ 2000: 61, 3000: 120, 4000: 120 });
    expect(await found.isOwn(2000, refusal())).toBeNull();
    expect(await found.isOwn(3000, refusal())).toBe(false);
    expect(await found.isOwn(4000, refusal())).toBeNull();
  });

  it('is nobody where one arrives like the host after all, or too few arrive to prove it', async () => {
    const net = withLeast((port, turn) =>
      port === WITNESS ? 125 : port === 2000 ? (turn < 6 ? null : 125) : turn % 8 === 0 ? 120 : null,
    );
    const found = must(await resetTtlOf(net.prober, ACCEPTS, 125));
    expect(await found.isOwn(2000, refusal())).toBeNull();
    expect(await found.isOwn(3000, refusal())).toBeNull();
    expect(net.asked.filter(({ port, minTtl }) => port === 3000 && minTtl === 1)).toHaveLength(24);
  });

  it('is nobody where a third arrives like the host after all, which loss had hidden', async () => {
    const net = withLeast((port, turn) =>
      port === WITNESS ? 125 : port < 4000 ? 120 : turn < 3 ? null : 125,
    );
    const found = must(await resetTtlOf(net.prober, ACCEPTS, 125));
    for (const port of [2000, 3000]) await found.isOwn(port, refusal());
    // Its first three answers were lost.
    expect(await found.isOwn(4000, refusal())).not.toBe(false);
  });
});

describe('whose a refusal is, where nothing of the host accepts', () => {
  const REFUSES = [observation(135, refusal())];

  it('is a device before it where fewer hops were passed than by accepts of its neighbours', async () => {
    const { prober, asked } = proberOf(() => silent, { seesTtl: true });
    const found = must(await resetTtlOf(prober, REFUSES, 125));
    expect(await Promise.all([127, 125, 124, 63, 61].map((ttl) => found.isOwn(ttl, refusal(ttl))))).toEqual([
      false,
      null,
      null,
      false,
      null,
    ]);
    expect([found.seen?.(127), found.seen?.(1)]).toEqual([127, undefined]);
    expect(asked).toEqual([]);
  });

  it('is nobody where nothing is known to compare with, but its TTL is found out', async () => {
    const net = proberOf((port, _, minTtl) => ((port === 9 ? 0 : 127) >= minTtl ? refusal() : silent), {
      minTtl: true,
    });
    const found = must(await resetTtlOf(net.prober, REFUSES, null, true));
    expect(await found.isOwn(2000, refusal())).toBeNull();
    expect(found.seen?.(2000)).toBe(127);
    // The next is searched for from there: one that arrives with 127, and three that do not with more.
    expect(await found.isOwn(3000, refusal())).toBeNull();
    expect(net.asked.filter(({ port }) => port === 3000).map(({ minTtl }) => minTtl)).toEqual([
      127, 128, 128, 128,
    ]);
    expect(await found.isOwn(9, refusal())).toBeNull();
    expect(found.seen?.(9)).toBeUndefined();
  });

  it('begins to search at the TTL of the neighbours', async () => {
    const net = proberOf((_, __, minTtl) => (127 >= minTtl ? refusal() : silent), { minTtl: true });
    const found = must(await resetTtlOf(net.prober, REFUSES, 127));
    expect(await found.isOwn(2000, refusal())).toBeNull();
    expect(net.asked).toHaveLength(4);
  });
});

describe('observations with the sender of their refusals', () => {
  const judging = (isOwn: boolean | null, changes: Partial<ResetTtl> = {}): ResetTtl => ({
    own: 125,
    isSure: true,
    isOwn: async () => isOwn,
    ...changes,
  });
  const replies = async (reset: ResetTtl, reply: Reply, isWanted = true) =>
    (await withResetTtl([observation(2000, reply)], reset, () => isWanted))[0]?.reply;

  it('say that the host sent it, with its TTL', async () => {
    expect(await replies(judging(true), refusal())).toEqual({ ...refused, ttl: 125, ttlMatch: true });
    expect(await replies(judging(true), refusal(124))).toEqual({ ...refused, ttl: 124, ttlMatch: true });
    expect(await replies(judging(true, { own: null, isSure: false }), refusal())).toEqual(refused);
  });

  it('say that another did, for sure only by the answers of the host itself', async () => {
    expect(await replies(judging(false), refusal(60))).toEqual({
      ...refused,
      ttl: 60,
      ttlMatch: false,
      by: 'middlebox',
    });
    expect(await replies(judging(false, { isSure: false }), refusal())).toEqual({
      ...refused,
      by: 'middlebox',
    });
  });

  it('say what was seen where it is not known', async () => {
    expect(await replies(judging(null), refusal())).toEqual(refused);
    expect(await replies(judging(null, { seen: () => 99 }), refusal())).toEqual({ ...refused, ttl: 99 });
    expect(await replies(judging(null, { seen: () => 99 }), refusal(60))).toEqual({ ...refused, ttl: 60 });
  });

  it('are as they were where it is not wanted, or nothing was refused', async () => {
    expect(await replies(judging(false), refusal(), false)).toEqual(refused);
    expect(await replies(judging(false), accepted)).toEqual(accepted);
  });
});
