import { describe, expect, it } from 'vitest';
import type { FilterReport, HostReport, RangeReport } from '../../src/model/report.ts';
import { Block, type Doubt, doubtOf, silenceOf } from '../../src/verdict/groups/block.ts';
import { DESKTOP, DYNAMIC, enough, FILTER, host, MAPPER, met } from './blocks.ts';
import { range, STEALTH } from './networks.ts';
import type { Sketch, Stop } from './reports.ts';

const [LEGACY, MODERN] = [1, 4];

const blockOf = (...hosts: readonly HostReport[]): Block => {
  const block = new Block();
  hosts.forEach((one, i) => {
    block.add(i + 1, one);
  });
  return block;
};

/** What a host in this doubt most likely meets. */
const likely = (hosts: readonly HostReport[], doubt: Partial<Doubt> = {}): string[] =>
  blockOf(...hosts)
    .likely({ silent: DYNAMIC, spare: 0, zones: 0, verdict: 'undetermined', ...doubt })
    .map(({ cause, hosts: count }) => `${cause.needs} ${cause.how} ${cause.afterHop ?? cause.by}: ${count}`);

describe('the filter that a silent host most likely meets', () => {
  it('is one that eight of its block prove, by silence or by rejections', () => {
    expect(likely(enough((low) => met(low, FILTER)))).toEqual([`${DYNAMIC} drop 10.0.3.1: 8`]);
    expect(likely(enough((low) => met(low, FILTER), 7))).toEqual([]);
    expect(likely(enough((low) => met(low, { ...FILTER, how: 'icmp' })))).toEqual([
      `${DYNAMIC} icmp 10.0.3.1: 8`,
    ]);
    expect(likely(enough((low) => met(low, { ...FILTER, how: 'reset' })))).toEqual([]);
    expect(likely(enough((low) => met(low, { what: ['dynamic-rpc'], how: 'drop' })))).toEqual([]);
    const unproven: Sketch = { stops: [FILTER], dynamic: ['fail', 'dynamic-dropped-on-way', 'likely'] };
    expect(likely(enough((low) => host(low, unproven)))).toEqual([]);
    const inPart: Sketch = { stops: [{ ...FILTER, what: ['remote-desktop', 'dynamic-rpc'] }] };
    const half: Sketch = { ...inPart, desktop: ['fail', 'desktop-dropped-on-way', 'likely'] };
    const both = { silent: DYNAMIC | DESKTOP };
    expect(
      likely(
        enough((low) => host(low, inPart)),
        both,
      ),
    ).toHaveLength(1);
    expect(
      likely(
        enough((low) => host(low, half)),
        both,
      ),
    ).toEqual([]);
  });

  it('stops nothing but what is in doubt, or not needed', () => {
    const both: Stop = { ...FILTER, what: ['remote-desktop', 'dynamic-rpc'] };
    const hosts = enough((low) => met(low, both));
    expect(likely(hosts)).toEqual([]);
    expect(likely(hosts, { silent: DYNAMIC | DESKTOP })).toHaveLength(1);
    expect(likely(hosts, { spare: DESKTOP })).toHaveLength(1);
    expect(likely(hosts, { silent: 0, spare: DESKTOP | DYNAMIC })).toEqual([]);
    expect(likely(hosts, { silent: MAPPER | DYNAMIC })).toEqual([]);
  });

  it('stops a port of the range that the host uses, if it stops dynamic ports', () => {
    const desktop = enough((low) => met(low, { ...FILTER, what: ['remote-desktop'] }));
    expect(likely(desktop, { silent: DESKTOP, zones: MODERN })).toHaveLength(1);
    const ranges: RangeReport[] = [{ from: 1025, to: 65_535, state: 'filtered', exact: false }];
    const dynamic = enough((low) => host(low, { stops: [FILTER], ranges }));
    expect(likely(dynamic, { zones: MODERN })).toHaveLength(1);
    expect(likely(dynamic, { zones: LEGACY })).toEqual([]);
    // What the same filter probably stops for others beside that is not proven.
    const doubted = host(30, { stops: [FILTER], ranges, dynamic: ['fail', 'dynamic-silent', 'likely'] });
    const low: HostReport = {
      ...doubted,
      ports: doubted.ports.map((one) => ({ ...one, port: one.port === 50_000 ? 2000 : one.port })),
      path: { ...doubted.path, filters: doubted.path.filters.map((one) => ({ ...one, ports: [2000] })) },
    };
    expect(likely([...dynamic, low], { zones: LEGACY })).toEqual([]);
  });

  it('stops there only what its own ports are, and not those of another filter of the same host', () => {
    const ranges: RangeReport[] = [{ from: 1025, to: 65_535, state: 'filtered', exact: false }];
    const hosts = enough((low) => {
      const base = host(low, { stops: [FILTER, { ...FILTER, after: '10.0.9.1' }], ranges });
      const [near, far] = base.path.filters;
      const dynamic = base.ports.find(({ port }) => port === 50_000);
      if (!near || !far || !dynamic) throw new Error('a sketch has what it was given');
      return {
        ...base,
        ports: [...base.ports, { ...dynamic, port: 2000 }],
        path: { ...base.path, filters: [near, { ...far, ports: [2000] }] },
      };
    });
    expect(likely(hosts, { zones: LEGACY })).toEqual([`${DYNAMIC} drop 10.0.9.1: 8`]);
    expect(likely(hosts, { zones: MODERN })).toEqual([`${DYNAMIC} drop 10.0.3.1: 8`]);
    expect(likely(hosts)).toEqual([]);
  });

  it('is none behind which a server answers: in any of its stretches, at any of the ports', () => {
    const exact = (from: number): RangeReport => ({ from, to: from + 999, state: 'filtered', exact: true });
    const ranges = [exact(50_000), exact(52_000)];
    const hosts = enough((low) => host(low, { stops: [FILTER], ranges }));
    const serving = (...ports: number[]): HostReport => {
      const one = host(20, { dynamic: ['pass', 'dynamic-listed-answer', 'weak'] });
      const because = one.because.map((reason) =>
        reason.rule === 'dynamic-listed-answer' ? { ...reason, ports } : reason,
      );
      return { ...one, because };
    };
    expect(likely([...hosts, serving(60_000)])).toHaveLength(1);
    expect(likely([...hosts, serving(52_100)])).toEqual([]);
    expect(likely([...hosts, serving(50_100, 60_000)])).toEqual([]);
    // What else the host says names ports that are no servers.
    const { because, ...rest } = serving(60_000);
    const other = { rule: 'mapper-answers', text: 'x', ports: [50_100] };
    expect(likely([...hosts, { ...rest, because: [...because, other] }])).toHaveLength(1);
  });

  it('is none that a host of the block passes', () => {
    const hosts = enough((low) => met(low, FILTER));
    expect(likely([...hosts, host(20, {})])).toEqual([]);
    const stealth = host(20, STEALTH);
    expect(likely([...hosts, stealth])).toHaveLength(1);
    // What an unreachable host says, it does not say.
    expect(likely([...hosts, host(20, { verdict: 'unreachable' })])).toHaveLength(1);
  });

  it('is one only for each requirement', () => {
    const near = enough((low) => met(low, FILTER));
    const far = enough((low) => met(low, { ...FILTER, after: '10.0.9.1' }));
    expect(likely([...near, ...far])).toEqual([]);
    const desktop = enough((low) => met(low, { ...FILTER, what: ['remote-desktop'], after: '10.0.9.1' }));
    // Those that meet one of the two pass the other requirement, unless that is in doubt as well.
    const doubted = (hosts: readonly HostReport[], name: string): HostReport[] =>
      hosts.map((one) => ({
        ...one,
        requirements: one.requirements.map((requirement) =>
          requirement.name === name
            ? { ...requirement, state: 'undetermined' as const, rule: 'dynamic-silent' }
            : requirement,
        ),
      }));
    const all = [...doubted(near, 'remote-desktop'), ...doubted(desktop, 'dynamic-rpc')];
    expect(likely(all, { silent: DYNAMIC | DESKTOP })).toEqual([
      `${DYNAMIC} drop 10.0.3.1: 8`,
      `${DESKTOP} drop 10.0.9.1: 8`,
    ]);
    // The same filter, for some hosts with more: the one that stops most is meant.
    const more = enough((low) => met(low, { ...FILTER, what: ['remote-desktop', 'dynamic-rpc'] }));
    expect(likely([...doubted(near, 'remote-desktop'), ...more], { silent: DYNAMIC | DESKTOP })).toEqual([
      `${DYNAMIC | DESKTOP} drop 10.0.3.1: 8`,
    ]);
  });
});

