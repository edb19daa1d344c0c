import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HostPolicy } from '../../src/model/policy.ts';
import type { HostReport } from '../../src/model/report.ts';
import { orderOpenings } from '../../src/verdict/what-if/order.ts';
import { openingsFor } from '../../src/verdict/what-if/what-if.ts';
import { HOPS, range, STEALTH, tallied } from './networks.ts';
import { type Sketch, type Stop, sketch } from './reports.ts';

const MAPPER: Stop = { what: ['endpoint-mapper'], how: 'drop', after: '10.0.3.1' };
const DYNAMIC: Stop = { what: ['dynamic-rpc'], how: 'drop', after: '10.0.9.1' };

const hosts = (net: number, from: number, to: number, of: Sketch): HostReport[] =>
  range(from, to).map((low) => sketch({ address: `10.1.${net}.${low}`, hops: HOPS, ...of }));

/** What the steps say, in short. */
const stepsOf = (all: readonly HostReport[]) =>
  openingsFor(all).steps.map(({ title, makesReady, ready }) => `${title}: ${makesReady} (${ready})`);

describe('openingsFor', () => {
  const both: Sketch = { stops: [MAPPER, DYNAMIC] };

  it('counts a host as ready only when all that stops it is opened', () => {
    const all = [
      ...hosts(2, 1, 40, { stops: [MAPPER] }),
      ...hosts(3, 1, 8, both),
      ...hosts(4, 1, 3, { stops: [DYNAMIC] }),
      ...hosts(5, 1, 9, {}),
    ];
    expect(openingsFor(all)).toMatchObject({ blocked: 51, openable: 51, untested: 0, order: 'exact' });
    expect(stepsOf(all)).toEqual([
      'open TCP 135 after 10.0.3.1 for 10.1.2.0/26, 10.1.3.0/28: 40 (40)',
      'open TCP 49152-65535 after 10.0.9.1 for 10.1.3.0/28, 10.1.4.0/30: 11 (51)',
    ]);
  });

  it('puts a pair of openings before a single one that makes fewer hosts ready', () => {
    const all = [
      ...hosts(3, 1, 200, both),
      ...hosts(4, 1, 9, { stops: [{ ...MAPPER, after: '10.0.7.1' }] }),
      ...hosts(5, 1, 3, { stops: [DYNAMIC] }),
    ];
    expect(openingsFor(all).steps.map(({ makesReady }) => makesReady)).toEqual([3, 200, 9]);
  });

  it('gives each step as a ticket with the rules of the group of the report', () => {
    const all = [...hosts(2, 1, 40, { stops: [MAPPER] })];
    const [step] = openingsFor(all).steps;
    const [group] = tallied(all).groups();
    expect(step).toMatchObject({
      id: group?.id,
      signature: group?.signature,
      prefixes: ['10.1.2.0/26'],
      ports: [{ from: 135, to: 135 }],
      needed: 40,
      commands: group?.commands,
      tools: group?.tools,
      text: "Allow TCP 135 from the experts' network to 10.1.2.0/26, and return traffic: a filter after 10.0.3.1 silently drops these ports. Replace EXPERT with the experts' network.",
    });
  });

  it('asks for the exact ports where all hosts of a filter agree on them', () => {
    const ranges = [{ from: 50_000, to: 50_999, state: 'filtered', exact: true } as const];
    const [step] = openingsFor(hosts(2, 1, 9, { stops: [DYNAMIC], ranges })).steps;
    expect(step?.title).toBe('open TCP 50000-50999 after 10.0.9.1 for 10.1.2.0/28');
  });

  it('never covers a host that answered otherwise', () => {
    const all = [...hosts(2, 1, 2, { stops: [MAPPER] }), ...hosts(2, 3, 3, {})];
    expect(openingsFor(all).steps[0]?.prefixes).toEqual(['10.1.2.1/32', '10.1.2.2/32']);
  });

  it('lists hosts apart that no opening in the network makes ready, and asks for nothing on their behalf', () => {
    const forbids = { forbids: true, findings: [], contradictions: [] } as unknown as HostPolicy;
    const all = [
      ...hosts(2, 1, 2, { stops: [MAPPER] }),
      ...hosts(3, 1, 1, { stops: [MAPPER, { what: ['dynamic-rpc'], how: 'drop', by: '10.1.3.1' }] }),
      ...hosts(4, 1, 1, { stops: [MAPPER] }).map((one) => ({ ...one, policy: forbids })),
      ...hosts(5, 1, 1, { mapper: ['fail', 'mapper-refused', 'proven'] }),
      ...hosts(6, 1, 1, { mapper: ['fail', 'mapper-refused', 'likely'], stops: [DYNAMIC] }),
      ...hosts(7, 1, 1, { mapper: ['fail', 'mapper-foreign', 'proven'] }),
      ...hosts(8, 1, 1, { stops: [MAPPER], rule: 'address-translation' }),
      ...hosts(9, 1, 7, { mapper: ['fail', 'mapper-limited', 'weak'] }),
    ];
    const { barred, openable, blocked } = openingsFor(all);
    expect({ openable, blocked }).toEqual({ openable: 2, blocked: 15 });
    expect(barred).toEqual([
      { why: 'policy', hosts: 1, examples: ['10.1.4.1'] },
      { why: 'translation', hosts: 1, examples: ['10.1.8.1'] },
      { why: 'own-firewall', hosts: 1, examples: ['10.1.3.1'] },
      { why: 'refused', hosts: 2, examples: ['10.1.5.1', '10.1.6.1'] },
      { why: 'other-service', hosts: 1, examples: ['10.1.7.1'] },
      { why: 'no-filter', hosts: 7, examples: range(1, 5).map((low) => `10.1.9.${low}`) },
    ]);
    expect(stepsOf(all)).toEqual(['open TCP 135 after 10.0.3.1 for 10.1.2.0/30: 2 (2)']);
  });

  it('counts hosts that are blocked by what their neighbours prove, as the audit stores them', () => {
    const filter: Stop = { what: ['dynamic-rpc'], how: 'drop', after: '10.0.3.1' };
    const plain = [...hosts(2, 1, 8, { stops: [filter] }), ...hosts(2, 20, 24, STEALTH)];
    const tally = tallied(plain);
    const stored = plain.map((one) => tally.raise(one));
    expect(openingsFor(stored)).toMatchObject({ blocked: 13, openable: 13, barred: [], undetermined: 0 });
    expect(stepsOf(stored)).toEqual(['open TCP 49152-65535 after 10.0.3.1 for 10.1.2.0/27: 13 (13)']);
  });

  it('takes a filter that is vague on one host for the clear one of its block', () => {
    const all = [
      ...hosts(2, 1, 2, { stops: [MAPPER] }),
      ...hosts(2, 3, 9, { stops: [{ what: ['endpoint-mapper'], how: 'drop' }] }),
    ];
    expect(stepsOf(all)).toEqual(['open TCP 135 after 10.0.3.1 for 10.1.2.0/28: 9 (9)']);
  });

  it('says how many stay as they are, and how many could not be tested whole', () => {
    const all = [
      ...hosts(2, 1, 2, { stops: [MAPPER], dynamic: ['undetermined', 'dynamic-no-answer', 'weak'] }),
      ...hosts(3, 1, 3, STEALTH),
      ...hosts(4, 1, 4, { ...STEALTH, rule: 'clear-so-far' }),
      ...hosts(5, 1, 5, { verdict: 'unreachable' }),
    ];
    expect(openingsFor(all)).toMatchObject({
      ...{ blocked: 2, openable: 2, untested: 2, barred: [] },
      ...{ undetermined: 7, clearSoFar: 4, unreachable: 5 },
    });
  });

  it('numbers openings by how many hosts need them, then by what they are, and goes by that in doubt', () => {
    const third: Stop = { ...MAPPER, what: ['remote-desktop'], after: '10.0.5.1' };
    const opened = (...all: readonly HostReport[][]) =>
      openingsFor(all.flat()).steps.map(({ signature }) => signature.split(' ')[0]);
    const two = hosts(2, 1, 5, { stops: [DYNAMIC, MAPPER] });
    expect(opened(two)).toEqual(['endpoint-mapper', 'dynamic-rpc']);
    expect(opened(hosts(2, 1, 5, { stops: [MAPPER, DYNAMIC] }))).toEqual(['endpoint-mapper', 'dynamic-rpc']);
    const more = hosts(3, 1, 1, { stops: [DYNAMIC, third] });
    expect(opened(two, more)).toEqual(['dynamic-rpc', 'endpoint-mapper', 'remote-desktop']);
    expect(opened(more, two)).toEqual(['dynamic-rpc', 'endpoint-mapper', 'remote-desktop']);
  });

  it('knows of no filter for a host without an address', () => {
    const nameless = sketch({ address: null, target: 'pc1', stops: [MAPPER] });
    expect(openingsFor([nameless])).toMatchObject({
      ...{ blocked: 1, openable: 0, steps: [] },
      barred: [{ why: 'no-filter', hosts: 1, examples: ['pc1'] }],
    });
  });

  it('takes what was concluded from machines around a host for no evidence of its own', () => {
    const filter: Stop = { what: ['dynamic-rpc'], how: 'drop', after: '10.0.3.1' };
    const plain = [...hosts(2, 1, 8, { stops: [filter] }), ...hosts(2, 20, 24, STEALTH)];
    const tally = tallied(plain);
    const cleared = sketch({
      address: '10.1.2.30',
      ...STEALTH,
      dynamic: ['pass', 'witness-clear', 'likely'],
    });
    const passed = sketch({ address: '10.1.2.30', ...STEALTH, dynamic: ['pass', 'dynamic-all-answered'] });
    const stored = plain.map((one) => tally.raise(one));
    expect(openingsFor([...stored, cleared])).toMatchObject({ blocked: 13, openable: 13, barred: [] });
    expect(openingsFor([...stored, passed])).toMatchObject({ blocked: 13, openable: 8 });
  });

  it('leaves what a blocked host keeps open to doubt, though its neighbours prove a filter there', () => {
    const filter: Stop = { what: ['dynamic-rpc'], how: 'drop', after: '10.0.3.1' };
    const all = [
      ...hosts(2, 1, 8, { stops: [filter] }),
      ...hosts(2, 9, 9, { ...STEALTH, mapper: ['fail', 'mapper-dropped-on-way', 'proven'], stops: [MAPPER] }),
    ];
    const { untested, steps } = openingsFor(all);
    expect(untested).toBe(1);
    expect(steps.map(({ needed }) => needed)).toEqual([8, 1]);
  });

  it('does not open what the host stops as well', () => {
    const twice: Sketch = {
      stops: [
        { ...DYNAMIC, how: 'reset' },
        { what: ['dynamic-rpc'], how: 'icmp', by: '10.1.3.1' },
      ],
    };
    const { barred, openable } = openingsFor(hosts(3, 1, 1, twice));
    expect(openable).toBe(0);
    expect(barred).toMatchObject([{ why: 'own-firewall' }]);
  });

  it('has no steps where nothing is blocked', () => {
    expect(openingsFor(hosts(2, 1, 2, {}))).toEqual({
      ...{ blocked: 0, openable: 0, untested: 0, undetermined: 0, clearSoFar: 0, unreachable: 0 },
      ...{ order: 'exact', steps: [], barred: [] },
    });
  });
});

