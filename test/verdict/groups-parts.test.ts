import { describe, expect, it } from 'vitest';
import type { FilterReport, HostReport } from '../../src/model/report.ts';
import { type Doubt, exactStretches, sameExtent } from '../../src/verdict/groups/block.ts';
import {
  type Cause,
  causesOf,
  filtersMet,
  hopBehind,
  isLocated,
  isSameFilter,
  needsOf,
  placeOf,
  SELF,
} from '../../src/verdict/groups/cause.ts';
import { resolver } from '../../src/verdict/groups/group-hosts.ts';
import { blockPlaceOf, blockWords, prefixWords } from '../../src/verdict/groups/prefixes.ts';
import {
  type GroupFacts,
  groupWords,
  openingCommands,
  placeWords,
  signatureOf,
  stableId,
} from '../../src/verdict/groups/words.ts';
import { HOPS } from './networks.ts';
import { type Sketch, sketch } from './reports.ts';

const DYNAMIC = needsOf(['dynamic-rpc']);
const DESKTOP = needsOf(['remote-desktop']);

/** A cause, keyed as the hosts of a block key it. */
const cause = (more: Partial<Cause> = {}): Cause => {
  const made = { needs: DYNAMIC, how: 'drop', by: null, afterHop: null, key: '', ...more } as const;
  const place = made.afterHop ?? (made.beforeHop ? `<${made.beforeHop}` : '-');
  return { ...made, key: `${made.needs} ${made.how} ${made.by ?? '-'} ${place}` };
};

const DOUBT: Doubt = { silent: 0, spare: 0, zones: 0, verdict: 'blocked' };

describe('the cause that a sighting is counted for', () => {
  /** What the first is counted for, where all of these were seen. */
  const counted = (vague: Cause, others: readonly Cause[], doubt: Partial<Doubt> = {}): Cause => {
    const seen = { cause: vague, doubt: { ...DOUBT, ...doubt } };
    return resolver([seen, ...others.map((one) => ({ cause: one, doubt: DOUBT }))])(seen);
  };
  const located = cause({ afterHop: '10.0.3.1' });

  it('is the one clear cause of its block that it may be', () => {
    expect(counted(cause(), [located])).toEqual(located);
    const named = cause({ by: '10.0.3.2', afterHop: '10.0.3.1' });
    expect(counted(cause({ by: '10.0.3.2' }), [named])).toEqual(named);
    expect(counted(located, [named])).toEqual(named);
    const before = cause({ beforeHop: '10.0.3.1' });
    expect(counted(cause(), [before])).toEqual(before);
    const rejects = cause({ by: '10.0.3.2', beforeHop: '10.0.3.1' });
    expect(counted(before, [rejects])).toEqual(rejects);
  });

  it('is its own where two are clear, or the place is another', () => {
    expect(counted(cause(), [located, cause({ afterHop: '10.0.9.1' })])).toEqual(cause());
    const by = cause({ by: '10.0.3.9' });
    expect(counted(by, [cause({ by: '10.0.3.2', afterHop: '10.0.3.1' })])).toEqual(by);
    const before = cause({ beforeHop: '10.0.5.1' });
    expect(counted(before, [located])).toEqual(before);
    expect(counted(before, [cause({ beforeHop: '10.0.6.1' })])).toEqual(before);
  });

  it('is never what the host does itself, nor another kind of filter', () => {
    expect(counted(cause(), [cause({ by: SELF })])).toEqual(cause());
    const reset = cause({ how: 'reset', afterHop: '10.0.3.1' });
    expect(counted(cause(), [reset])).toEqual(cause());
    expect(counted(cause({ how: 'reset' }), [reset])).toEqual(reset);
  });

  it('may stop more, where that is in doubt or not needed', () => {
    const both = cause({ needs: DYNAMIC | DESKTOP, afterHop: '10.0.3.1' });
    expect(counted(cause(), [both])).toEqual(cause());
    expect(counted(cause(), [both], { silent: DESKTOP })).toEqual(both);
    expect(counted(cause(), [both], { spare: DESKTOP })).toEqual(both);
    expect(counted(cause({ needs: DYNAMIC | DESKTOP }), [located])).toEqual(
      cause({ needs: DYNAMIC | DESKTOP }),
    );
  });

  it('may be a router that rejects, whose ICMP errors are rationed', () => {
    const rejects = cause({ how: 'icmp', by: '10.0.3.2', afterHop: '10.0.3.1' });
    expect(counted(cause(), [rejects])).toEqual(rejects);
    expect(counted(located, [rejects])).toEqual(rejects);
    expect(counted(cause({ afterHop: '10.0.3.2' }), [rejects])).toEqual(rejects);
    expect(counted(cause({ afterHop: '10.0.9.1' }), [rejects])).toEqual(cause({ afterHop: '10.0.9.1' }));
    expect(counted(cause(), [cause({ how: 'icmp' })])).toEqual(cause());
    expect(counted(cause({ how: 'reset' }), [rejects])).toEqual(cause({ how: 'reset' }));
    // Silence nowhere is silence behind a router, and that is its rejections.
    expect(counted(cause(), [located, rejects])).toEqual(rejects);
  });
});

