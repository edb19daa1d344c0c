import { describe, expect, it } from 'vitest';
import type { HostReport, PortReport } from '../../src/model/report.ts';
import { silentHostOf } from '../../src/verdict/witness/silent-host.ts';
import { type WitnessEvidence, witnessEvidenceOf } from '../../src/verdict/witness/witness-evidence.ts';
import { DESKTOP } from '../../src/verdict/zones.ts';
import { sketch } from './reports.ts';

const ADDRESS = '10.1.2.20';
const [LEGACY, MIDDLE, MODERN] = [1, 2, 4];
const [REQUIRED] = sketch({ address: ADDRESS }).ports;
if (!REQUIRED) throw new Error('a sketch has ports');

const port = (number: number, more: Partial<PortReport> = {}): PortReport => ({
  ...REQUIRED,
  port: number,
  requirement: number === 3389 ? 'remote-desktop' : 'dynamic-rpc',
  ...more,
});

/** As the machine itself refuses, as something speaks there, as nothing comes back. */
const CLOSED: Partial<PortReport> = { state: 'closed', reason: 'conn-refused', from: ADDRESS };
const SPOKEN: Partial<PortReport> = { state: 'open', reason: 'syn-ack', from: ADDRESS, service: 'msrpc' };
const SILENT: Partial<PortReport> = { state: 'filtered', reason: 'no-response' };

const ports = (count: number, more: Partial<PortReport>, from = 50_000): PortReport[] =>
  Array.from({ length: count }, (_, i) => port(from + i, more));

type Path = HostReport['path'];

/** A report on a machine three hops away, whose range is whole. */
const machine = (
  asked: readonly PortReport[],
  { path, ...more }: Partial<Omit<HostReport, 'path'>> & { path?: Partial<Path> } = {},
): HostReport => ({
  ...sketch({ address: ADDRESS, hops: ['10.0.1.1', '10.0.2.1'] }),
  ranges: [{ from: 1025, to: 65_535, state: 'filtered', exact: false }],
  ...more,
  ports: asked,
  path: {
    ...sketch({ address: ADDRESS, hops: ['10.0.1.1', '10.0.2.1'] }).path,
    distance: 3,
    ...path,
  },
});

const seen = (...of: Parameters<typeof machine>): WitnessEvidence => {
  const found = witnessEvidenceOf(machine(...of));
  if (!found) throw new Error('shows nothing');
  return found;
};

const fails = (...names: string[]): Pick<HostReport, 'requirements'> => ({
  requirements: machine([]).requirements.map((one) =>
    names.includes(one.name) ? { ...one, state: 'fail' } : { ...one, state: 'pass' },
  ),
});

describe('a machine is a witness for a zone', () => {
  it('by five answers of its own, or all of a shorter zone', () => {
    expect(seen(ports(5, CLOSED)).clear).toBe(MODERN);
    expect(seen(ports(4, CLOSED)).clear).toBe(0);
    expect(seen([...ports(4, CLOSED), port(50_010, SPOKEN)]).clear).toBe(MODERN);
    const short = { ranges: [{ from: 50_000, to: 50_001, state: 'reachable', exact: true } as const] };
    expect(seen(ports(2, CLOSED), short).clear).toBe(MODERN);
    expect(seen(ports(1, CLOSED), short).clear).toBe(0);
    expect(seen([...ports(5, CLOSED, 1100), ...ports(5, CLOSED, 30_000)]).clear).toBe(LEGACY | MIDDLE);
    expect(seen([])).toMatchObject({ clear: 0, against: 0, silent: null });
  });

  it.each<[string, Partial<PortReport>, number]>([
    ['a service that only the machine itself speaks', SPOKEN, MODERN],
    ['Remote Desktop there', { ...SPOKEN, service: 'ms-wbt-server' }, MODERN],
    ['another service, which a proxy may speak', { ...SPOKEN, service: 'http' }, 0],
    ['an accept alone', { ...SPOKEN, service: null }, 0],
    ['a service on a port that is not open', { ...CLOSED, from: null, service: 'msrpc' }, 0],
  ])('not by any accept: %s', (_, more, clear) => {
    expect(seen(ports(5, more)).clear).toBe(clear);
  });

  it.each<[string, Partial<PortReport>, number | null, number]>([
    ['from its address', CLOSED, 3, MODERN],
    ['from nobody knows whom', { ...CLOSED, from: null }, 3, 0],
    ['from another address', { ...CLOSED, from: '10.0.1.1' }, 3, 0],
    ['with a TTL that passed all routers', { ...CLOSED, from: null, ttl: 62 }, 3, MODERN],
    ['with a TTL that passed all but one', { ...CLOSED, from: null, ttl: 63 }, 3, 0],
    ['with a TTL, at an unknown distance', { ...CLOSED, from: null, ttl: 62 }, null, 0],
    ['without a TTL, at an unknown distance', { ...CLOSED, from: null }, null, 0],
    ['on the own link, whoever it is from', { ...CLOSED, from: null }, 1, MODERN],
  ])('by resets %s', (_, more, distance, clear) => {
    const { distance: _measured, ...path } = machine([]).path;
    const way = distance === null ? path : { ...path, distance };
    expect(witnessEvidenceOf({ ...machine(ports(5, more)), path: way })?.clear).toBe(clear);
  });

  it('by resets of which the engine cannot tell the sender, where the distance is known', () => {
    const unseen = { because: [{ rule: 'refusals-unseen', text: 'x', ports: [] }] };
    const resets = ports(5, { ...CLOSED, from: null });
    expect(seen(resets, unseen)).toMatchObject({ clear: MODERN, isSure: false });
    expect(seen(ports(5, CLOSED))).toMatchObject({ clear: MODERN, isSure: true });
    const { distance: _, ...path } = machine([]).path;
    expect(witnessEvidenceOf({ ...machine(resets, unseen), path })?.clear).toBe(0);
  });

  it('not where one port of it is filtered, or unknown', () => {
    for (const state of ['filtered', 'unknown'] as const)
      expect(seen([...ports(9, CLOSED), port(60_000, { ...SILENT, state })]).clear).toBe(0);
    expect(seen([...ports(9, CLOSED), ...ports(5, CLOSED, 1100), port(1200, SILENT)]).clear).toBe(MODERN);
  });

  it('for 3389 by one answer of its own', () => {
    expect(seen([port(3389, CLOSED)]).clear).toBe(DESKTOP);
    expect(seen([port(3389, { ...SPOKEN, service: 'ms-wbt-server' })]).clear).toBe(DESKTOP);
    expect(seen([port(3389, SILENT)]).clear).toBe(0);
    expect(seen([port(3389, CLOSED), ...ports(5, CLOSED)]).clear).toBe(DESKTOP | MODERN);
  });
});

