import { describe, expect, it } from 'vitest';
import { unreachable } from '../fakes.ts';
import { askMany, type Host, held, looksAt, observed, silence } from './looks.ts';

const LOOK = [
  ['again', 135, 2000],
  ['again', 3389, 2000],
];

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
    const asking = first.lookInAudit(() => {});
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

  it('is looked at no further once a port answers, and the other one is waited for', async () => {
    const { did } = await askMany({ answersAtMs: 10, controls: { own: [12, 6] } });
    expect(did.filter(([what]) => what === 'again')).toEqual([
      ['again', 135, 2000],
      ['again', 3389, 2000],
    ]);
    expect(did.filter(([what]) => what === 'control')).toHaveLength(1);
  });
});

describe('the round trip of a host that answered a repetition only', () => {
  const measured = async (host: Host) =>
    (await askMany({ answersAtMs: 10, ...host })).did.filter(([what]) => what === 'measure');

  it('is measured by probes on new flows, three at most, that wait as long as a first look', async () => {
    expect(await measured({ lostOnNewFlows: 0 })).toEqual([['measure', 135, 300]]);
    expect(await measured({ lostOnNewFlows: 1 })).toHaveLength(2);
    expect(await measured({ lostOnNewFlows: 9 })).toHaveLength(3);
  });

  it('is not, where it is known or nothing answers', async () => {
    expect(await measured({})).toEqual([]);
    const { did } = await askMany({ lostOnNewFlows: 0 });
    expect(did.filter(([what]) => what === 'measure')).toEqual([]);
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

  it('follow the loss of the path, whatever few controls show, each on a new flow', async () => {
    const looks = async (loss: number) => (await looksOf({ loss, controls: { own: [12, 12] } })).waits.length;
    expect(await Promise.all([0, 0.03, 0.04, 0.09, 0.15, 0.25, 0.6].map(looks))).toEqual([
      1, 1, 2, 2, 3, 4, 4,
    ]);
    const { did } = await askMany({
      loss: 0.03,
      observations: [observed(135, silence), observed(3389, unreachable(1))],
    });
    expect(did.filter(([what]) => what === 'flow' || what === 'again')).toEqual([
      ['flow', 135, false],
      ['again', 135, 2000],
      ['again', 3389, 2000],
    ]);
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