describe('a place', () => {
  const filter = (more: Partial<FilterReport>): FilterReport => ({
    ports: [50_000],
    how: 'drop',
    by: null,
    afterHop: null,
    ...more,
  });

  it('is that of a filter in canonical addresses, or the host itself', () => {
    expect(placeOf(filter({}), '10.1.2.3')).toEqual({ by: null, afterHop: null });
    expect(placeOf(filter({}), null)).toEqual({ by: null, afterHop: null });
    expect(placeOf(filter({ by: '10.1.2.3', afterHop: '10.0.3.1' }), '10.1.2.3')).toEqual({
      by: SELF,
      afterHop: null,
    });
    expect(placeOf(filter({ by: 'FD00:0::2', afterHop: 'FD00:0::1' }), 'fd00::7')).toEqual({
      by: 'fd00::2',
      afterHop: 'fd00::1',
    });
    expect(placeOf(filter({ by: '10.0.3.1', afterHop: '10.0.3.1' }), null)).toEqual({
      by: '10.0.3.1',
      afterHop: null,
    });
    expect(placeOf(filter({ beforeHop: '10.0.3.1' }), null)).toEqual({
      by: null,
      afterHop: null,
      beforeHop: '10.0.3.1',
    });
  });

  it('is known where a router on the way is, and the same where all of it is', () => {
    expect(isLocated(cause())).toBe(false);
    expect(isLocated(cause({ by: SELF }))).toBe(false);
    expect(isLocated(cause({ by: '10.0.3.2' }))).toBe(true);
    expect(isLocated(cause({ afterHop: '10.0.3.1' }))).toBe(true);
    expect(isSameFilter(cause(), cause({ needs: DESKTOP }))).toBe(true);
    for (const other of [{ how: 'icmp' }, { by: '10.0.3.2' }, { afterHop: '10.0.3.1' }] as const)
      expect(isSameFilter(cause(), cause(other))).toBe(false);
  });

  it('has the hop behind it that answered next', () => {
    const hop = (ttl: number, address: string | null) => ({ ttl, address, rttMs: 1 });
    const { path, ...rest } = sketch({ address: '10.1.2.3' });
    const behind = (hops: HostReport['path']['hops'], at: string) =>
      hopBehind({ ...rest, path: { ...path, hops } }, at);
    const hops = [hop(1, null), hop(2, '10.0.1.1'), hop(3, null), hop(4, '10.0.3.1')];
    expect(behind(hops, '10.0.1.1')).toBe('10.0.3.1');
    expect(behind(hops, '10.0.3.1')).toBeNull();
    expect(behind(hops, '10.0.9.1')).toBeNull();
  });
});

