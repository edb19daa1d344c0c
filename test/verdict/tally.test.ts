import fc from 'fast-check';
import { Address4, Address6 } from 'ip-address';
import { describe, expect, it } from 'vitest';
import { CLEAR_SO_FAR, type HostReport, isClearSoFar } from '../../src/model/report.ts';
import { Tally } from '../../src/verdict/tally.ts';
import { DROP, HOPS, LOCATED, range, STEALTH, tallied } from './networks.ts';
import { type Sketch, sketch } from './reports.ts';

const isInPrefix = (address: string, prefix: string): boolean =>
  address.includes(':') === prefix.includes(':') &&
  (address.includes(':')
    ? new Address6(address).isInSubnet(new Address6(prefix))
    : new Address4(address).isInSubnet(new Address4(prefix)));

describe('Tally', () => {
  const WITNESSES = range(100, 107).map((low) =>
    sketch({
      address: `10.1.0.${low}`,
      stops: [{ what: ['dynamic-rpc'], how: 'drop', after: '10.0.3.1' }],
      hops: HOPS,
    }),
  );
  const state = fc.constantFrom<Sketch>(
    {},
    { verdict: 'unreachable' },
    STEALTH,
    { ...STEALTH, rule: CLEAR_SO_FAR },
    { stops: [LOCATED], hops: HOPS },
    { stops: [LOCATED], hops: ['10.0.0.1', '10.0.3.1', '10.0.3.7'] },
    { stops: [DROP] },
    { stops: [{ what: ['dynamic-rpc'], how: 'drop', after: '10.0.3.1' }], hops: HOPS },
    { stops: [{ what: ['remote-desktop', 'dynamic-rpc'], how: 'icmp', by: '10.0.4.1' }] },
  );
  const address = fc
    .tuple(fc.nat(1), fc.integer({ min: 0, max: 40 }), fc.boolean())
    .map(([net, low, six]) =>
      six ? `fd00::${net}${low.toString(16).padStart(2, '0')}` : `10.1.${net}.${low}`,
    );
  /** Some with enough witnesses for their neighbours to be raised. */
  const network = fc
    .tuple(
      fc.array(
        fc.tuple(address, state).map(([at, of]) => sketch({ address: at, ...of })),
        { maxLength: 40 },
      ),
      fc.boolean(),
    )
    .map(([hosts, proven]) => (proven ? [...hosts, ...WITNESSES] : hosts));

  it('does not depend on the order of the hosts', () => {
    fc.assert(
      fc.property(
        network.chain((hosts) =>
          fc.tuple(
            fc.constant(hosts),
            fc.shuffledSubarray(
              hosts.map((_, i) => i),
              { minLength: hosts.length },
            ),
          ),
        ),
        ([hosts, order]) => {
          const other = new Tally();
          for (const i of order) other.add(i, hosts[i] as HostReport);
          const tally = tallied(hosts);
          expect(other.groups()).toEqual(tally.groups());
          expect(other.summary).toEqual(tally.summary);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('counts what the second walk gives, and nothing twice', () => {
    fc.assert(
      fc.property(network, (hosts) => {
        const tally = tallied(hosts);
        hosts.forEach((host, index) => {
          tally.add(index, host);
        });
        const raised = hosts.map((host) => tally.raise(host));
        const count = (verdict: string) => raised.filter((one) => one.verdict === verdict).length;
        expect(tally.summary).toEqual({
          hosts: hosts.length,
          ready: count('ready'),
          blocked: count('blocked'),
          undetermined: count('undetermined'),
          clearSoFar: raised.filter(isClearSoFar).length,
          unreachable: count('unreachable'),
        });
      }),
      { numRuns: 200 },
    );
  });

  it('covers the hosts of a group and nobody else who answered', () => {
    fc.assert(
      fc.property(network, (hosts) => {
        const tally = tallied(hosts);
        const unreachable = (at: string | null) =>
          hosts.every(({ address: other, verdict }) => other !== at || verdict === 'unreachable');
        for (const group of tally.groups()) {
          const inside = new Set(
            hosts
              .map(({ address: at }) => at ?? '')
              .filter((at) => group.prefixes.some((prefix) => isInPrefix(at, prefix))),
          );
          expect([...inside].filter((at) => !unreachable(at))).toHaveLength(group.hosts);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('keeps its summary right while hosts still come', () => {
    const tally = tallied([sketch({ address: '10.1.0.99', ...STEALTH }), ...WITNESSES.slice(1)]);
    expect(tally.summary).toMatchObject({ blocked: 7, undetermined: 1 });
    tally.add(100, WITNESSES[0] as HostReport);
    expect(tally.summary).toMatchObject({ blocked: 9, undetermined: 0 });
    tally.add(101, sketch({ address: '10.1.0.50' }));
    expect(tally.summary).toMatchObject({ ready: 1, blocked: 8, undetermined: 1 });
    tally.add(102, sketch({ address: '10.2.0.50', ...STEALTH, rule: CLEAR_SO_FAR }));
    expect(tally.summary).toMatchObject({ undetermined: 2, clearSoFar: 1 });
  });

  it('gives a group the same id in every run, and different groups different ones', () => {
    const some = [
      sketch({ address: '10.1.2.1', stops: [LOCATED] }),
      sketch({ address: '10.1.3.1', stops: [DROP] }),
    ];
    const ids = tallied(some)
      .groups()
      .map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{16}$/);
    expect(
      tallied([...some].reverse())
        .groups()
        .map(({ id }) => id),
    ).toEqual(ids);
  });
});
