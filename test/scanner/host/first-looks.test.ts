import { describe, expect, it } from 'vitest';
import { accepted, refused, SAMPLE, unreachable } from '../fakes.ts';
import { askMany, held, looksAt, observed, silence } from './looks.ts';

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

describe('the first probes to one of a few hosts', () => {
  const askFew = async (retries: number, answersAtMs: number | null) => {
    const { first, did, asked, noteFirst } = looksAt({ plan: { retries } });
    await held.clock.run(first.lookInCheck());
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
      void first.lookInCheck();
      if (answersAtMs !== null) setTimeout(noteFirst, answersAtMs);
      await held.clock.run(Promise.resolve(asked[0]?.[0]({ port: 1100, why: 'sampled' })));
      expect(held.clock.now).toBe(waitMs);
    },
  );
});