describe('the filters that a host met', () => {
  const host = (more: Sketch): HostReport => sketch({ address: '10.1.2.3', hops: HOPS, ...more });
  const ways = (report: HostReport) =>
    filtersMet(report).map(({ requirement, how, by, afterHop }) => [requirement, how, by, afterHop]);
  const DROP = { what: ['dynamic-rpc'], how: 'drop' } as const;
  const REJECT = { what: ['dynamic-rpc'], how: 'icmp' } as const;

  it('are those of failing requirements', () => {
    expect(ways(host({ stops: [DROP] }))).toEqual([['dynamic-rpc', 'drop', null, null]]);
    expect(ways(host({ stops: [DROP], dynamic: ['pass', 'dynamic-all-answered'] }))).toEqual([]);
    expect(ways(host({ mapper: ['fail', 'mapper-refused'] }))).toEqual([]);
    const desktop = { ...DROP, what: ['remote-desktop'] } as const;
    expect(ways(host({ stops: [DROP, desktop], dynamic: ['undetermined', 'dynamic-silent'] }))).toEqual([
      ['remote-desktop', 'drop', null, null],
    ]);
  });

  it('leave out silence beside rejections, unless it sits elsewhere or is of another requirement', () => {
    const hows = (...stops: NonNullable<Sketch['stops']>) => ways(host({ stops })).map(([, how]) => how);
    const at = (one: typeof DROP | typeof REJECT, after: string) => ({ ...one, after });
    expect(hows(DROP, REJECT)).toEqual(['icmp']);
    expect(hows(at(DROP, '10.0.3.1'), REJECT)).toEqual(['icmp']);
    expect(hows(DROP, at(REJECT, '10.0.3.1'))).toEqual(['icmp']);
    expect(hows(at(DROP, '10.0.3.1'), at(REJECT, '10.0.3.1'))).toEqual(['icmp']);
    expect(hows(at(DROP, '10.0.3.1'), at(REJECT, '10.0.9.1'))).toEqual(['drop', 'icmp']);
    expect(hows({ ...DROP, what: ['remote-desktop'] }, REJECT)).toEqual(['drop', 'icmp']);
    expect(hows({ ...DROP, how: 'reset' }, REJECT)).toEqual(['reset', 'icmp']);
    // One rejection among others is enough.
    expect(hows(DROP, { ...REJECT, what: ['remote-desktop'] }, REJECT)).toEqual(['icmp', 'icmp']);
  });

  it('are its causes, keyed by what they stop, how and where', () => {
    const keys = (report: HostReport) => causesOf(report).map(({ key }) => key);
    expect(keys(host({ stops: [DROP] }))).toEqual([`${DYNAMIC} drop - -`]);
    expect(keys(host({ stops: [{ ...REJECT, by: '10.0.3.2', after: '10.0.3.1' }] }))).toEqual([
      `${DYNAMIC} icmp 10.0.3.2 10.0.3.1`,
    ]);
    const [met] = host({ stops: [DROP] }).path.filters;
    const before = {
      ...host({ stops: [DROP] }),
      path: { ...host({ stops: [DROP] }).path, filters: [{ ...met, beforeHop: '10.0.3.1' } as FilterReport] },
    };
    expect(keys(before)).toEqual([`${DYNAMIC} drop - <10.0.3.1`]);
    expect(keys(host({ stops: [DROP], rule: 'address-translation' }))).toEqual([]);
    expect(keys(host({ stops: [DROP], verdict: 'undetermined' }))).toEqual([]);
    expect(keys(host({ mapper: ['fail', 'mapper-refused', 'likely'] }))).toEqual(['1 refused - -']);
    expect(keys(host({ mapper: ['fail', 'mapper-refused', 'proven'] }))).toEqual([]);
  });
});

