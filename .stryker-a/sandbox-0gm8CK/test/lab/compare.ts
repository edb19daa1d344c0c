import type { FilterReport, HostReport, PortReport } from '../../src/model/report.ts';
import { moreDifferences } from './compare-more.ts';
import { type Expectation, type Place, type Saying, splitSaying, type WireName } from './row.ts';

/** Where the lab knows better than the row: addresses, and what listens. */
export interface Ground {
  readonly wire: WireName;
  placeOf(place: Place): string;
  /** Dynamic ports on which the host's RPC services listen. */
  readonly listed: readonly number[];
}

type Ports = NonNullable<Expectation['ports']>;

const isWithin = (port: number, key: string): boolean => {
  const [from = Number.NaN, to = from] = key.split('-').map(Number);
  return from <= port && port <= to;
};

const width = (key: string): number => {
  const [from = 0, to = from] = key.split('-').map(Number);
  return to - from;
};

/** The most specific key that speaks of a port: the port, what the mapper listed, the narrowest stretch, the rest. */
const keyFor = (port: PortReport, keys: readonly string[], listed: readonly number[]): string | undefined => {
  if (keys.includes(String(port.port))) return String(port.port);
  if (keys.includes('listed') && listed.includes(port.port)) return 'listed';
  const stretches = keys.filter((key) => isWithin(port.port, key));
  return stretches.toSorted((a, b) => width(a) - width(b))[0] ?? keys.find((key) => key === 'rest');
};

const portDifference = (port: PortReport, saying: Saying, { wire, placeOf }: Ground): string | null => {
  const { state, reasons, from } = splitSaying(saying);
  const said = `${port.state} ${port.reason} from ${port.from ?? 'nobody known'}`;
  // A wire that sees the reset itself says so.
  const reason = port.reason === 'reset' ? 'conn-refused' : port.reason;
  if (port.state !== state || !reasons.includes(reason)) return said;
  if (port.state !== 'filtered') return null;
  // The node wire never learns who sent an error, and must not pretend to.
  const sender = wire === 'node' || from === undefined ? null : placeOf(from);
  return (wire === 'node' || from !== undefined) && port.from !== sender ? said : null;
};

const portDifferences = (report: HostReport, expected: Ports, ground: Ground): string[] => {
  const keys = Object.keys(expected);
  const met = new Set<string>();
  const wrong = new Map<string, number[]>();
  for (const port of report.ports) {
    const key = keyFor(port, keys, ground.listed);
    if (key !== undefined) met.add(key);
    const saying = key === undefined ? undefined : expected[key];
    const difference = saying === undefined ? 'it asked' : portDifference(port, saying, ground);
    if (difference === null) continue;
    const line = `expected ${saying ?? 'not to be asked'} (${key ?? 'no key'}), got ${difference}`;
    wrong.set(line, [...(wrong.get(line) ?? []), port.port]);
  }
  const unmet = keys.filter((key) => !met.has(key)).map((key) => `no port was asked that ${key} speaks of`);
  return [...[...wrong].map(([line, ports]) => `TCP ${ports.join(', ')}: ${line}`), ...unmet];
};

const listedDifferences = (report: HostReport, expected: Ports, ground: Ground): string[] => {
  if (!('listed' in expected)) return [];
  // The endpoint mapper names itself too.
  const others = report.endpoints.map(({ port }) => port).filter((port) => port !== 135);
  const named = [...new Set(others)].sort((a, b) => a - b);
  const listening = ground.listed.join(', ');
  return named.join(', ') === listening ? [] : [`endpoints: expected ${listening}, got ${named.join(', ')}`];
};

const rangeDifferences = (report: HostReport, expected: readonly string[]): string[] => {
  const got = report.ranges.map(
    ({ from, to, state, exact }) => `${exact ? '' : 'about '}${from}-${to} ${state}`,
  );
  return got.join(', ') === expected.join(', ')
    ? []
    : [`ranges: expected ${expected.join(', ') || 'none'}, got ${got.join(', ') || 'none'}`];
};

const filterDifferences = (
  report: HostReport,
  expected: NonNullable<Expectation['filters']>,
  { wire, placeOf }: Ground,
): string[] => {
  const words = ({ ports, how, afterHop, by }: FilterReport): string =>
    `${ports.join(',')} ${how} after ${afterHop ?? 'nobody'} by ${by ?? 'nobody known'}`;
  const got = report.path.filters.map(words).join('; ') || 'none';
  // Without traces there is no place to name.
  if (wire === 'node') {
    return report.path.filters.every(({ afterHop }) => afterHop === null)
      ? []
      : [`filters: placed by a wire that cannot trace: ${got}`];
  }
  const place = (name: string | undefined): string | null =>
    name === undefined || name === 'nobody' ? null : placeOf(name as Place);
  const missing = expected.filter((saying) => {
    const [, ports = '', how, after, by] = /^(\S+) (\S+) after (\S+)(?: by (\S+))?$/.exec(saying) ?? [];
    return !report.path.filters.some(
      (filter) =>
        filter.ports.length > 0 &&
        filter.ports.every((port) => isWithin(port, ports)) &&
        filter.how === how &&
        filter.afterHop === place(after) &&
        (by === undefined || filter.by === place(by)),
    );
  });
  if (expected.length === 0) return got === 'none' ? [] : [`filters: expected none, got ${got}`];
  return missing.map((saying) => `filters: expected ${saying}, got ${got}`);
};

/** Every way in which a report differs from what was expected, one line each; empty when it says what it must. */
export const differences = (report: HostReport, expected: Expectation, ground: Ground): string[] => {
  const line = (what: string, want: string | undefined, got: string | undefined): string[] =>
    want === undefined || want.split('|').includes(got ?? '')
      ? []
      : [`${what}: expected ${want}, got ${got}`];
  const state = (name: string) => report.requirements.find((one) => one.name === name)?.state;
  const generations = ['xp-2003', 'vista-or-later'] as const;
  return [
    ...line('verdict', expected.verdict, report.verdict),
    ...line('confidence', expected.confidence, report.confidence),
    ...line('generation', expected.generation, report.novice.generation),
    ...generations.flatMap((one) =>
      line(`verdict for ${one}`, expected.byGeneration?.[one], report.byGeneration[one]),
    ),
    ...Object.entries(expected.requirements ?? {}).flatMap(([name, want]) => line(name, want, state(name))),
    ...(expected.ports ? portDifferences(report, expected.ports, ground) : []),
    ...(expected.ports ? listedDifferences(report, expected.ports, ground) : []),
    ...(expected.ranges ? rangeDifferences(report, expected.ranges) : []),
    ...(expected.filters ? filterDifferences(report, expected.filters, ground) : []),
    ...moreDifferences(report, expected, ground),
  ];
};