describe('a ticket', () => {
  const ticket = (stop: Partial<Stop>, before?: string) => {
    const stops = [{ what: MAPPER.what, how: 'drop', ...stop } as const];
    const all = hosts(2, 1, 1, { stops }).map((one) => ({
      ...one,
      path: {
        ...one.path,
        filters: one.path.filters.map((filter) => ({ ...filter, ...(before && { beforeHop: before }) })),
      },
    }));
    return openingsFor(all).steps[0];
  };

  it.each<[string, Partial<Stop>, string, string?]>([
    ['a router that rejects', { by: '10.0.3.2', how: 'icmp' }, 'at 10.0.3.2 rejects these ports with ICMP.'],
    ['a place', { after: '10.0.3.1' }, 'after 10.0.3.1 silently drops these ports.'],
    [
      'a device that resets',
      { after: '10.0.3.1', how: 'reset' },
      "at 10.0.3.1 or the device behind it answers with resets on the hosts' behalf.",
    ],
    ['nobody', {}, 'at an unknown place silently drops these ports.'],
    ['the first router that answers', {}, 'before 10.0.3.1 silently drops these ports.', '10.0.3.1'],
  ])('says where its filter is, by %s', (_, stop, words, before) => {
    expect(ticket(stop, before)?.text).toContain(`return traffic: a filter ${words}`);
    const place = words.replace(/ (rejects|silently|answers) .*/, '');
    expect(ticket(stop, before)?.title).toBe(`open TCP 135 ${place} for 10.1.2.1`);
  });

  it('says what older Windows needs, where the whole range is to be opened', () => {
    const OLD = ' XP and Server 2003 need 1025-5000 instead of 49152-65535.';
    const text = (what: Stop['what'], from?: number, to = 65_535) => {
      const ranges = from === undefined ? [] : [{ from, to, state: 'filtered', exact: true } as const];
      return openingsFor(hosts(2, 1, 1, { stops: [{ ...DYNAMIC, what }], ranges })).steps[0]?.text;
    };
    expect(text(['dynamic-rpc'])).toContain(`the experts' network.${OLD}`);
    expect(text(['endpoint-mapper', 'dynamic-rpc'])).toContain('Allow TCP 135, 49152-65535 from');
    expect(text(['endpoint-mapper', 'dynamic-rpc'])).toContain(OLD);
    expect(text(['endpoint-mapper'])).not.toContain(OLD);
    expect(text(['dynamic-rpc'], 49_152, 60_000)).not.toContain(OLD);
    expect(text(['dynamic-rpc'], 49_153)).not.toContain(OLD);
  });

  it('names a single host of IPv6 without a length, and all prefixes in its text', () => {
    const host = (address: string) => sketch({ address, hops: HOPS, stops: [MAPPER] });
    const [step] = openingsFor(['fd00::7', '10.1.2.7', '10.1.3.17'].map(host)).steps;
    expect(step?.title).toBe('open TCP 135 after 10.0.3.1 for 10.1.2.7, 10.1.3.17, fd00::7');
    expect(step?.text).toContain('to 10.1.2.7/32, 10.1.3.17/32, fd00::7/128, and return');
  });
});