describe('the exact ports of a filter', () => {
  const stretch = (from: number, to: number): RangeReport => ({ from, to, state: 'filtered', exact: true });
  const extents = (ranges: readonly RangeReport[], ...stops: Stop[]) =>
    blockOf(host(1, { stops, ranges })).sightings.map(({ cause, extent }) => [
      cause.afterHop,
      extent?.map(({ from, to }) => `${from}-${to}`) ?? extent,
    ]);

  it('are the stretches that it stops, at most four', () => {
    const some = [stretch(50_000, 50_999), stretch(52_000, 52_999)];
    expect(extents(some, FILTER)).toEqual([['10.0.3.1', ['50000-50999', '52000-52999']]]);
    expect(extents(some.toReversed(), FILTER)).toEqual([['10.0.3.1', ['50000-50999', '52000-52999']]]);
    expect(extents([], FILTER)).toEqual([['10.0.3.1', undefined]]);
    const five = range(0, 4).map((i) => stretch(50_000 + 1000 * i, 50_500 + 1000 * i));
    expect(extents(five, FILTER)).toEqual([['10.0.3.1', null]]);
    expect(extents(five.slice(1), FILTER)[0]?.[1]).toHaveLength(4);
  });

  it('are none of a filter that stops no dynamic port', () => {
    const desktop: Stop = { what: ['remote-desktop'], how: 'drop', after: '10.0.9.1' };
    expect(extents([stretch(50_000, 50_999)], desktop, FILTER)).toEqual([
      ['10.0.9.1', undefined],
      ['10.0.3.1', ['50000-50999']],
    ]);
  });

  it('are those of dynamic ports, though a filter of another port is nearer', () => {
    const desktop: Stop = { what: ['remote-desktop'], how: 'drop', after: '10.0.9.1' };
    expect(extents([stretch(3400, 3500)], desktop, FILTER)).toEqual([
      ['10.0.9.1', undefined],
      ['10.0.3.1', ['3400-3500']],
    ]);
  });

  it('are known of a filter on some flows, too', () => {
    const flows: Sketch = { stops: [FILTER], dynamic: ['fail', 'dynamic-some-flows', 'proven'] };
    const { sightings } = blockOf(host(1, { ...flows, ranges: [stretch(50_000, 50_999)] }));
    expect(sightings).toMatchObject([{ cause: { how: 'some-flows' }, extent: [{ from: 50_000 }] }]);
  });

  it('are counted for the filter that is meant, by what it does and where', () => {
    const filter = (ports: number[], more: Partial<FilterReport>): FilterReport => ({
      ports,
      how: 'drop',
      by: null,
      afterHop: null,
      ...more,
    });
    const of = (first: Partial<FilterReport>, second: Partial<FilterReport>) => {
      const base = host(1, { stops: [FILTER], ranges: [stretch(50_000, 50_999), stretch(60_000, 60_999)] });
      const [dynamic] = base.ports.filter(({ requirement }) => requirement === 'dynamic-rpc');
      if (!dynamic) throw new Error('no dynamic port');
      const report: HostReport = {
        ...base,
        ports: [...base.ports, { ...dynamic, port: 60_000 }],
        path: { ...base.path, filters: [filter([50_000], first), filter([60_000], second)] },
      };
      return blockOf(report).sightings.map(({ extent }) => extent?.map(({ from }) => from));
    };
    const apart = [[50_000], [60_000]];
    expect(of({ afterHop: '10.0.3.1' }, { afterHop: '10.0.9.1' })).toEqual(apart);
    expect(of({ by: '10.0.3.1', how: 'icmp' }, { by: '10.0.9.1', how: 'icmp' })).toEqual(apart);
    expect(of({ how: 'reset', afterHop: '10.0.3.1' }, { afterHop: '10.0.3.1' })).toEqual(apart);
    expect(of({ beforeHop: '10.0.3.1' }, { beforeHop: '10.0.9.1' })).toEqual(apart);
    expect(of({ beforeHop: '10.0.3.1' }, {})).toEqual(apart);
    expect(of({ by: '10.1.2.1', how: 'icmp' }, { by: '10.0.9.1', how: 'icmp' })).toEqual(apart);
  });
});