describe('exact stretches', () => {
  const one = [{ from: 50_000, to: 50_999 }];

  it('of hosts are one where all of them are the same', () => {
    const two = [...one, { from: 60_000, to: 60_999 }];
    expect(sameExtent(undefined, one)).toEqual(one);
    expect(sameExtent(one, undefined)).toEqual(one);
    expect(sameExtent(one, [...one])).toEqual(one);
    expect(sameExtent(two, [...two])).toEqual(two);
    for (const other of [
      null,
      two,
      [],
      [{ from: 50_000, to: 50_998 }],
      [{ from: 50_001, to: 50_999 }],
      [{ from: 50_001, to: 50_998 }],
    ]) {
      expect(sameExtent(one, other)).toBeNull();
      expect(sameExtent(other, one)).toBeNull();
    }
    expect(sameExtent(two, [...one, { from: 60_000, to: 60_001 }])).toBeNull();
    expect(sameExtent(null, undefined)).toBeNull();
    expect(sameExtent(null, null)).toBeNull();
  });

  it('are those that are filtered and exact; 3389 alone is none', () => {
    const range = (from: number, to: number, more = {}) =>
      ({ from, to, state: 'filtered', exact: true, ...more }) as const;
    const ranges = [
      range(3389, 3389),
      range(3389, 3400),
      range(3000, 3389),
      range(6000, 6100),
      range(7000, 7100, { exact: false }),
      range(8000, 8100, { state: 'reachable' }),
    ];
    expect(exactStretches(sketch({ address: '10.1.2.3', ranges })).map(({ from, to }) => [from, to])).toEqual(
      [
        [3389, 3400],
        [3000, 3389],
        [6000, 6100],
      ],
    );
  });
});

