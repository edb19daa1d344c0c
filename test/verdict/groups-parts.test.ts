import { describe, expect, it } from 'vitest';
import { exactStretches, sameExtent } from '../../src/verdict/groups/block.ts';
import { type Cause, SELF } from '../../src/verdict/groups/cause.ts';
import { blockPlaceOf, blockWords, prefixWords } from '../../src/verdict/groups/prefixes.ts';
import {
  type GroupFacts,
  groupWords,
  openingCommands,
  placeWords,
  signatureOf,
  stableId,
} from '../../src/verdict/groups/words.ts';
import { cause, DESKTOP, DYNAMIC } from './causes.ts';
import { sketch } from './reports.ts';

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