describe('a machine is a witness against a zone', () => {
  const dynamic = fails('dynamic-rpc');

  it('where one of its ports is filtered, if its dynamic ports fail', () => {
    expect(seen([port(50_000, SILENT)], dynamic)).toMatchObject({ against: MODERN, silent: '50000' });
    expect(seen([port(50_000, SILENT)], fails('remote-desktop'))).toMatchObject({ against: 0, silent: null });
    expect(seen([port(50_000, CLOSED)], dynamic)).toMatchObject({ against: 0, silent: null });
  });

  it('or if it refuses five ports, as a machine does that uses none', () => {
    const more = [port(1100, SILENT), port(1101, SILENT)];
    expect(seen([...ports(5, CLOSED), ...more], fails())).toMatchObject({
      against: LEGACY,
      silent: '1100 1101',
    });
    expect(seen([...ports(4, CLOSED), ...more], fails()).against).toBe(0);
    expect(seen([...ports(4, CLOSED), port(3389, CLOSED), ...more], fails()).against).toBe(0);
    expect(seen([...ports(5, { ...CLOSED, from: null }), ...more], fails()).against).toBe(0);
  });

  it('by rejections of others, not by its own', () => {
    const rejected = (from: string | null) =>
      seen([port(50_000, { state: 'filtered', reason: 'admin-prohibited', from })], dynamic);
    expect(rejected('10.0.2.1')).toMatchObject({ against: MODERN, silent: null });
    expect(rejected(null)).toMatchObject({ against: MODERN, silent: null });
    expect(rejected(ADDRESS)).toMatchObject({ against: 0, silent: null });
  });

  it('not by the silence of a port that it lists, but by a rejection there', () => {
    const endpoints = [{ port: 50_000, interface: 'x v1.0', annotation: '' }];
    const listed = { ...dynamic, endpoints } as Partial<Omit<HostReport, 'path'>>;
    expect(seen([port(50_000, SILENT)], listed).against).toBe(0);
    expect(seen([port(50_000, SILENT), port(50_001, SILENT)], listed).silent).toBe('50001');
    expect(
      seen([port(50_000, { state: 'filtered', reason: 'admin-prohibited', from: '10.0.2.1' })], listed)
        .against,
    ).toBe(MODERN);
  });

  it('and is silent where all that stops it is silence', () => {
    const rejection: Partial<PortReport> = {
      state: 'filtered',
      reason: 'admin-prohibited',
      from: '10.0.2.1',
    };
    expect(seen([port(50_000, SILENT), port(50_001, rejection)], dynamic)).toMatchObject({
      against: MODERN,
      silent: null,
    });
  });

  it('for 3389 where that fails and is filtered', () => {
    const desktop = fails('remote-desktop');
    expect(seen([port(3389, SILENT)], desktop)).toMatchObject({ against: DESKTOP, silent: '3389' });
    expect(seen([port(3389, SILENT)], fails())).toMatchObject({ against: 0, silent: null });
    expect(seen([port(3389, SILENT)], dynamic)).toMatchObject({ against: 0 });
    expect(seen([port(3389, CLOSED)], desktop)).toMatchObject({ against: 0, silent: null });
    expect(seen([], desktop)).toMatchObject({ against: 0, silent: null });
    expect(
      seen([port(3389, SILENT), port(50_000, SILENT)], fails('remote-desktop', 'dynamic-rpc')),
    ).toMatchObject({ against: DESKTOP | MODERN, silent: '50000 3389' });
  });
});