describe('orderOpenings', () => {
  const readyAfter = (classes: readonly { openings: bigint; hosts: number }[], order: readonly number[]) => {
    let opened = 0n;
    return order.map((number) => {
      opened |= 1n << BigInt(number);
      return classes.reduce((sum, one) => ((one.openings & ~opened) === 0n ? sum + one.hosts : sum), 0);
    });
  };
  const area = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
  const permutations = (numbers: readonly number[]): number[][] =>
    numbers.length === 0
      ? [[]]
      : numbers.flatMap((one) =>
          permutations(numbers.filter((other) => other !== one)).map((rest) => [one, ...rest]),
        );
  const classesOf = (count: number) =>
    fc.array(
      fc.record({
        openings: fc.bigInt(1n, (1n << BigInt(count)) - 1n),
        hosts: fc.integer({ min: 1, max: 50 }),
      }),
      { minLength: 1, maxLength: 8 },
    );

  it('finds the best of all orders where it says so', () => {
    const all = permutations(range(0, 4));
    fc.assert(
      fc.property(classesOf(5), (classes) => {
        const { order, how } = orderOpenings(classes, 5);
        expect(how).toBe('exact');
        expect(order.toSorted()).toEqual(range(0, 4));
        const best = Math.max(...all.map((one) => area(readyAfter(classes, one))));
        expect(area(readyAfter(classes, order))).toBe(best);
      }),
    );
  });

  it('names each opening once where it searches step by step', () => {
    const needed = range(0, 19).map((i) => ({ openings: 3n << BigInt(i), hosts: i + 1 }));
    const { order, how } = orderOpenings(needed, 21);
    expect(how).toBe('greedy');
    expect(order.toSorted((a, b) => a - b)).toEqual(range(0, 20));
    expect(order.slice(0, 3).toSorted()).toEqual([18, 19, 20]);
  });

  it('is exact for any number of openings that no host shares', () => {
    const single = range(0, 99).map((i) => ({ openings: 1n << BigInt(i), hosts: (i * 37) % 101 }));
    const { order, how } = orderOpenings(single, 100);
    expect(how).toBe('exact');
    const counts = order.map((number) => single[number]?.hosts ?? 0);
    expect(counts).toEqual(counts.toSorted((a, b) => b - a));
  });
});
