import { describe, expect, it } from 'vitest';
import type { PortObservation } from '../../../src/model/evidence.ts';
import type { Reply } from '../../../src/model/reply.ts';
import { type ResetTtl, resetTtlOf, withResetTtl } from '../../../src/scanner/path/reset-ttl.ts';
import { accepted, refused } from '../fakes.ts';
import { accept, must, proberOf, refusal, WITNESS } from './refusals.ts';
import { observation, silent } from './routers.ts';

const spoken = (port: number, reply: Reply, speech: 'spoke' | 'refused' | 'silent'): PortObservation =>
  ({ ...observation(port, reply), finding: { kind: 'rdp', speech } }) as unknown as PortObservation;

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