describe('the words of a group', () => {
  const facts = (more: Partial<GroupFacts> = {}): GroupFacts => ({
    cause: cause({ afterHop: '10.0.3.1' }),
    prefixes: ['10.1.2.0/24'],
    extent: null,
    behind: '10.0.3.2',
    blocked: 9,
    raised: 0,
    judged: 12,
    traces: 8,
    silent: 0,
    ...more,
  });

  it.each<[Partial<Cause>, string]>([
    [{}, ''],
    [{ by: '10.0.3.2' }, ' by 10.0.3.2'],
    [{ by: SELF }, ' by the host itself'],
    [{ by: '10.0.3.2', afterHop: '10.0.3.1' }, ' by 10.0.3.2 after 10.0.3.1'],
    [{ afterHop: '10.0.3.1' }, ' after 10.0.3.1'],
    [{ beforeHop: '10.0.3.1' }, ' before 10.0.3.1'],
  ])('say where: %j', (place, words) => {
    expect(placeWords(cause(place))).toBe(words);
    expect(signatureOf(cause(place))).toBe(`dynamic-rpc drop${words || ' at an unknown place'}`);
  });

  it.each<[Partial<GroupFacts>, string]>([
    [
      {},
      'Between 10.0.3.1 and 10.0.3.2, dynamic RPC ports are silently dropped for 9 of 12 hosts in 10.1.2.0/24.',
    ],
    [{ behind: null }, 'Between 10.0.3.1 and the hosts, dynamic'],
    [{ traces: 7 }, 'After 10.0.3.1 (7 traces), dynamic'],
    [{ traces: 1 }, 'After 10.0.3.1 (1 trace), dynamic'],
    [{ cause: cause() }, 'At an unknown place, dynamic'],
    [{ cause: cause({ by: SELF }) }, 'By the hosts themselves, dynamic'],
    [
      { cause: cause({ beforeHop: '10.0.3.1' }) },
      'Somewhere before 10.0.3.1, the first router that answers, ',
    ],
    [{ cause: cause({ how: 'reset', afterHop: '10.0.3.1' }) }, 'At 10.0.3.1 or the device behind it, '],
    [{ cause: cause({ how: 'icmp', by: '10.0.3.2' }) }, 'At 10.0.3.2, dynamic RPC ports are rejected with'],
    [
      { cause: cause({ how: 'icmp', by: '10.0.3.2', afterHop: '10.0.3.1' }) },
      'At 10.0.3.2 after 10.0.3.1, dynamic',
    ],
    [
      { cause: cause({ how: 'icmp', by: '10.0.3.2', afterHop: '10.0.3.1' }), traces: 2 },
      'At 10.0.3.2 after 10.0.3.1 (2 traces), dynamic',
    ],
    [
      { cause: cause({ how: 'refused' }) },
      'By the hosts, or by a device that sends resets on their behalf, ',
    ],
  ])('begin with the place: %j', (more, words) => {
    expect(groupWords(facts(more)).startsWith(words)).toBe(true);
  });

  it('name exact ports, single hosts, and at most four prefixes', () => {
    const extent = [
      { from: 50_000, to: 50_999 },
      { from: 60_000, to: 60_000 },
    ];
    expect(groupWords(facts({ extent }))).toContain(', TCP 50000-50999, 60000 are silently');
    expect(groupWords(facts({ extent: extent.slice(1) }))).toContain(', TCP 60000 is silently');
    expect(
      groupWords(facts({ cause: cause({ needs: DYNAMIC | DESKTOP }), extent: extent.slice(1) })),
    ).toContain('TCP 3389 and TCP 60000 are silently');
    for (const address of ['10.1.2.3', 'fd00::7'])
      expect(
        groupWords(
          facts({ judged: 1, blocked: 1, prefixes: [`${address}/${address.includes(':') ? 128 : 32}`] }),
        ),
      ).toContain(` for ${address}.`);
    const prefixes = Array.from({ length: 5 }, (_, i) => `10.1.${2 * i}.0/24`);
    expect(groupWords(facts({ prefixes }))).toContain(
      '10.1.0.0/24, 10.1.2.0/24, 10.1.4.0/24, 10.1.6.0/24 and 1 more.',
    );
    expect(groupWords(facts({ prefixes: prefixes.slice(1) }))).toContain('10.1.6.0/24 and 10.1.8.0/24.');
  });

  it('count the silent ones', () => {
    const text = groupWords(facts({ raised: 3, silent: 2 }));
    expect(text).toContain(', and likely for 3 more whose silence alone proves nothing. No rejection came');
    expect(text).toContain('for 2 of them: either');
    expect(groupWords(facts())).toMatch(/10\.1\.2\.0\/24\.$/);
  });

  it('have an id of sixteen digits, the same in every run', () => {
    expect(stableId('')).toBe('cbf29ce484222325');
    expect(stableId('a')).toBe('af63dc4c8601ec8c');
    const ids = Array.from({ length: 64 }, (_, i) => stableId(`${i}`));
    expect(ids.filter((id) => !/^[0-9a-f]{16}$/.test(id))).toEqual([]);
    expect(ids.some((id) => id.startsWith('0'))).toBe(true);
  });

  it('come with rules, unless the hosts filter themselves', () => {
    const rules = (more: Partial<Cause>) =>
      openingCommands({ cause: cause(more), prefixes: ['10.1.2.0/24'], extent: null }).commands.length;
    expect([rules({}), rules({ by: SELF }), rules({ how: 'refused' })]).toEqual([3, 0, 0]);
  });
});

describe('prefixes', () => {
  it('leave the zone of an address aside', () => {
    expect(blockPlaceOf('fe80::7%eth0')).toEqual(blockPlaceOf('fe80::7'));
    expect(blockPlaceOf('fe80::7%')).toEqual(blockPlaceOf('fe80::7'));
    expect(blockPlaceOf('nonsense')).toBeNull();
  });

  it('of IPv4 and IPv6 stay apart, IPv4 first', () => {
    const [four, six] = [blockPlaceOf('0.0.0.0')?.block ?? 1n, blockPlaceOf('::')?.block ?? 1n];
    const whole = [{ from: 0, size: 256 }];
    expect(blockWords(six)).toBe('::/120');
    expect(
      prefixWords([
        { block: six, pieces: whole },
        { block: four, pieces: whole },
      ]),
    ).toEqual(['0.0.0.0/24', '::/120']);
  });
});