it.each<[string, Partial<Path['filters'][number]>, boolean]>([
  ['behind the first of two routers', { afterHop: '10.0.1.1' }, true],
  ['behind the last', { afterHop: '10.0.2.1' }, false],
  ['before some router', { beforeHop: '10.0.2.1' }, true],
  ['at a place that is not known', {}, false],
  ['behind a router of another way', { afterHop: '10.0.9.1' }, false],
])('a filter %s ends early or not', (_, place, early) => {
  const filters = [{ ports: [50_000], how: 'drop' as const, by: null, afterHop: null, ...place }];
  expect(seen([], { path: { filters } }).endsEarly).toBe(early);
  const { distance: _measured, ...path } = machine([], { path: { filters } }).path;
  expect(witnessEvidenceOf({ ...machine([]), path })).toMatchObject({ route: null, endsEarly: false });
  const longer = { distance: 4, hops: ['10.0.0.1', '10.0.1.1', '10.0.2.1'].map(hopAt) };
  expect(seen([], { path: { filters, ...longer } }).endsEarly).toBe(early);
});

const hopAt = (address: string, i: number) => ({ ttl: i + 1, address, rttMs: 1 });

it('who has no address, or is unreachable, shows nothing', () => {
  expect(witnessEvidenceOf(machine([], { address: null }))).toBeNull();
  expect(witnessEvidenceOf(machine([], { address: 'nonsense' }))).toBeNull();
  expect(witnessEvidenceOf(machine([], { verdict: 'unreachable' }))).toBeNull();
});

describe('a host that is clear so far', () => {
  const open = (names: readonly string[], of: Parameters<typeof machine>[1] = {}, asked = [50_000]) =>
    silentHostOf(
      machine(
        asked.map((one) => port(one, SILENT)),
        {
          verdict: 'undetermined',
          because: [{ rule: 'clear-so-far', text: 'x', ports: [] }],
          requirements: machine([]).requirements.map((one) =>
            names.includes(one.name) ? { ...one, state: 'undetermined' } : one,
          ),
          ...of,
        },
      ),
    );

  it('needs what is open: its ports, 3389, or both', () => {
    expect(open(['dynamic-rpc'])).toMatchObject({ address: ADDRESS, needs: MODERN });
    expect(open(['remote-desktop'])).toMatchObject({ needs: DESKTOP });
    expect(open(['remote-desktop', 'dynamic-rpc'])).toMatchObject({ needs: DESKTOP | MODERN });
    expect(open([])).toBeNull();
    expect(open(['endpoint-mapper'])).toBeNull();
  });

  it('passes where its packets were seen at the last router in all that is open', () => {
    const passes = (names: readonly string[], seenPorts: readonly number[] | undefined, asked?: number[]) =>
      open(names, { path: seenPorts ? { passes: seenPorts } : {} }, asked)?.passes;
    expect(passes(['dynamic-rpc'], [50_100])).toBe(true);
    expect(passes(['dynamic-rpc'], [1100])).toBe(false);
    expect(passes(['dynamic-rpc'], undefined)).toBe(false);
    expect(passes(['dynamic-rpc'], [50_100], [1100, 50_000])).toBe(false);
    expect(passes(['dynamic-rpc'], [1101, 50_100], [1100, 50_000])).toBe(true);
    expect(passes(['remote-desktop'], [50_100])).toBe(false);
    expect(passes(['remote-desktop'], [3389])).toBe(true);
    expect(passes(['remote-desktop', 'dynamic-rpc'], [50_100])).toBe(false);
    expect(passes(['remote-desktop', 'dynamic-rpc'], [3389, 50_100])).toBe(true);
    expect(open(['dynamic-rpc'], { path: { distance: 1 } })).toMatchObject({ passes: true, route: [] });
  });

  it('is none that witnesses may settle where it has no address, or they disagreed', () => {
    expect(open(['dynamic-rpc'], { address: null })).toBeNull();
    expect(open(['dynamic-rpc'], { address: 'nonsense' })).toBeNull();
    const witness = { says: 'disagree', machines: [], text: 'x' } as const;
    expect(open(['dynamic-rpc'], { witness })).toBeNull();
    expect(open(['dynamic-rpc'], { witness: { ...witness, says: 'none' } })).not.toBeNull();
  });
});
