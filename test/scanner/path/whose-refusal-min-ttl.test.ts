import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../src/model/reply.ts';
import type { HostProber } from '../../../src/scanner/host/host-prober.ts';
import { resetTtlOf } from '../../../src/scanner/path/reset-ttl.ts';
import { fakeClock } from '../clock.ts';
import { fault } from '../fakes.ts';
import { accept, must, proberOf, refusal, WITNESS } from './refusals.ts';
import { observation, silent } from './routers.ts';

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

describe('behind a limit that gains one packet while a silence lasts', () => {
  const held = fakeClock();

  /** Of all probes one passes in 100 ms; the first three with a least TTL of 125 are lost. Answers arrive with 125. */
  const limited = (): HostProber => {
    let passedAt = 0;
    let lost = 0;
    const passes = (minTtl: number): boolean => {
      if (minTtl === 125 && lost++ < 3) return false;
      if (performance.now() - passedAt < 100) return false;
      passedAt = performance.now();
      return minTtl <= 125;
    };
    const prober = {
      signal: new AbortController().signal,
      rtt: { waitMs: () => 110 },
      run: { wire: { capabilities: { seesTtl: false, minTtl: true } } },
      probe: async (port: number, { minTtl = 0 }: { readonly minTtl?: number }) => {
        const isAnswered = passes(minTtl);
        await new Promise((resolve) => setTimeout(resolve, isAnswered ? 10 : 110));
        if (!isAnswered) return silent;
        return port === WITNESS ? accept() : refusal();
      },
    };
    return prober as unknown as HostProber;
  };

  it('no TTL that is too low for the own one is proven, so nobody else is blamed', async () => {
    const judging = resetTtlOf(limited(), [observation(WITNESS, accept())], 124).then(async (found) => [
      found?.own,
      await found?.isOwn(50_000, refusal()),
    ]);
    expect(await held.clock.run(judging)).toEqual([124, null]);
  });
});