describe('hosts in doubt', () => {
  const silences = (...hosts: HostReport[]) =>
    blockOf(...hosts).silences.map(({ doubt, reports }) => [
      doubt.verdict,
      doubt.silent,
      doubt.spare,
      reports,
    ]);

  it('are counted together where they leave the same open, and are called the same', () => {
    expect(silences(host(1, STEALTH), host(2, STEALTH), host(2, STEALTH))).toEqual([
      ['undetermined', DYNAMIC, DESKTOP, 3],
    ]);
    expect(silences(host(1, STEALTH), host(2, { ...STEALTH, rule: 'clear-so-far' }))).toEqual([
      ['undetermined', DYNAMIC, DESKTOP, 1],
      ['clear-so-far', DYNAMIC, DESKTOP, 1],
    ]);
    const { desktop: _, ...needed } = STEALTH;
    expect(silences(host(1, STEALTH), host(2, needed))).toEqual([
      ['undetermined', DYNAMIC, DESKTOP, 1],
      ['undetermined', DYNAMIC, 0, 1],
    ]);
    const known = (generation: 'vista-or-later' | 'xp-2003'): HostReport => ({
      ...host(1, { ...STEALTH, ranges: [{ from: 1025, to: 65_535, state: 'filtered', exact: false }] }),
      novice: { generation, evidence: [] },
      coverage: { ...host(1, {}).coverage, population: 64_511 },
    });
    expect(
      blockOf(known('vista-or-later'), known('xp-2003')).silences.map(({ doubt }) => doubt.zones),
    ).toEqual([MODERN, 0]);
    // Where Windows is not known, or the range was given, every part that was asked counts.
    const low = (one: HostReport): HostReport => ({
      ...one,
      ports: one.ports.map((asked) => ({ ...asked, port: asked.port === 50_000 ? 2000 : asked.port })),
    });
    const given = { ...known('vista-or-later').coverage, population: 100 };
    const unknown = { ...known('vista-or-later'), novice: { generation: 'unknown', evidence: [] } as const };
    expect(doubtOf(low(known('vista-or-later'))).zones).toBe(0);
    expect(doubtOf(low(unknown)).zones).toBe(LEGACY);
    expect(doubtOf(low({ ...known('vista-or-later'), coverage: given })).zones).toBe(LEGACY);
  });

  it('are none where nothing is silent, nobody is, or the silence says nothing', () => {
    expect(silenceOf(host(1, {}))).toBeNull();
    expect(silenceOf(host(1, { ...STEALTH, verdict: 'unreachable' }))).toBeNull();
    expect(silenceOf(host(1, { ...STEALTH, rule: 'interrupted' }))).toBeNull();
    expect(silenceOf(host(1, STEALTH))).not.toBeNull();
  });
});
